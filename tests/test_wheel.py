"""The built wheel, installed alone in an empty environment on a machine without Node."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROGRAM = """
import json
import chainviz
from chainviz import RunnableLambda, TracePanel, trace

with trace() as t:
    assert RunnableLambda(lambda x: x + 1).invoke(1) == 2
bundle = TracePanel(t)._repr_mimebundle_()
data = bundle[0] if isinstance(bundle, tuple) else bundle
t.to_html("trace.html")
print(json.dumps({"file": chainviz.__file__, "mime": sorted(data), "html": len(open("trace.html").read())}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=240)
    (path,) = folder.glob("chainviz-*.whl")
    return path


def test_the_wheel_has_the_javascript_the_types_and_nothing_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    built = {f"chainviz/static/{path.name}" for path in (ROOT / "chainviz/static").glob("*.js")}
    assert (
        {f"chainviz/static/{name}.js" for name in ("assets", "layout", "spanish", "stub", "viewer")} <= built <= names
    )
    assert "chainviz/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert all(name.startswith(("chainviz/", "chainviz-")) for name in names)


@pytest.mark.timeout(600)
def test_the_wheel_works_alone_without_node(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *constraints, wheel], check=True, timeout=500)
    environment = {"PATH": str(tmp_path / "nothing"), "HOME": str(tmp_path)}
    run = subprocess.run(
        [python, "-W", "error", "-c", PROGRAM],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert str(tmp_path / "venv") in run.stdout
    assert "application/vnd.jupyter.widget-view+json" in run.stdout
