"""A graph of states that a worker lays out, and the page meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .page import Metered, p95
from .row import Row

LAYOUTS = (Path(__file__).parents[2] / "e2e" / "layouts.js").read_text()


def laying_out(lab: Metered, rows: int = 25, across: int = 10) -> Iterator[Row]:
    what = f"a LangGraph graph of {rows * across} nodes: "
    lab.cells(f"app = states({rows}, {across})", "app")
    lab.run(1)
    lab.page.evaluate(LAYOUTS)
    with lab.spending() as spent:
        lab.run(2)
        lab.page.wait_for_function(f"layouts.some(({{ nodes, ms }}) => nodes > {rows * across} && ms !== null)")
    layout = next(one for one in lab.page.evaluate("layouts") if one["nodes"] > rows * across)
    yield Row(f"{what}laid out by the worker, its script's start included", layout["ms"], "ms", 1_000)
    yield Row(f"{what}frame meanwhile, p95", p95(layout["gaps"]), "ms", 20)
    yield Row(f"{what}the page's processor time", spent[0] * 1_000, "ms")
