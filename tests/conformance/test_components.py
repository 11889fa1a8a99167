"""Programs over messages, prompts, models, parsers and data, run on chainviz and on langchain-core: they must agree."""

from __future__ import annotations

import asyncio
import importlib
import warnings
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

import pytest

PACKAGES = ("chainviz", "langchain_core")
PARTS = [
    "messages",
    "prompts",
    "language_models",
    "output_parsers",
    "outputs",
    "documents",
    "tools",
    "runnables",
    "vectorstores",
    "embeddings",
]


class Names:
    """The names of one of the two packages."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __getattr__(self, name: str) -> Any:
        for part in PARTS:
            module = importlib.import_module(f"{self.package}.{part}")
            if name in module.__all__:
                return getattr(module, name)
        raise AttributeError(name)


def plain(value: Any) -> Any:
    """What both packages mean by a value: class names, and the fields that are filled in. Ids made up are left out."""
    if hasattr(value, "to_messages"):
        return type(value).__name__, plain(value.to_messages())
    if hasattr(value, "model_dump") and not isinstance(value, type):
        fields = {name: plain(field) for name, field in value.model_dump().items()}
        given = {name: field for name, field in fields.items() if field not in (None, [], {}, False, "")}
        if str(given.get("id", "")).startswith("lc_"):
            del given["id"]
        given.pop("type", None)
        return (type(value).__name__, given)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def outcome(program: Callable[[Any], Any], package: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = program(Names(package))
            return plain(asyncio.run(result) if asyncio.iscoroutine(result) else result)
        except (ValueError, TypeError, KeyError, NotImplementedError) as error:
            return "raises", sorted(cls.__name__ for cls in type(error).__mro__ if cls in (ValueError, KeyError))


PROGRAMS: list[Callable[[Any], Any]] = []


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    PROGRAMS.append(function)
    return function


@program
def chunks_with_calls(lc: Any) -> Any:
    def chunk(**call: Any) -> Any:
        return lc.AIMessageChunk(content="", tool_call_chunks=[{"name": None, "args": None, "id": None, **call}])

    parts = [
        chunk(name="f", args='{"a', id="1", index=0),
        chunk(args='": 1', index=0),
        chunk(name="g", args="{", id="2", index=1),
        chunk(args="}", index=0),
        chunk(args="[", index=None),
    ]
    return [reduce(add, parts[:count]) for count in range(1, len(parts) + 1)]


@program
def chunks_with_metadata(lc: Any) -> Any:
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "input_token_details": {"cache_read": 1}}
    parts = [
        lc.AIMessageChunk(content="a", id="lc_run--1", response_metadata={"model_provider": "x", "n": 1}),
        lc.AIMessageChunk(content=["b", {"type": "text", "text": "c", "index": 0}], usage_metadata=usage),
        lc.AIMessageChunk(content=[{"type": "text", "text": "d", "index": 0}], usage_metadata=usage, id="given"),
        lc.AIMessageChunk(content="e", response_metadata={"model_provider": "x", "n": 2}, chunk_position="last"),
    ]
    return [reduce(add, parts), parts[0] + parts[1:], lc.message_chunk_to_message(reduce(add, parts))]


@program
def chunks_of_other_kinds(lc: Any) -> Any:
    return [
        lc.HumanMessageChunk(content="a", id="1") + lc.HumanMessageChunk(content="b"),
        lc.ChatMessageChunk(content="a", role="r") + lc.ChatMessageChunk(content="b", role="r"),
        lc.FunctionMessageChunk(content="a", name="f") + lc.FunctionMessageChunk(content="b", name="f"),
        lc.ToolMessageChunk(content="a", tool_call_id="1")
        + lc.ToolMessageChunk(content="b", tool_call_id="1", status="error"),
    ]


@program
def messages_out_of_short_forms(lc: Any) -> Any:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    return lc.convert_to_messages(
        [
            "a",
            ("system", "b"),
            ["ai", "c"],
            {"role": "user", "content": "d", "name": "n", "id": "7"},
            {"role": "developer", "content": "e"},
            {"type": "tool", "content": "f", "tool_call_id": "1", "status": "error", "artifact": [1]},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "human", "content": "g", "mood": "good"},
        ]
    )


@program
def pretty_messages(lc: Any) -> Any:
    calls = [{"name": "f", "args": {"a": 1}, "id": "1"}]
    messages = [
        lc.HumanMessage("a", name="n"),
        lc.SystemMessage("b"),
        lc.AIMessage("c", tool_calls=calls),
        lc.ToolMessage("d", tool_call_id="1"),
        lc.ChatMessage("e", role="r"),
    ]
    return [message.pretty_repr() for message in messages] + [lc.get_buffer_string(messages[:2] + messages[4:])]


@program
def prompts(lc: Any) -> Any:
    prompt = lc.ChatPromptTemplate.from_messages(
        [
            ("system", "You are {who}"),
            lc.MessagesPlaceholder("history", optional=True),
            ("placeholder", "{more}"),
            {"role": "ai", "content": "{{braces}} {n:.2f}"},
            lc.HumanMessage("{as it is}"),
            "{question}",
            ("human", [{"type": "text", "text": "{who}"}, {"type": "image_url", "image_url": "{link}"}]),
        ]
    )
    values = {"who": "Cat", "n": 1, "question": ["a", {"b": 1}], "link": "http://x"}
    partial = prompt.partial(who=lambda: "Dog")
    return [
        sorted(prompt.input_variables),
        prompt.invoke(values),
        prompt.invoke({**values, "history": [("ai", "x")], "more": ["y"]}),
        sorted(partial.input_variables),
        partial.invoke({key: values[key] for key in ("n", "question", "link")}),
        (prompt[:1] + "{x}").invoke({"who": "a", "x": "b"}),
    ]


@program
def string_prompts(lc: Any) -> Any:
    example = lc.PromptTemplate.from_template("{q}={a}")
    few = lc.FewShotPromptTemplate(
        examples=[{"q": "1", "a": "2"}], example_prompt=example, prefix="{p}", suffix="{s}", example_separator="|"
    )
    mustache = "{{#people}}\n- {{name}} {{n}}\n{{/people}}\n{{^none}}no{{/none}} {{{raw}}} {{raw}}"
    return [
        example.invoke({"q": 1, "a": None}),
        (example + " {c}").format(q=1, a=2, c=3),
        few.invoke({"p": "P", "s": "S"}),
        lc.PromptTemplate.from_template(mustache, template_format="mustache").invoke(
            {"people": [{"name": "A"}, {"name": "B"}], "n": 1, "none": [], "raw": "<&>"}
        ),
    ]


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("template", ["{a.b}", "{a[0]}", "{0}", "{a", "a}", "{a:{b}}"])
def test_templates_that_are_refused(package: str, template: str) -> None:
    assert outcome(lambda lc: lc.PromptTemplate.from_template(template), package) == ("raises", ["ValueError"])


@pytest.mark.parametrize("package", PACKAGES)
def test_a_missing_variable_is_a_key_error(package: str) -> None:
    result = outcome(lambda lc: lc.ChatPromptTemplate.from_template("{a}{b}").invoke({"a": 1}), package)
    assert "KeyError" in result[1]


@program
async def model_verbs(lc: Any) -> Any:
    def fresh() -> list[Any]:
        call = {"function_call": {"name": "f", "arguments": "1,2"}, "other": 1}
        return [
            lc.FakeListChatModel(responses=["ab", "c"]),
            lc.GenericFakeChatModel(messages=iter([lc.AIMessage("hi there", additional_kwargs=call), "yes"])),
            lc.FakeListLLM(responses=["ab", "c"]),
            lc.FakeStreamingListLLM(responses=["ab", "c"]),
        ]

    results: list[Any] = []
    for one, two, three in zip(fresh(), fresh(), fresh(), strict=True):
        results.append([one.invoke("x"), await one.ainvoke([("human", "x")])])
        results.append(list(two.stream("x")))
        results.append([chunk async for chunk in three.astream("x")])
    parrot = lc.ParrotFakeChatModel()
    results.append([parrot.invoke("x"), list(parrot.stream(["y"]))])
    return results


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("made", ["chat", "generic", "parrot"])
@pytest.mark.parametrize("inside", [False, True])
def test_model_events(version: str, made: str, inside: bool) -> None:
    async def events(lc: Any) -> Any:
        model = {
            "chat": lambda: lc.FakeListChatModel(responses=["ab"]),
            "generic": lambda: lc.GenericFakeChatModel(messages=iter(["hi there"])),
            "parrot": lambda: lc.ParrotFakeChatModel(),
        }[made]()
        step = lc.RunnableLambda(lambda text: model.invoke(text)) if inside else model
        kinds: list[Any] = []
        async for event in step.astream_events("x", version=version):
            if event["event"].startswith("on_chat_model"):
                chunk = event["data"].get("chunk")
                kinds.append((event["event"], chunk.content if chunk is not None else None))
        return kinds

    assert outcome(events, "chainviz") == outcome(events, "langchain_core")


JSON = '{"name": "Ada", "tags": ["a", "b"], "size": 12, "ok": true}'


@program
async def parsers(lc: Any) -> Any:
    def cut(text: str, size: int) -> list[Any]:
        return [lc.AIMessageChunk(content=text[start : start + size]) for start in range(0, len(text), size)]

    texts = {
        lc.CommaSeparatedListOutputParser: "a, b,c d",
        lc.NumberedListOutputParser: "Sure:\n\n1. a b\n2. c\n\n3. d",
        lc.MarkdownListOutputParser: "Sure:\n\n- a b\n* c\n",
        lc.JsonOutputParser: JSON,
        lc.StrOutputParser: "a b c",
    }
    results: list[Any] = []
    for parser, text in texts.items():
        results.append(parser().invoke(lc.AIMessage(text)))
        for size in (1, 4, 100):
            results.append(list(parser().transform(iter(cut(text, size)))))
    results.append(lc.JsonOutputParser().invoke(f"Here:\n```json\n{JSON}\n```"))
    results.append(list(lc.JsonOutputParser(diff=True).transform(iter(['{"a": 1', ', "b": [1', ", 2]}"]))))
    return results


@pytest.mark.parametrize("package", PACKAGES)
def test_no_json(package: str) -> None:
    assert outcome(lambda lc: lc.JsonOutputParser().invoke("nothing"), package) == ("raises", ["ValueError"])


@program
def tools(lc: Any) -> Any:
    def some_tool(x: int, y: str = "z") -> dict:  # type: ignore[type-arg]
        """Some_tool."""
        return {"x": x, "y": y}

    made = lc.tool(some_tool)
    call = {"name": "some_tool", "args": {"x": 1, "y": "é"}, "id": "1", "type": "tool_call"}
    return [
        made.name,
        made.description,
        made.args,
        made.invoke({"x": "1", "y": "2"}),
        made.invoke(call),
        made.args_schema.model_json_schema()["required"],
    ]


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("args", [{"x": "q"}, {}, {"x": [1]}])
def test_arguments_that_do_not_fit(package: str, args: dict[str, Any]) -> None:
    def some_tool(x: int) -> int:
        """Some_tool."""
        return x

    assert outcome(lambda lc: lc.tool(some_tool).invoke(args), package) == ("raises", ["ValueError"])


@program
async def stores(lc: Any) -> Any:
    store = lc.InMemoryVectorStore.from_texts(
        ["a b", "b c", "c d", "d e"],
        embedding=lc.DeterministicFakeEmbedding(size=6),
        metadatas=[{"n": n} for n in range(4)],
        ids=["1", "2", "3", "4"],
    )
    retriever = store.as_retriever(search_type="mmr", search_kwargs={"k": 2, "fetch_k": 4, "lambda_mult": 0.2})
    scored = [(document, round(score, 9)) for document, score in store.similarity_search_with_score("b c", k=3)]
    results = [
        scored,
        retriever.invoke("a b"),
        await retriever.ainvoke("a b"),
        store.similarity_search("a", filter=lambda document: document.metadata["n"] > 1),
        store.get_by_ids(["4", "7"]),
        retriever.tags,
    ]
    store.delete(["1"])
    return [*results, store.similarity_search("a b", k=9)]


@pytest.mark.parametrize("both", PROGRAMS, ids=lambda both: both.__name__)
def test_programs(both: Callable[[Any], Any]) -> None:
    assert outcome(both, "chainviz") == outcome(both, "langchain_core")
