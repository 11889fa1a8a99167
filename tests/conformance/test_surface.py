"""Programs over what stands around the core, run on chainviz and on langchain-core: message helpers, whole results of
models, handlers, examples, tools' odds and ends. They must agree."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Annotated, Any

import pytest
from langchain_core.example_selectors import BaseExampleSelector
from langchain_core.messages.utils import count_tokens_approximately

from .cores import OURS, REFERENCE, Core, plain

REFERENCE.count_tokens_approximately = count_tokens_approximately


def outcome(program: Callable[[Any], Any], core: Core) -> Any:
    try:
        result = program(core)
        return plain(asyncio.run(result) if asyncio.iscoroutine(result) else result)
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        return plain(error)


PROGRAMS: list[Callable[[Any], Any]] = []


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    PROGRAMS.append(function)
    return function


def talk(lc: Any, name: str | None = "ann") -> list[Any]:
    calls = [{"name": "f", "args": {"a": 1}, "id": "1"}, {"name": "g", "args": {}, "id": "2"}]
    return [
        lc.SystemMessage("be brief", id="s"),
        lc.HumanMessage("one two three\nfour five six", name=name, id="h1"),
        lc.HumanMessage([{"type": "text", "text": "seven"}, {"type": "text", "text": "eight\nnine"}], id="h2"),
        lc.AIMessage("I ask", tool_calls=calls, id="a1"),
        lc.ToolMessage("4", tool_call_id="1", id="t1"),
        lc.ToolMessage("5", tool_call_id="2", id="t2"),
        lc.AIMessage("the answer\nis nine", id="a2"),
        lc.AIMessage("truly", id="a3", response_metadata={"m": 1}),
        lc.HumanMessage("thanks", name="bob", id="h3"),
    ]


@program
def filtered(lc: Any) -> Any:
    options: list[dict[str, Any]] = [
        {},
        {"include_types": ["human", lc.SystemMessage]},
        {"include_names": ["ann"], "include_ids": ["a2"]},
        {"exclude_types": [lc.AIMessage, "tool"]},
        {"exclude_names": ["bob"], "exclude_ids": ["s"]},
        {"include_types": ["human"], "exclude_ids": ["h1"]},
        {"exclude_tool_calls": True},
        {"exclude_tool_calls": ["1"]},
        {"exclude_tool_calls": ["1", "2"]},
    ]
    return [lc.filter_messages(talk(lc), **one) for one in options] + [
        lc.filter_messages(include_types=["human"]).invoke(talk(lc)),
        lc.filter_messages([("human", "a"), {"role": "ai", "content": "b"}], exclude_types=["ai"]),
    ]


@program
def merged(lc: Any) -> Any:
    return [
        lc.merge_message_runs(talk(lc, None)),
        lc.merge_message_runs(talk(lc, None), chunk_separator=" / "),
        lc.merge_message_runs().invoke(talk(lc, None)[:3]),
        lc.merge_message_runs([("human", "a"), ("human", ""), ("human", "b"), ("ai", "c")]),
        lc.merge_message_runs([lc.ChatMessage("a", role="r"), lc.ChatMessage("b", role="r")]),
        lc.merge_message_runs([]),
    ]


def test_what_is_merged_keeps_its_name() -> None:
    assert [lc.merge_message_runs(talk(lc))[1].name for lc in (OURS, REFERENCE)] == ["ann", None]


def words(messages: Any) -> int:
    return sum(len(str(message.content).split()) for message in messages)


@program
def trimmed(lc: Any) -> Any:
    results: list[Any] = []
    for tokens in (0, 1, 3, 6, 9, 12, 15, 20, 30, 100):
        for strategy in ("first", "last"):
            for partial in (False, True):
                options = {"max_tokens": tokens, "strategy": strategy, "allow_partial": partial}
                results.append(lc.trim_messages(talk(lc), token_counter=words, **options))
        results.append(lc.trim_messages(talk(lc), token_counter=words, max_tokens=tokens, include_system=True))
        results.append(lc.trim_messages(talk(lc), token_counter=words, max_tokens=tokens, start_on="human"))
        results.append(lc.trim_messages(talk(lc), token_counter=words, max_tokens=tokens, end_on=("human", "tool")))
        both = {"start_on": lc.HumanMessage, "end_on": "ai", "include_system": True}
        results.append(lc.trim_messages(talk(lc), token_counter=words, max_tokens=tokens, **both))
    return results


def test_a_part_is_counted_as_it_will_stand() -> None:
    """The reference counts its lines in reverse order, where the last word of one joins the first of the next."""
    cut = {"max_tokens": 1, "token_counter": words, "allow_partial": True}
    trimmed = [lc.trim_messages([lc.HumanMessage("eight\nnine")], **cut)[0].content for lc in (OURS, REFERENCE)]
    assert trimmed == ["nine", "eight\nnine"]


@program
def trimmed_in_other_ways(lc: Any) -> Any:
    def one(message: Any) -> int:
        return len(str(message.content))

    one.__annotations__["message"] = lc.BaseMessage
    split = {"max_tokens": 40, "token_counter": one, "allow_partial": True, "text_splitter": str.split}
    return [
        lc.trim_messages(talk(lc), max_tokens=40, token_counter=one),
        lc.trim_messages(talk(lc), **split),
        lc.trim_messages(max_tokens=10, token_counter=words).invoke(talk(lc)),
        lc.trim_messages(talk(lc), max_tokens=30, token_counter=lc.count_tokens_approximately),
        lc.trim_messages([], max_tokens=5, token_counter=words),
    ]


@pytest.mark.parametrize("options", [{"start_on": "human"}, {"include_system": True}], ids=str)
def test_options_that_do_not_fit_together(options: dict[str, Any]) -> None:
    def program(lc: Any) -> Any:
        return lc.trim_messages(talk(lc), max_tokens=5, token_counter=words, strategy="first", **options)

    assert outcome(program, OURS) == outcome(program, REFERENCE)
    with pytest.raises(ValueError):
        program(OURS)


@program
def counted(lc: Any) -> Any:
    image = lc.HumanMessage([{"type": "text", "text": "what is it?"}, {"type": "image_url", "image_url": {"url": "x"}}])
    count = lc.count_tokens_approximately
    return [
        count(talk(lc)),
        [count([message]) for message in talk(lc)],
        count([image]),
        count(talk(lc), chars_per_token=2.5, extra_tokens_per_message=1, count_name=False),
        count([("human", "a"), ("ai", "b")]),
    ]


@program
def written_as_lines(lc: Any) -> Any:
    prefixes = {"human_prefix": "H", "ai_prefix": "A", "system_prefix": "S", "tool_prefix": "T"}
    return lc.get_buffer_string(talk(lc)[:1] + talk(lc)[6:], message_separator=" | ", **prefixes)


def results(result: Any) -> Any:
    """Of an LLMResult: what each candidate says, what the provider says, how many runs there were."""
    texts = [[(one.text, one.generation_info, type(one).__name__) for one in several] for several in result.generations]
    return texts, result.llm_output, len(result.run or ())


@program
async def generated(lc: Any) -> Any:
    chat = lc.FakeListChatModel(responses=["ab", "c"])
    text = lc.FakeListLLM(responses=["ab", "c"])
    asked = [[lc.HumanMessage("x")], [lc.HumanMessage("y")]]
    prompts = [lc.ChatPromptTemplate.from_template("{a}").invoke({"a": "b"})] * 2
    return [
        results(chat.generate(asked)),
        results(await chat.agenerate(asked, stop=["x"])),
        results(chat.generate_prompt(prompts)),
        results(await chat.agenerate_prompt(prompts)),
        results(text.generate(["x", "y"])),
        results(text.generate_prompt(prompts)),
        [results(one)[:2] for one in chat.generate(asked).flatten()],
        results(chat.generate([])),
    ]


@program
def what_handlers_hear_of_generate(lc: Any) -> Any:
    heard: list[Any] = []

    class Handler(lc.BaseCallbackHandler):
        def on_chat_model_start(self, serialized: Any, messages: Any, **more: Any) -> None:
            texts = [[message.content for message in several] for several in messages]
            heard.append(("start", texts, more["tags"], more["metadata"].get("m"), more["name"]))

        def on_llm_end(self, response: Any, **more: Any) -> None:
            heard.append(("end", [[one.text for one in several] for several in response.generations]))

    model = lc.FakeListChatModel(responses=["ab", "c"], tags=["own"], callbacks=[Handler()])
    asked = [[lc.HumanMessage("x")], [lc.HumanMessage("y")]]
    model.generate(asked, callbacks=[Handler()], tags=["t"], metadata={"m": 1}, run_name="n")
    return sorted(heard, key=repr)


@program
async def handlers_of_a_model_hear_that_model(lc: Any) -> Any:
    heard: list[str] = []

    class Handler(lc.BaseCallbackHandler):
        def on_chain_start(self, *_: Any, **more: Any) -> None:
            heard.append("chain")

        def on_chat_model_start(self, *_: Any, **more: Any) -> None:
            heard.append("start")

        def on_llm_new_token(self, token: str, **more: Any) -> None:
            heard.append(token)

        def on_llm_end(self, *_: Any, **more: Any) -> None:
            heard.append("end")

    model = lc.FakeListChatModel(responses=["ab"], callbacks=[Handler()], verbose=False, cache=False)
    chain = lc.RunnableLambda(lambda x: x) | model | lc.StrOutputParser()
    outputs = [model.invoke("x"), chain.invoke("x"), list(chain.stream("x")), chain.batch(["x"])]
    outputs += [await chain.ainvoke("x"), [chunk async for chunk in chain.astream("x")]]
    return outputs, heard


@program
async def tokens_that_a_model_reports(lc: Any) -> Any:
    heard: list[str] = []

    class Handler(lc.BaseCallbackHandler):
        def on_llm_new_token(self, token: str, **more: Any) -> None:
            heard.append(token)

    class Model(lc.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "model"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **more: Any) -> Any:
            run_manager.on_llm_new_token("a")
            return lc.ChatResult(generations=[lc.ChatGeneration(message=lc.AIMessage("a"))])

        async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **more: Any) -> Any:
            await run_manager.on_llm_new_token("b")
            return self._generate(messages, run_manager=run_manager.get_sync())

    config = {"callbacks": [Handler()]}
    return [Model().invoke("x", config), await Model().ainvoke("x", config), heard]


@program
def usage_added_up(lc: Any) -> Any:
    def said(model: str, tokens: int) -> Any:
        usage = {"input_tokens": tokens, "output_tokens": 1, "total_tokens": tokens + 1}
        return lc.AIMessage("a", usage_metadata=usage, response_metadata={"model_name": model})

    model = lc.FakeMessagesListChatModel(responses=[said("m", 1), said("n", 2), said("m", 4), lc.AIMessage("none")])
    handler = lc.UsageMetadataCallbackHandler()
    model.invoke("x", {"callbacks": [handler]})
    with lc.get_usage_metadata_callback() as counted:
        model.invoke("x")
        (lc.RunnableLambda(lambda x: x) | model).invoke("x")
        model.invoke("x")
    return handler.usage_metadata, counted.usage_metadata


@program
def printed(lc: Any) -> Any:
    out = io.StringIO()
    with redirect_stdout(out):
        lc.FakeListChatModel(responses=["ab"]).invoke("x", {"callbacks": [lc.StreamingStdOutCallbackHandler()]})
        list(lc.FakeListChatModel(responses=["ab"]).stream("x", {"callbacks": [lc.StreamingStdOutCallbackHandler()]}))
    return out.getvalue()


@pytest.mark.parametrize("core", [OURS, REFERENCE], ids=repr)
@pytest.mark.parametrize("model", ["FakeListChatModel", "FakeListLLM"])
def test_no_structured_output_of_a_model_without_tools(core: Core, model: str) -> None:
    with pytest.raises(NotImplementedError):
        getattr(core, model)(responses=["a"]).with_structured_output({"title": "a", "type": "object"})


@program
def examples_in_a_chat(lc: Any) -> Any:
    example = lc.ChatPromptTemplate.from_messages([("human", "{q}"), ("ai", "{a}")])
    examples = [{"q": "1+1", "a": "2", "more": "-"}, {"q": "2+2", "a": "4", "more": "-"}]

    class Selector(BaseExampleSelector):
        def add_example(self, example: dict[str, str]) -> None: ...

        def select_examples(self, given: dict[str, str]) -> list[dict[str, str]]:
            return [one for one in examples if given["question"][0] in one["q"]]

        async def aselect_examples(self, given: dict[str, str]) -> list[dict[str, str]]:
            return self.select_examples(given)

    few = lc.FewShotChatMessagePromptTemplate(example_prompt=example, examples=examples)
    chosen = lc.FewShotChatMessagePromptTemplate(
        example_prompt=example, example_selector=Selector(), input_variables=["question"]
    )
    system = ("system", "count")
    return [
        few.format_messages(),
        few.invoke({}),
        lc.ChatPromptTemplate.from_messages([system, few, ("human", "{question}")]).invoke({"question": "3+3"}),
        lc.ChatPromptTemplate.from_messages([system, chosen, ("human", "{question}")]).invoke({"question": "2"}),
        asyncio.run(chosen.ainvoke({"question": "1"})),
        chosen.input_variables,
    ]


@program
def examples_given_twice(lc: Any) -> Any:
    return lc.FewShotChatMessagePromptTemplate(example_prompt=lc.ChatPromptTemplate.from_template("{a}"))


@program
async def documents_as_text(lc: Any) -> Any:
    document = lc.Document("text", metadata={"page": 1, "other": 2})
    prompt = lc.PromptTemplate.from_template("{page}: {page_content}")
    return lc.format_document(document, prompt), await lc.aformat_document(document, prompt)


@program
def documents_that_lack_a_variable(lc: Any) -> Any:
    return lc.format_document(lc.Document("text"), lc.PromptTemplate.from_template("{page}"))


@program
async def injected_arguments(lc: Any) -> Any:
    def find(query: str, user: str, call: str) -> str:
        """Look."""
        return f"{query} {user} {call}"

    find.__annotations__["user"] = Annotated[str, lc.InjectedToolArg]
    find.__annotations__["call"] = Annotated[str, lc.InjectedToolCallId]
    look = lc.tool("look")(find)
    call = {"type": "tool_call", "name": "look", "id": "7", "args": {"query": "q", "user": "ann"}}
    return [
        look.args,
        look.tool_call_schema.model_json_schema(),
        sorted(look.get_input_schema().model_fields),
        look.invoke(call),
        await look.ainvoke(call),
    ]


@program
def a_tool_call_id_without_a_tool_call(lc: Any) -> Any:
    def find(query: str, call: str) -> str:
        """Look."""
        return query

    find.__annotations__["call"] = Annotated[str, lc.InjectedToolCallId]
    look = lc.tool("look")(find)
    return look.invoke({"query": "q"})


@program
async def tools_that_fail(lc: Any) -> Any:
    def broken(x: int) -> int:
        """Broken."""
        raise lc.ToolException("no")

    made = lc.StructuredTool.from_function(broken, handle_tool_error=True)
    spoken = lc.StructuredTool.from_function(broken, handle_tool_error=lambda error: f"<{error}>")
    call = {"type": "tool_call", "name": "broken", "id": "7", "args": {"x": 1}}
    return [made.invoke({"x": 1}), spoken.invoke({"x": 1}), made.invoke(call).status, await made.ainvoke({"x": 1})]


@program
async def tools_run_by_their_older_name(lc: Any) -> Any:
    @lc.tool(return_direct=True)
    def double(x: int) -> int:
        """Double."""
        return 2 * x

    ran = double.run({"x": 1}, tool_call_id="3", tags=["t"], run_name="n")
    return [ran, double.run({"x": 2}), await double.arun({"x": 3}), double.return_direct, double.is_single_input]


@program
async def a_retriever_as_a_tool(lc: Any) -> Any:
    class Retriever(lc.BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return [lc.Document(f"{query} {number}", metadata={"n": number}) for number in range(2)]

    prompt = lc.PromptTemplate.from_template("{n}) {page_content}")
    made = lc.create_retriever_tool(Retriever(), "find", "Finds.")
    told = lc.create_retriever_tool(
        Retriever(),
        "find",
        "Finds.",
        document_prompt=prompt,
        document_separator="; ",
        response_format="content_and_artifact",
    )
    call = {"type": "tool_call", "name": "find", "id": "7", "args": {"query": "q"}}
    return [
        made.invoke({"query": "q"}),
        await made.ainvoke("q"),
        made.args,
        told.invoke(call).content,
        len(told.invoke(call).artifact),
        lc.render_text_description_and_args([lc.tool(plus)]),
        lc.render_text_description([lc.tool(plus)]),
    ]


def plus(a: int, b: int = 1) -> int:
    """Add."""
    return a + b


@pytest.mark.parametrize("both", PROGRAMS, ids=lambda both: both.__name__)
def test_programs(both: Callable[[Any], Any]) -> None:
    assert outcome(both, OURS) == outcome(both, REFERENCE)
