"""The schema of messages is the short one: descriptions are our docstrings, and a chunk is a message."""

from __future__ import annotations

from ...cores import OURS, REFERENCE, Core


def described(core: Core) -> tuple[bool, str]:
    kinds = core.StrOutputParser().get_input_jsonschema()["$defs"]
    return "AIMessageChunk" in kinds, kinds["AIMessage"]["description"].split("\n")[0]


def test_the_schema_of_messages() -> None:
    assert described(REFERENCE) == (True, "Message from an AI.")
    assert described(OURS) == (False, "A Message from an AI.")
