"""The fields of messages and documents: those of a class, any others, those that are left out."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from ..cores import Core
from ..observe import Program, value


@value
def other_fields(core: Core) -> Any:
    """Any keyword is kept, in copies and dicts too."""
    message = core.HumanMessage("a", mood=1)
    message.later = 2
    copies = [message.model_copy(), copy.deepcopy(message), pickle.loads(pickle.dumps(message))]
    return [
        message.model_dump(),
        core.messages_to_dict([message]),
        [(one.mood, one.later, one == message, one == core.HumanMessage("a")) for one in copies],
        message.model_copy(update={"third": 3}).model_dump(),
        core.HumanMessage.model_validate({"content": "a", "mood": 1}).mood,
        core.messages_from_dict([{"type": "human", "data": {"content": "a", "mood": 1}}])[0].mood,
    ]


@value
def other_fields_of_chunks(core: Core) -> Any:
    """Neither a sum nor what a chunk becomes has them."""
    chunk = core.AIMessageChunk(content="a", mood=1)
    sums = [chunk + core.AIMessageChunk(content="b"), core.AIMessageChunk(content="b") + chunk]
    merged = core.merge_message_runs([core.HumanMessage("a", mood=1), core.HumanMessage("b"), core.AIMessage("c", n=1)])
    pickled = pickle.loads(pickle.dumps(chunk))
    return [
        chunk.mood,
        pickled.mood,
        [[*one.model_dump()][:2] for one in [*sums, core.message_chunk_to_message(chunk)]],
    ] + [message.model_dump() for message in merged]


@value
def fields_of_no_document(core: Core) -> Any:
    return sorted(core.Document("a", metdata={"n": 1}).model_dump().items(), key=str)


@value
def bytes_are_text(core: Core) -> Any:
    kinds = (core.HumanMessage, core.AIMessage, core.SystemMessage)
    return [kind(content).content for kind in kinds for content in (b"a\xc3\xa9", [b"ab"])]


@value
def content_as_blocks(core: Core) -> Any:
    blocks = [{"type": "text", "text": "x"}]
    messages = [core.HumanMessage(content_blocks=blocks), core.ToolMessage(content_blocks=blocks, tool_call_id="1")]
    return [*messages, core.SystemMessage(None, blocks), core.ChatMessage(content_blocks=blocks, role="r")]


@value
def text_as_it_was(core: Core) -> Any:
    """By a call."""
    return [core.HumanMessage("a").text(), core.AIMessage(["a", {"type": "text", "text": "b"}]).text() + "c"]


@value
def removals(core: Core) -> Any:
    message = core.RemoveMessage(id="1")
    return [message, message.model_dump(), core.convert_to_messages([{"role": "remove", "content": "", "id": "2"}])]


@value
def parts_of_dumps(core: Core) -> Any:
    message = core.AIMessage("a", id="1", name="n")
    return [
        message.model_dump(include={"content", "id"}),
        message.model_dump(exclude={"content"}),
        message.model_dump(exclude_defaults=True),
        message.model_dump(exclude_unset=True),
        core.AIMessage.model_validate_json(message.model_dump_json()),
    ]


REFUSED: dict[str, Any] = {
    "another_type": lambda c: c.HumanMessage("a", type="ai"),
    "bytes_that_are_no_text": lambda c: c.HumanMessage(b"\xff"),
    "no_role": lambda c: c.ChatMessage("a"),
    "no_name": lambda c: c.FunctionMessage("a"),
    "no_call_id": lambda c: c.ToolMessage("a"),
    "a_call_without_arguments": lambda c: c.AIMessage("", tool_calls=[{"name": "f", "id": "1"}]),
    "a_call_without_a_name": lambda c: c.AIMessage("", tool_calls=[{"args": {}, "id": "1"}]),
    "a_removal_with_content": lambda c: c.RemoveMessage("1", content="a"),
}


PROGRAMS = [
    other_fields,
    other_fields_of_chunks,
    fields_of_no_document,
    bytes_are_text,
    content_as_blocks,
    text_as_it_was,
    removals,
    parts_of_dumps,
    *(Program(f"a_message_of_{name}", make, modes=("value",)) for name, make in REFUSED.items()),
]
