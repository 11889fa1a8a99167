"""The house rules that a program can check: imports flow one way, importing is cheap, `__all__` is the public names."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chainviz

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "chainviz"

# Each part may import itself, its row and the rows above it.
LAYERS = [
    {"errors", "missing", "forks", "addable", "documents", "messages", "outputs", "records", "config", "slots"},
    {"tracing", "callbacks"},
    {"runnables"},
    {
        "chat_history",
        "embeddings",
        "language_models",
        "output_parsers",
        "prompts",
        "retrievers",
        "tools",
        "vectorstores",
    },
    {"graph"},
    {"integrations"},
    {"builder"},
    {"wire"},
    {"widgets"},
    {"notebook"},
]
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
# Verbs of the base that make something of a higher part import it when they are called.
DEFERRED = {
    ("messages/base.py", "chainviz.prompts.chat"),  # message + message is a prompt
    ("messages/select.py", "chainviz.runnables.functions"),  # filter_messages() without messages is a step
    ("graph/model.py", "chainviz.builder.drawing"),  # Graph.draw_python
    ("runnables/base.py", "chainviz.graph.model"),  # Runnable.get_graph
    ("runnables/base.py", "chainviz.notebook.builder"),  # Runnable.edit
    ("runnables/base.py", "chainviz.tools.structured"),  # Runnable.as_tool
    ("tracing/trace.py", "chainviz.wire.page"),  # Trace.to_html
    ("tracing/journal/values.py", "chainviz.prompts"),  # a journal's prompt values are made again
}
WIDGET_LIBRARIES = {"anywidget", "ipywidgets", "traitlets", "IPython", "comm"}


def imports_of(path: Path) -> Iterator[str]:
    """The absolute names of the modules that a file imports when it runs, in functions too."""
    package = path.relative_to(ROOT).parent.parts
    nodes: list[ast.AST] = [ast.parse(path.read_text())]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes.extend(node.orelse)
            continue
        nodes.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            # `from chainviz import tracing` names the part as what is imported.
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "chainviz" else [module]


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]
# Before any test runs: parsing sets off the garbage collector, and what another test has left would raise in here; a
# traceback made of that parses too, at which Python 3.11 raises a SystemError.
IMPORTS = {path: set(imports_of(path)) for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_flow_one_way(path: Path) -> None:
    assert part_of(path) in RANK, f"{part_of(path)} has no layer"
    inside = {name for name in IMPORTS[path] if name.startswith("chainviz.")}
    above = {name for name in inside if RANK.get(name.split(".")[1], len(LAYERS)) > RANK[part_of(path)]}
    allowed = {name for file, name in DEFERRED if file == str(path.relative_to(PACKAGE))}
    assert not above - allowed, f"{path.relative_to(ROOT)} imports from above itself"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_notebook_knows_integrations(path: Path) -> None:
    if part_of(path) not in ("integrations", "notebook"):
        assert not [name for name in IMPORTS[path] if name.startswith("chainviz.integrations")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_notebook_side_knows_widgets(path: Path) -> None:
    if RANK[part_of(path)] < RANK["widgets"]:
        assert not {name.split(".")[0] for name in IMPORTS[path]} & WIDGET_LIBRARIES


def loaded_by(program: str) -> set[str]:
    """The modules in a fresh interpreter after this program."""
    program += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_but_itself() -> None:
    before = {name.split(".")[0] for name in loaded_by("")}
    after = loaded_by("import chainviz")
    assert {name.split(".")[0] for name in after} - before - set(sys.stdlib_module_names) == {"chainviz"}
    assert not {name for name in after if name.startswith("chainviz.")}


def test_running_a_chain_loads_no_widget_code_and_no_pydantic() -> None:
    program = (
        "from chainviz import RunnableLambda, RunnableParallel\n(RunnableParallel(a=lambda x: x) | repr).invoke(1)"
    )
    loaded = {name.split(".")[0] for name in loaded_by(program)}
    assert not loaded & (WIDGET_LIBRARIES | {"pydantic", "numpy", "jsonpatch", "graphviz"})


def test_all_is_the_public_names() -> None:
    public = {name for name in dir(chainviz) if not name.startswith("_")}
    assert sorted(chainviz.__all__) == sorted(public)
    assert len(set(chainviz.__all__)) == len(chainviz.__all__)
    for name in chainviz.__all__:
        assert getattr(chainviz, name) is not None


def test_what_type_checkers_see_is_the_public_names() -> None:
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text())
    seen = {alias.asname: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    del seen[None]  # what the stub itself needs
    functions = {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    assert {*seen, *functions} == set(chainviz.__all__)
    assert all(
        getattr(importlib.import_module(str(home)), name) is getattr(chainviz, name) for name, home in seen.items()
    )


def test_what_a_sub_package_offers_the_package_offers() -> None:
    offered: set[str] = set()
    for part in ["runnables", *sorted(LAYERS[3])]:
        if (PACKAGE / part).exists() or (PACKAGE / f"{part}.py").exists():
            offered |= set(importlib.import_module(f"chainviz.{part}").__all__)
    assert offered <= set(chainviz.__all__)
