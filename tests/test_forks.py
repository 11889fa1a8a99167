"""Nothing needs a system whose processes can fork, as those of Windows and of Pyodide cannot."""

from __future__ import annotations

import subprocess
import sys


def test_a_traced_model_runs_where_a_process_cannot_fork() -> None:
    program = (
        "import os\n"
        "for name in ('fork', 'register_at_fork'):\n"
        "    vars(os).pop(name, None)\n"
        "from chainviz import FakeListChatModel, trace\n"
        "with trace():\n"
        "    print(FakeListChatModel(responses=['yes', 'no']).batch(['a', 'b'])[0].content in ('yes', 'no'))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("True\n", "")
