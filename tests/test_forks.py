"""Where processes fork, a chain runs in each; and nothing needs a system where they can, as on Windows and Pyodide."""

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


def test_a_process_forked_from_a_thread_of_ours_runs_chains() -> None:
    program = (
        "import os, threading\n"
        "from chainviz import RunnableParallel\n"
        "both = threading.Barrier(2)\n"
        "def fork(_):\n"
        "    both.wait(30)\n"
        "    if child := os.fork():\n"
        "        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        "    try:\n"
        "        os._exit(RunnableParallel(a=len, b=int).invoke('12')['b'])\n"
        "    finally:\n"
        "        os._exit(1)\n"
        "print(RunnableParallel(a=fork, b=fork).invoke(1))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout == "{'a': 12, 'b': 12}\n"
