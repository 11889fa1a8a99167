"""No drawing uses the network."""

from __future__ import annotations

from ...cores import OURS, REFERENCE
from ...steps import upper


def test_no_picture_is_drawn_by_a_server() -> None:
    """The reference's `draw_mermaid_png` sends the chain to one, unless it is told otherwise."""
    for core, there in ((OURS, False), (REFERENCE, True)):
        assert hasattr(core.RunnableLambda(upper).get_graph(), "draw_mermaid_png") is there
