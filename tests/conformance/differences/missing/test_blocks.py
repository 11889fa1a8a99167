"""The parts of contents of single providers, which ours does not translate."""

from __future__ import annotations

from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core

BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bedrock": (
        {"image": {"format": "png", "source": {"bytes": b"x"}}},
        {"type": "image", "base64": "eA==", "mime_type": "image/png"},
    ),
    "anthropic": (
        {"type": "tool_use", "id": "1", "name": "f", "input": {}},
        {"type": "tool_call", "id": "1", "name": "f", "args": {}},
    ),
}


@pytest.mark.parametrize("provider", BLOCKS)
def test_blocks_of_providers_that_are_not_built_in(provider: str) -> None:
    """They are kept whole; the reference translates for each provider's package."""
    part, block = BLOCKS[provider]

    def blocks(core: Core) -> Any:
        return core.AIMessage([part], response_metadata={"model_provider": provider}).content_blocks

    kind = "HumanMessage" if provider == "bedrock" else "AIMessage"
    shown = getattr(REFERENCE, kind)([part], response_metadata={"model_provider": provider}).content_blocks
    assert shown == [block]
    assert blocks(OURS) == [{"type": "non_standard", "value": part}]
