"""Messages: what they are made of, chunks that add, short forms, dicts and back."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from ..cores import Core
from ..observe import Program, value

CALL = {"name": "f", "args": {"a": 1}, "id": "1"}
USAGE = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "input_token_details": {"cache_read": 1}}
FUNCTION_CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}


def every_kind(core: Core) -> list[Any]:
    return [
        core.HumanMessage("a", name="n", id="7"),
        core.SystemMessage("b"),
        core.AIMessage("c", tool_calls=[CALL], usage_metadata=USAGE, response_metadata={"k": 1}),
        core.ToolMessage("d", tool_call_id="1", name="f", artifact=[1], status="error"),
        core.ChatMessage("e", role="r"),
        core.FunctionMessage("f", name="g"),
        core.HumanMessage([{"type": "text", "text": "g"}, "h"], additional_kwargs={"k": "v"}),
    ]


@value
def kinds(core: Core) -> Any:
    return [[message, message.type, type(message).__name__] for message in every_kind(core)]


@value
def texts(core: Core) -> Any:
    contents = ["a", ["a", "b"], [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": "x"}, "b"], []]
    return [str(core.AIMessage(content).text) for content in contents]


@value
def equality(core: Core) -> Any:
    a = core.HumanMessage
    return [a("x") == a("x"), a("x") == a("y"), a("x") == core.AIMessage("x"), a("x", id="1") == a("x", id="2")]


@value
def tool_calls_of_chunks(core: Core) -> Any:
    def chunk(**call: Any) -> Any:
        return core.AIMessageChunk(content="", tool_call_chunks=[{"name": None, "args": None, "id": None, **call}])

    parts = [
        chunk(name="f", args='{"a', id="1", index=0),
        chunk(args='": 1', index=0),
        chunk(name="g", args="{", id="2", index=1),
        chunk(args="}", index=0),
        chunk(args="[", index=None),
    ]
    return [reduce(add, parts[:count]) for count in range(1, len(parts) + 1)]


@value
def metadata_of_chunks(core: Core) -> Any:
    parts = [
        core.AIMessageChunk(content="a", id="lc_run--1", response_metadata={"model_provider": "x", "n": 1}),
        core.AIMessageChunk(content=["b", {"type": "text", "text": "c", "index": 0}], usage_metadata=USAGE),
        core.AIMessageChunk(content=[{"type": "text", "text": "d", "index": 0}], usage_metadata=USAGE, id="given"),
        core.AIMessageChunk(content="e", response_metadata={"model_provider": "x", "n": 2}, chunk_position="last"),
    ]
    return [reduce(add, parts), parts[0] + parts[1:], core.message_chunk_to_message(reduce(add, parts))]


@value
def contents_of_chunks(core: Core) -> Any:
    contents: list[list[Any]] = [
        ["a", "b"],
        ["", ["x"]],
        [["x"], "y"],
        [[{"type": "text", "text": "a", "index": 0}], [{"type": "text", "text": "b", "index": 0}]],
        [[{"type": "text", "text": "a", "index": 0}], [{"type": "text", "text": "b", "index": 1}]],
        [[{"type": "text", "text": "a"}], [{"type": "text", "text": "b"}]],
    ]
    return [reduce(add, [core.AIMessageChunk(content=one) for one in several]).content for several in contents]


@value
def keywords_of_chunks(core: Core) -> Any:
    keywords: list[list[Any]] = [
        [{"a": "x"}, {"a": "y"}],
        [{"a": None}, {"a": "y"}],
        [{"function_call": {"name": "f", "arguments": "{"}}, {"function_call": {"arguments": "}"}}],
        [{"a": [1]}, {"a": [2]}],
        [{"a": 1}, {"a": 1}],
    ]
    return [
        reduce(add, [core.AIMessageChunk(content="", additional_kwargs=one) for one in several]).additional_kwargs
        for several in keywords
    ]


@value
def chunks_that_do_not_add(core: Core) -> Any:
    return core.AIMessageChunk(content="", additional_kwargs={"a": "x"}) + core.AIMessageChunk(
        content="", additional_kwargs={"a": {"b": 1}}
    )


@value
def chunks_of_other_kinds(core: Core) -> Any:
    return [
        core.HumanMessageChunk(content="a", id="1") + core.HumanMessageChunk(content="b"),
        core.SystemMessageChunk(content="a") + core.SystemMessageChunk(content="b"),
        core.ChatMessageChunk(content="a", role="r") + core.ChatMessageChunk(content="b", role="r"),
        core.FunctionMessageChunk(content="a", name="f") + core.FunctionMessageChunk(content="b", name="f"),
        core.ToolMessageChunk(content="a", tool_call_id="1")
        + core.ToolMessageChunk(content="b", tool_call_id="1", status="error"),
    ]


@value
def chunks_of_two_roles(core: Core) -> Any:
    return core.ChatMessageChunk(content="a", role="r") + core.ChatMessageChunk(content="b", role="s")


@value
def chunks_to_messages(core: Core) -> Any:
    chunks = [
        core.AIMessageChunk(content="a", tool_call_chunks=[{"name": "f", "args": "{}", "id": "1", "index": 0}]),
        core.HumanMessageChunk(content="a", name="n"),
        core.ToolMessageChunk(content="a", tool_call_id="1"),
        core.HumanMessage("no chunk"),
    ]
    return [core.message_chunk_to_message(chunk) for chunk in chunks]


@value
def short_forms(core: Core) -> Any:
    return core.convert_to_messages(
        [
            "a",
            ("system", "b"),
            ["ai", "c"],
            ("user", "c2"),
            ("assistant", "c3"),
            ("human", [{"type": "text", "text": "c4"}]),
            {"role": "user", "content": "d", "name": "n", "id": "7"},
            {"role": "developer", "content": "e"},
            {"type": "tool", "content": "f", "tool_call_id": "1", "status": "error", "artifact": [1]},
            {"role": "tool", "content": "f2", "tool_call_id": "1"},
            {"role": "function", "content": "f3", "name": "g"},
            {"role": "assistant", "content": None, "tool_calls": [FUNCTION_CALL]},
            {"role": "assistant", "content": "", "tool_calls": [{**CALL, "type": "tool_call"}]},
            {"role": "human", "content": "g", "mood": "good"},
            {"role": "human", "content": "h", "example": True},
            core.HumanMessage("as it is"),
        ]
    )


SHAPELESS = {
    "a_role_that_there_is_not": ("nobody", "a"),
    "no_content": {"role": "user"},
    "no_role": {"content": "a"},
    "no_call": {"role": "tool", "content": "a"},
    "no_call_in_short": ("tool", "a"),
}


@value
def calls_of_a_provider(core: Core) -> Any:
    broken = {"id": "2", "type": "function", "function": {"name": "g", "arguments": "{"}}
    return core.AIMessage("", additional_kwargs={"tool_calls": [FUNCTION_CALL, broken]})


@value
def dicts_and_back(core: Core) -> Any:
    dicts = core.messages_to_dict(every_kind(core))
    back = core.messages_from_dict(dicts)
    return [sorted(one) for one in dicts], [one["type"] for one in dicts], back, back == every_kind(core)


@value
def one_to_a_dict(core: Core) -> Any:
    shown = core.message_to_dict(core.HumanMessage("a", name="n"))
    return shown["type"], {key: shown["data"][key] for key in ("content", "name", "type")}


@value
def buffers(core: Core) -> Any:
    messages = [*every_kind(core)[:2], *every_kind(core)[4:6], core.AIMessage("plain")]
    return [
        core.get_buffer_string(messages),
        core.get_buffer_string(messages, human_prefix="H", ai_prefix="A"),
        core.get_buffer_string([]),
    ]


@value
def pretty_messages(core: Core) -> Any:
    return [message.pretty_repr() for message in every_kind(core)[:5]]


@value
def merged_contents(core: Core) -> Any:
    return [
        core.merge_content("a", "b"),
        core.merge_content("a", ["b"]),
        core.merge_content(["a"], "b"),
        core.merge_content(["a"], ["b"]),
        core.merge_content("a", "b", "c"),
    ]


@value
def prompts_out_of_messages(core: Core) -> Any:
    prompt = core.SystemMessage("a") + core.HumanMessage("b") + "{c}"
    return [type(prompt).__name__, prompt.invoke({"c": "d"})]


@value
def lists_of_chunks(core: Core) -> Any:
    chunks = [core.AIMessageChunk(content=letter) for letter in "abcd"]
    return [chunks[0] + chunks[1:], chunks[0] + (chunks[1] + chunks[2]), (chunks[0] + chunks[1]) + chunks[2]]


@value
def usage_adds(core: Core) -> Any:
    more = {"input_tokens": 5, "output_tokens": 1, "total_tokens": 6, "output_token_details": {"reasoning": 2}}
    chunks = [core.AIMessageChunk(content="", usage_metadata=usage) for usage in (USAGE, more, None, USAGE)]
    return reduce(add, chunks)


@value
def ids_of_sums(core: Core) -> Any:
    ids = [
        ["lc_1", "run-1"],
        ["lc_1", "mine"],
        ["run-1", "mine"],
        [None, "mine"],
        ["mine", "other"],
        ["lc_run--1", None],
    ]
    return [reduce(add, [core.AIMessageChunk(content="", id=id) for id in several]).id for several in ids]


def talk(core: Core) -> list[Any]:
    return [
        core.SystemMessage("be kind", id="0"),
        core.HumanMessage("hi", name="ada", id="1"),
        core.HumanMessage("again", id="2"),
        core.AIMessage("hello", id="3"),
        core.AIMessage("", tool_calls=[CALL], id="4"),
        core.ToolMessage("out", tool_call_id="1", id="5"),
        core.HumanMessage("bye", id="6"),
    ]


FILTERS: list[dict[str, Any]] = [
    {"include_types": ["human", "system"]},
    {"exclude_types": ["human"]},
    {"include_names": ["ada"]},
    {"exclude_ids": ["0", "3"]},
    {"include_ids": ["1"], "include_types": ["ai"]},
    {"exclude_tool_calls": True},
]
CUTS: list[dict[str, Any]] = [
    {"max_tokens": 3},
    {"max_tokens": 3, "strategy": "first"},
    {"max_tokens": 3, "include_system": True},
    {"max_tokens": 4, "start_on": "human"},
    {"max_tokens": 5, "strategy": "first", "end_on": ["human", "ai"]},
    {"max_tokens": 0},
    {"max_tokens": 99},
]


@value
def filtered(core: Core) -> Any:
    steps = [core.filter_messages(**FILTERS[0]).invoke(talk(core))]
    return steps + [core.filter_messages(talk(core), **options) for options in FILTERS]


@value
def merged_runs(core: Core) -> Any:
    messages = [
        *talk(core)[2:],
        core.HumanMessage("really", id="7"),
        core.HumanMessage([{"type": "text", "text": "."}]),
    ]
    return [core.merge_message_runs(messages), core.merge_message_runs(messages[4:], chunk_separator=" ")]


@value
def trimmed(core: Core) -> Any:
    return [core.trim_messages(talk(core), token_counter=len, **options) for options in CUTS]


@value
def trimmed_inside_a_message(core: Core) -> Any:
    def words(messages: list[Any]) -> int:
        return sum(len(message.content.split()) for message in messages)

    messages = [core.SystemMessage("one two"), core.HumanMessage("a b\nc d\ne f")]
    return [
        core.trim_messages(messages, max_tokens=limit, token_counter=words, allow_partial=True, strategy=strategy)
        for limit in (2, 4, 7)
        for strategy in ("first", "last")
    ]


@value
def buffers_of_calls(core: Core) -> Any:
    call = {"function_call": {"name": "f"}}
    return core.get_buffer_string([core.AIMessage("a", additional_kwargs=call), core.AIMessage("b", tool_calls=[CALL])])


@value
def fields_of_short_forms(core: Core) -> Any:
    """What a dict gives beside the fields that these forms have is kept among the keywords."""
    return core.convert_to_messages(
        [{"role": "ai", "content": "a", "usage_metadata": USAGE, "response_metadata": {"k": 1}}]
    )


@value
def function_without_a_name(core: Core) -> Any:
    return core.convert_to_messages([{"role": "function", "content": "x"}])


@value
def dumps(core: Core) -> Any:
    """As dicts and as JSON, in this order."""
    messages = [
        core.HumanMessage("é"),
        core.HumanMessage("a", example=True),
        core.AIMessage("a", tool_calls=[{"name": "n", "args": {"x": 1}, "id": "1", "type": "tool_call"}]),
        core.SystemMessage([{"type": "text", "text": "b"}], name="n"),
        core.ToolMessage("a", tool_call_id="1"),
        core.ChatMessage("a", role="r"),
    ]
    texts = [message.model_dump_json() for message in (*messages[:1], *messages[2:])]
    return [[message.model_dump() for message in messages], texts, messages[0].model_dump_json(indent=1)]


DATA_URI = "data:image/png;base64,AAAA"
BLOCKS: list[dict[str, Any]] = [
    {"text": "a"},
    {"type": "foo", "a": 1},
    {"type": "tool_use", "id": "1", "name": "f", "input": {}},
    {"type": "reasoning", "reasoning": "r"},
    {"type": "image", "url": "u"},
    {"type": "text", "source_type": "text", "text": "x"},
    {"type": "image", "source_type": "text", "text": "x"},
    {"type": "image_url", "image_url": {"url": "u", "detail": "low", "x": 1}},
    {"type": "image_url", "image_url": {"url": "u"}, "y": 2},
    {"type": "image_url", "image_url": {"url": DATA_URI}},
    {"type": "image_url", "image_url": "u"},
    {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
    {"type": "file", "file": {"file_data": DATA_URI, "filename": "f"}},
    {"type": "file", "file": {"file_id": "1"}},
    *(
        {"type": kind, "source_type": source, "mime_type": "m/n", key: "d", "cache_control": {"type": "e"}}
        for kind in ("image", "audio", "file")
        for source, key in (("url", "url"), ("base64", "data"), ("id", "id"))
    ),
    *(
        {"type": kind, "source": source, "title": "t"}
        for kind in ("image", "document")
        for source in (
            {"type": "base64", "media_type": "m/n", "data": "AA"},
            {"type": "url", "url": "u"},
            {"type": "file", "file_id": "1"},
            {"type": "other"},
        )
    ),
    {"type": "document", "source": {"type": "text", "data": "t", "media_type": "text/plain"}},
]


@value
def content_blocks(core: Core) -> Any:
    """Those that have no id are given one."""
    messages = [kind([block]) for kind in (core.HumanMessage, core.AIMessage, core.SystemMessage) for block in BLOCKS]
    messages += [core.AIMessage("a", additional_kwargs={"reasoning_content": "r"}, tool_calls=[CALL])]
    blocks = [block for message in messages for block in message.content_blocks]
    return [{**block, "id": "made up"} if str(block.get("id")).startswith("lc_") else block for block in blocks]


PROGRAMS = [
    content_blocks,
    dumps,
    kinds,
    texts,
    equality,
    tool_calls_of_chunks,
    metadata_of_chunks,
    contents_of_chunks,
    keywords_of_chunks,
    chunks_that_do_not_add,
    chunks_of_other_kinds,
    chunks_of_two_roles,
    chunks_to_messages,
    short_forms,
    *(
        Program(f"shapeless_{name}", lambda c, form=form: c.convert_to_messages([form]), modes=("value",))
        for name, form in SHAPELESS.items()
    ),
    calls_of_a_provider,
    dicts_and_back,
    one_to_a_dict,
    buffers,
    pretty_messages,
    merged_contents,
    prompts_out_of_messages,
    lists_of_chunks,
    usage_adds,
    ids_of_sums,
    filtered,
    merged_runs,
    trimmed,
    trimmed_inside_a_message,
    buffers_of_calls,
    fields_of_short_forms,
    function_without_a_name,
]
