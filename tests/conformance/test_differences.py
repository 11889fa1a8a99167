"""Where ours means to differ from the reference: each test says how both behave."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from typing import Any

import jsonpatch
import pytest

from .cores import OURS, REFERENCE, Core
from .observe import adrained
from .steps import (
    abreak_off,
    aletters,
    break_off,
    fail,
    flaky,
    letters,
    retriever,
    spelling,
    twice,
    two_models,
    upper,
)


def events_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        items = asyncio.run(adrained(chain.astream_events(given, version="v2", **options)))
        return [item for item in items if not isinstance(item, Exception)]


def named(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["event"], event["name"]) for event in events]


def patches_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [p for p in asyncio.run(adrained(chain.astream_log(given, **options))) if not isinstance(p, Exception)]


def test_failing_runs_end_in_the_events() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper) | fail

    assert not any("error" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))
    ours = named(events_of(OURS, chain(OURS)))
    assert ("on_chain_error", "fail") in ours
    assert ours[-1] == ("on_chain_error", "RunnableSequence")
    entry = jsonpatch.apply_patch(
        {}, [op for patch in patches_of(OURS, chain(OURS)) for op in patch.ops if op["path"].count("/") < 4]
    )["logs"]["fail"]
    assert entry["end_time"] is not None
    assert entry["error"] == "ValueError: no X"


def failing_model(core: Core) -> Any:
    class Silent(core.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "silent"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            raise ValueError("nothing to say")

    return Silent()


def failing_text_model(core: Core) -> Any:
    class Mute(core.LLM):
        @property
        def _llm_type(self) -> str:
            return "mute"

        def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            raise ValueError("nothing to say")

    return Mute()


FAILING = {
    "chain": lambda c: c.RunnableLambda(fail),
    "prompt": lambda c: c.RunnableLambda(lambda x: {}) | c.PromptTemplate.from_template("{a}"),
    "chat_model": failing_model,
    "llm": failing_text_model,
    "parser": lambda c: c.JsonOutputParser(),
    "retriever": lambda c: c.RunnableLambda(lambda x: "") | retriever(c),
}


@pytest.mark.parametrize("kind", FAILING)
def test_runs_of_each_type_end_in_an_error(kind: str) -> None:
    """The reference tells of failing tools only."""
    reference = [event for event, _ in named(events_of(REFERENCE, FAILING[kind](REFERENCE)))]
    assert not any("error" in event for event in reference)
    ours = events_of(OURS, FAILING[kind](OURS))
    assert f"on_{kind}_error" in [event["event"] for event in ours]
    assert len({event["run_id"] for event in ours}) == sum(
        event["event"].endswith(("_end", "_error", "_cancel")) for event in ours
    )


def test_a_step_whose_reader_failed_is_cancelled() -> None:
    def chain(core: Core) -> Any:
        return spelling(core) | core.RunnableGenerator(break_off, abreak_off)

    of_letters = [event for event, name in named(events_of(OURS, chain(OURS))) if name == "letters"]
    assert of_letters[-1] == "on_chain_cancel"
    assert not any("cancel" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))


def test_filtered_events_keep_their_own_input() -> None:
    def first(core: Core) -> Any:
        return events_of(core, two_models(core), {"topic": "bears"}, include_types=["chat_model"])[0]

    assert first(REFERENCE)["data"]["input"] == {"topic": "bears"}
    assert first(OURS)["data"]["input"]["messages"][0][0].content.endswith("about bears")


def test_each_token_of_a_text_model_is_shown() -> None:
    """The reference shows those only that the model's own `_stream` tells to its run manager."""

    def tokens(core: Core) -> list[str]:
        events = events_of(core, core.FakeStreamingListLLM(responses=["yes"]))
        return [event["data"]["chunk"] for event in events if event["event"] == "on_llm_stream"]

    assert tokens(REFERENCE) == []
    assert tokens(OURS) == ["y", "e", "s"]


def test_log_keys_survive_any_name() -> None:
    names = ["Docs", "Docs", "Docs:2", "a/b", "~tilde", "__proto__"]

    def chain(core: Core) -> Any:
        steps = [core.RunnableLambda(upper).with_config(run_name=name) for name in names]
        return core.RunnableSequence(*steps)

    ours = patches_of(OURS, chain(OURS))
    state: Any = None
    for patch in ours:
        state = jsonpatch.apply_patch(state, patch.ops)
    assert list(state["logs"]) == ["Docs", "Docs:2", "Docs:2:2", "a/b", "~tilde", "__proto__"]
    assert [entry["name"] for entry in state["logs"].values()] == names
    assert all(entry["end_time"] for entry in state["logs"].values())
    lost = None
    try:
        for patch in patches_of(REFERENCE, chain(REFERENCE)):
            lost = jsonpatch.apply_patch(lost, patch.ops)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return  # the reference names a place that is not there
    assert len(lost["logs"]) < len(names)


def test_filters_by_metadata() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper).with_config(metadata={"team": "a", "n": 1}) | (lambda x: x)

    ours = events_of(OURS, chain(OURS), include_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"upper"}
    ours = events_of(OURS, chain(OURS), exclude_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"RunnableSequence", "RunnableLambda"}
    with pytest.raises(TypeError):
        chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        events = chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        raise asyncio.run(adrained(events))[-1]


def test_a_stream_is_retried_until_its_first_chunk() -> None:
    def chain(core: Core) -> Any:
        return flaky(core).with_retry(wait_exponential_jitter=False)

    with pytest.raises(ValueError, match="not yet"):
        list(chain(REFERENCE).stream("x"))
    assert list(chain(OURS).stream("x")) == ["x at last"]
    events = events_of(OURS, chain(OURS))
    children = [event for event in events if event["parent_ids"]]
    assert [event["event"] for event in children] == [
        "on_chain_start",
        "on_chain_error",
        "on_chain_start",
        "on_chain_stream",
        "on_chain_end",
    ]
    assert [event["tags"] for event in children] == [[]] * 2 + [["retry:attempt:2"]] * 3


def test_fallbacks_keep_their_parent() -> None:
    chain = OURS.RunnableLambda(fail).with_fallbacks([OURS.RunnableLambda(upper)])
    ours = events_of(OURS, chain)
    assert [len(event["parent_ids"]) for event in ours if event["name"] in ("fail", "upper")] == [1] * 5


def test_what_is_bound_keeps_its_parent_and_its_tags() -> None:
    """The reference puts a step that `with_config` or `bind` wraps under the run in which it was last at work itself,
    with the tag of the place there: not under the branch, retry or batch item that calls it."""

    def chain(core: Core) -> Any:
        option = core.RunnableLambda(upper).with_config(tags=["bound"])
        return core.RunnableLambda(twice) | core.RunnableBranch((lambda x: True, option), twice)

    def option(core: Core) -> tuple[int, set[str]]:
        seen = events_of(core, core.RunnableLambda(lambda x: chain(core).invoke(x)))
        event = next(event for event in seen if event["name"] == "upper")
        return len(event["parent_ids"]), set(event["tags"])

    assert option(OURS) == (3, {"branch:1", "bound"})
    assert option(REFERENCE) == (2, {"seq:step:2", "branch:1", "bound"})


def test_what_is_bound_wins_over_what_is_inherited() -> None:
    """The reference lets the metadata of the run around win, where a call has a config at all."""

    def seen(core: Core, given: Any) -> Any:
        step = core.RunnableLambda(lambda x, config: config["metadata"]).with_config(metadata={"k": "bound"})
        around = core.RunnableLambda(lambda x: step.invoke(x, given))
        return around.invoke("x", {"metadata": {"k": "around"}})

    assert seen(OURS, None) == seen(OURS, {"tags": ["t"]}) == {"k": "bound"}
    assert (seen(REFERENCE, None), seen(REFERENCE, {"tags": ["t"]})) == ({"k": "bound"}, {"k": "around"})


def test_what_is_configurable_inherits() -> None:
    """In the reference, `with_config` on a configurable step takes empty values for all that it is not given."""

    def seen(core: Core) -> Any:
        look = core.RunnableLambda(lambda x, config: (config["tags"], config["configurable"]))
        step = (core.RunnablePassthrough() | look).configurable_alternatives(core.ConfigurableField("k"))
        named = step.with_config(run_name="named")
        around = core.RunnableLambda(lambda x: named.invoke(x))
        return around.invoke("x", {"tags": ["call"], "configurable": {"a": 1}})

    assert seen(OURS) == (["call"], {"a": 1})
    assert seen(REFERENCE) == ([], {})


def test_what_a_passthrough_calls_stands_under_it() -> None:
    """In the reference its function is called outside of its run: at a root it can tell nobody anything."""

    def chain(core: Core) -> Any:
        def tell(x: Any, config: Any) -> None:
            core.dispatch_custom_event("seen", x, config=config)

        return core.RunnablePassthrough(tell)

    ours = events_of(OURS, OURS.RunnableLambda(upper) | chain(OURS))
    custom = next(event for event in ours if event["event"] == "on_custom_event")
    assert custom["run_id"] == next(event["run_id"] for event in ours if event["name"] == "RunnablePassthrough")
    assert chain(OURS).invoke("x", {"callbacks": [OURS.BaseCallbackHandler()]}) == "x"
    with pytest.raises(RuntimeError, match="without a parent run"):
        chain(REFERENCE).invoke("x", {"callbacks": [REFERENCE.BaseCallbackHandler()]})


def test_an_event_that_nobody_can_see_goes_nowhere() -> None:
    """A step that nobody watches opens no run, so what it calls is not told from what no step calls."""
    OURS.dispatch_custom_event("progress", 1)
    with pytest.raises(RuntimeError, match="without a parent run"):
        REFERENCE.dispatch_custom_event("progress", 1)


def model_starts(core: Core, **flags: Any) -> list[str]:
    """Which of two handlers hear of a model's start, the first of them with these flags."""
    told: list[str] = []

    class Handler(core.BaseCallbackHandler):
        name = "plain"

        def on_llm_start(self, *args: Any, **more: Any) -> None:
            told.append(self.name)

    first = type("First", (Handler,), {"name": "first", **flags})()
    asyncio.run(core.FakeListLLM(responses=["a"]).ainvoke("x", {"callbacks": [first, Handler()]}))
    return told


def test_each_handler_hears_a_model_beside_one_that_runs_inline() -> None:
    assert model_starts(REFERENCE) == model_starts(OURS) == ["first", "plain"]
    assert model_starts(REFERENCE, run_inline=True) == ["first"]
    assert model_starts(OURS, run_inline=True) == ["first", "plain"]


def ends(core: Core, base: str) -> tuple[list[str], bool]:
    """Who hears of the end of a sync call where the first of two handlers raises, and asks for that to be raised."""
    told: list[str] = []

    def second(self: Any, outputs: Any, **more: Any) -> None:
        told.append("second")

    def first(self: Any, outputs: Any, **more: Any) -> None:
        told.append("first")
        raise ValueError("of a handler")

    async def afirst(self: Any, outputs: Any, **more: Any) -> None:
        first(self, outputs)

    handler = getattr(core, base)
    on_end = afirst if base == "AsyncCallbackHandler" else first
    raising = type("First", (handler,), {"on_chain_end": on_end, "raise_error": True})()
    other = type("Second", (core.BaseCallbackHandler,), {"on_chain_end": second})()
    try:
        core.RunnableLambda(upper).invoke("x", {"callbacks": [raising, other]})
    except ValueError:
        return told, True
    return told, False


def test_a_handler_that_raises_keeps_nothing_from_the_others() -> None:
    """In the reference the others do not hear what it has raised at; of a coroutine, a sync call never raises it."""
    assert ends(OURS, "BaseCallbackHandler") == (["first", "second"], True)
    assert ends(REFERENCE, "BaseCallbackHandler") == (["first"], True)
    assert sorted(ends(OURS, "AsyncCallbackHandler")[0]) == ["first", "second"]
    assert ends(OURS, "AsyncCallbackHandler")[1]
    assert ends(REFERENCE, "AsyncCallbackHandler") == (["second", "first"], False)


def test_batches_as_they_complete_are_retried() -> None:
    def outputs(core: Core) -> Any:
        step = flaky(core).with_retry(wait_exponential_jitter=False)
        return list(step.batch_as_completed(["x"], return_exceptions=True))

    assert outputs(OURS) == [(0, "x at last")]
    assert isinstance(outputs(REFERENCE)[0][1], ValueError)


# An item of a batch goes through the whole chain on its own, as it does when it is invoked. The reference takes all
# items through one step after another; where a step remembers, or some items fail, the two are told apart.


def test_a_batch_raises_what_invoke_raises() -> None:
    def in_vain(core: Core) -> Any:
        return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(lambda x: [][0])])

    with pytest.raises(IndexError):
        in_vain(REFERENCE).batch(["x"])
    with pytest.raises(ValueError, match="no x"):
        in_vain(OURS).batch(["x"])


def test_each_item_of_a_batch_is_retried_on_its_own() -> None:
    """The reference puts outputs in the places of others, and loses the exception."""

    def outputs(core: Core) -> Any:
        tried: list[int] = []

        def work(x: int) -> int:
            tried.append(x)
            if tried.count(x) < x:
                raise ValueError(f"{x} not yet")
            return x

        step = core.RunnableLambda(work).with_retry(wait_exponential_jitter=False, stop_after_attempt=3)
        return step.batch([1, 2, 3, 4], {"max_concurrency": 1}, return_exceptions=True)

    assert outputs(REFERENCE) == [1, 2, 3, 3]
    ours = outputs(OURS)
    assert ours[:3] == [1, 2, 3]
    assert isinstance(ours[3], ValueError)


def test_a_text_model_goes_on_with_one_prompt_at_a_time() -> None:
    """So that each of them has a run that ends when it is there. The reference's models are given all at once."""

    def asked(core: Core) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []

        class Counting(core.BaseLLM):
            _llm_type = "counting"

            def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
                seen.append((len(prompts), told[-1]))
                return core.LLMResult(generations=[[core.Generation(text=prompt)] for prompt in prompts])

        class Handler(core.BaseCallbackHandler):
            def on_llm_start(self, serialized: Any, prompts: Any, *, batch_size: int, **kwargs: Any) -> None:
                told.append(batch_size)

        told: list[int] = []
        assert Counting().batch(["a", "b"], {"callbacks": [Handler()]}) == ["a", "b"]
        return seen

    assert asked(REFERENCE) == [(2, 2)]
    assert asked(OURS) == [(1, 1), (1, 1)]


def test_what_a_method_made_is_shown_as_its_call() -> None:
    """The reference shows the class and parts of its own, and a text that is no expression."""

    def shown(core: Core) -> list[str]:
        step = core.RunnableLambda(upper)
        return [repr(step.bind(a=1)), repr(step.with_retry()), str(step | step)]

    assert shown(REFERENCE) == [
        "RunnableBinding(bound=RunnableLambda(upper), kwargs={'a': 1}, config={}, config_factories=[])",
        "RunnableRetry(bound=RunnableLambda(upper), kwargs={}, config={}, config_factories=[])",
        "first=RunnableLambda(upper) middle=[] last=RunnableLambda(upper)",
    ]
    assert shown(OURS) == [
        "RunnableLambda(upper).bind(a=1)",
        "RunnableLambda(upper).with_retry(stop_after_attempt=3)",
        "RunnableLambda(upper)\n| RunnableLambda(upper)",
    ]


def test_a_chain_with_a_memory_is_called_what_it_is() -> None:
    """Its runs bear that name in both; the reference's own answer is the class of a part."""

    def name(core: Core) -> str:
        memory = core.InMemoryChatMessageHistory()
        return core.RunnableWithMessageHistory(core.RunnableLambda(upper), lambda: memory).get_name()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert name(REFERENCE) == "RunnableSequence"
    assert name(OURS) == "RunnableWithMessageHistory"


def test_arguments_of_any_number_are_passed_on() -> None:
    """The reference asks a model for `args` and `kwargs`, which a function has no parameters for: it would fail, and
    what is given by other names is lost."""

    def tools(core: Core) -> list[Any]:
        def some(a: int, *args: int) -> str:
            return f"{a} {args}"

        def named(a: int, **kwargs: Any) -> str:
            return f"{a} {kwargs}"

        return [core.StructuredTool.from_function(function, description="d") for function in (some, named)]

    some, named = tools(REFERENCE)
    assert [list(tool.args) for tool in (some, named)] == [["a", "args"], ["a", "kwargs"]]
    with pytest.raises(TypeError, match="unexpected keyword argument 'args'"):
        some.invoke({"a": 1, "args": [2]})
    assert named.invoke({"a": 1, "b": 2}) == "1 {}"
    some, named = tools(OURS)
    assert [list(tool.args) for tool in (some, named)] == [["a"], ["a"]]
    assert some.invoke({"a": 1, "args": [2]}) == "1 ()"
    assert named.invoke({"a": 1, "b": 2}) == "1 {'b': 2}"


def test_a_template_that_nothing_fills_in_is_refused_when_it_is_made() -> None:
    """The reference's has a variable of no name, and fails when it is filled in."""
    with pytest.raises(IndexError):
        REFERENCE.PromptTemplate.from_template("{}").format(a=1)
    with pytest.raises(ValueError, match="expected the name of a variable in braces"):
        OURS.PromptTemplate.from_template("{}")


def test_a_message_has_the_fields_of_its_class() -> None:
    """The reference keeps any other keyword, a misspelt one too, and shows what is empty."""
    kept = REFERENCE.HumanMessage("a", additional_kwarg={"k": 1})
    assert kept.additional_kwargs == {}
    assert repr(REFERENCE.HumanMessage("a")) == "HumanMessage(content='a', additional_kwargs={}, response_metadata={})"
    with pytest.raises(ValueError, match="additional_kwargs"):
        OURS.HumanMessage("a", additional_kwarg={"k": 1})
    assert repr(OURS.HumanMessage("a")) == "HumanMessage(content='a')"


def test_chunks_and_merged_messages_keep_their_name() -> None:
    def names(core: Core) -> list[str | None]:
        chunk = core.HumanMessageChunk(content="a", name="ada") + core.HumanMessageChunk(content="b")
        merged = core.merge_message_runs([core.HumanMessage("a", name="ada"), core.HumanMessage("b")])
        return [chunk.name, merged[0].name]

    assert names(REFERENCE) == [None, None]
    assert names(OURS) == ["ada", "ada"]


def test_what_a_handler_is_told_beside_the_run() -> None:
    """The reference tells of `run_type` and `defers_inputs` in some verbs of some steps, tells of more options where a
    model streams, and gives a token by its name where nobody awaits it. Ours says the same of every verb."""

    def told(core: Core) -> list[Any]:
        seen: list[Any] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
                seen.append({"run_type", "defers_inputs"} & set(kwargs))

            def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
                seen.append(kwargs["options"])

            def on_llm_new_token(self, *args: Any, **kwargs: Any) -> None:
                seen.append(args)

        config: Any = {"callbacks": [Handler()]}
        (core.RunnableLambda(upper) | twice).invoke("x", config)
        list(core.RunnableLambda(upper).stream("x", config))
        list(core.FakeListChatModel(responses=["a"]).stream("x", config, n=1))
        return seen

    kinds = {"run_type"}
    assert told(REFERENCE) == [set(), kinds, kinds, {"run_type", "defers_inputs"}, {"stop": None, "n": 1}, ()]
    assert told(OURS) == [kinds, kinds, kinds, kinds, {"stop": None}, ("a",)]


# Texts are one clear sentence of ours, also where they are an answer to a model.


def test_arguments_that_do_not_fit_are_told_of() -> None:
    def answer(core: Core) -> str:
        tool = core.StructuredTool.from_function(lambda a: a, name="t", description="d", handle_validation_error=True)
        return tool.invoke({"b": 1})

    assert answer(REFERENCE) == "Tool input validation error"
    assert answer(OURS) == "t: the argument 'a' is missing; expected 'a', got 'b'"


def test_what_streamed_json_has_stays() -> None:
    """In the reference a key goes away while an escape in its value is not whole."""

    def grown(core: Core) -> Any:
        return list(core.JsonOutputParser().transform(iter(['{"a": "x', "\\u00", 'e9"}'])))

    assert grown(REFERENCE) == [{"a": "x"}, {}, {"a": "xé"}]
    assert grown(OURS) == [{"a": "x"}, {"a": "xé"}]


def test_items_of_lines_are_told_apart() -> None:
    """The reference forgets the end of a line at the end of a chunk."""

    def items(core: Core) -> Any:
        return list(core.CommaSeparatedListOutputParser().transform(iter(["a\nb\n", "c"])))

    assert items(REFERENCE) == [["a"], ["bc"]]
    assert items(OURS) == [["a"], ["b"], ["c"]]


def test_max_concurrency_is_one_limit_for_all_that_is_inside() -> None:
    def most_at_once(core: Core) -> int:
        lock, now, most = threading.Lock(), 0, 0

        def work(x: Any) -> Any:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.02)
            with lock:
                now -= 1

        inner = core.RunnableParallel(a=work, b=work, c=work)
        core.RunnableLambda(lambda x: inner.invoke(x)).batch([1, 2, 3], {"max_concurrency": 3})
        return most

    assert most_at_once(REFERENCE) > 3
    assert most_at_once(OURS) <= 3


def test_leaving_a_stream_stops_the_work_and_ends_its_runs() -> None:
    async def leave(core: Core) -> tuple[bool, list[str]]:
        stopped = False

        async def count(chunks: Any) -> Any:
            nonlocal stopped
            try:
                async for _ in chunks:
                    for number in range(100):
                        yield number
                        await asyncio.sleep(0)
            finally:
                stopped = True

        seen: list[str] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_error(self, error: BaseException, **kwargs: Any) -> None:
                seen.append("ended")

            def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
                seen.append("ended")

        chain = core.RunnableGenerator(count) | core.RunnablePassthrough()
        stream = chain.astream("x", {"callbacks": [Handler()]})
        async for _ in stream:
            break
        await stream.aclose()
        return stopped, list(seen)

    gc.disable()
    try:
        assert asyncio.run(leave(OURS)) == (True, ["ended"] * 3)
        assert asyncio.run(leave(REFERENCE)) != (True, ["ended"] * 3)
    finally:
        gc.enable()


def test_each_streams() -> None:
    assert list(REFERENCE.RunnableLambda(upper).map().stream(["a", "b"])) == [["A", "B"]]
    assert list(OURS.RunnableLambda(upper).map().stream(["a", "b"])) == [["A"], ["B"]]


def test_context_follows_into_every_thread() -> None:
    chain = OURS.RunnableLambda(lambda x: threading.get_ident())
    outer = OURS.RunnableLambda(lambda x: OURS.RunnableParallel(a=chain, b=chain).invoke(x))
    events = events_of(OURS, outer)
    inside = [event for event in events if event["event"] == "on_chain_start" and len(event["parent_ids"]) == 2]
    assert len(inside) == 2


def test_context_follows_into_a_component() -> None:
    """What a retriever calls is its child; in the reference it is a root of its own, which the events do not show."""

    def shelf(core: Core) -> Any:
        class Shelf(core.BaseRetriever):
            def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
                return [core.Document(page_content=core.RunnableLambda(upper).invoke(query))]

        return Shelf()

    assert [name for _, name in named(events_of(REFERENCE, shelf(REFERENCE)))] == ["Shelf"] * 2
    ours = events_of(OURS, shelf(OURS))
    assert [(event["name"], len(event["parent_ids"])) for event in ours] == [
        ("Shelf", 0),
        ("upper", 1),
        ("upper", 1),
        ("Shelf", 0),
    ]


def test_the_graph_shows_what_there_is() -> None:
    """Ids are paths, which a trace's runs bear too; names are those of the runs; every way is drawn, in its order."""

    def chain(core: Core) -> Any:
        first = core.RunnableLambda(upper).with_config(run_name="first")
        choice = core.RunnableBranch((lambda x: False, fail), (lambda x: True, twice), upper)
        spare = core.RunnableLambda(upper).with_fallbacks([core.RunnableLambda(twice)])
        return first | choice | core.RunnableLambda(upper).with_retry() | spare

    def names(core: Core) -> list[str]:
        return [node.name for node in chain(core).get_graph().nodes.values()]

    assert names(REFERENCE) == ["upper_input", "upper", "Branch", "upper", "WithFallbacks", "upper_output"]
    assert list(chain(REFERENCE).get_graph().nodes) != list(chain(REFERENCE).get_graph().nodes)
    ids = [
        "input",
        "seq:1",
        "seq:2",
        "seq:2/branch:1",
        "seq:2/branch:2",
        "seq:2/branch:default",
        "seq:3/retry",
        "seq:4",
        "seq:4/fallback:0",
        "seq:4/fallback:1",
        "output",
    ]
    graph = chain(OURS).get_graph()
    assert list(graph.nodes) == ids
    assert names(OURS)[1:6] == ["first", "RunnableBranch", "fail", "twice", "upper"]
    with OURS.trace() as trace:
        chain(OURS).invoke("x")
    runs = [child.run.path for child in trace.tree[0].children]
    assert runs == ["seq:1", "seq:2", "seq:3", "seq:4"]
    assert [child.run.path for child in trace.tree[0].children[1].children][-1] == "seq:2/branch:2"


def test_labels_can_not_break_out_of_a_drawing() -> None:
    def drawn(core: Core) -> str:
        return core.RunnableLambda(upper, name='x"]; click y "javascript:z').get_graph().draw_mermaid()

    assert '"]; click' in drawn(REFERENCE)
    assert '"]; click' not in drawn(OURS)


async def verbs_that_warn(core: Core) -> None:
    chain = core.RunnableLambda(letters, aletters)
    await adrained(chain.astream_events("x", version="v1"))
    await adrained(chain.astream_events("x", version="v2"))
    await adrained(chain.astream_log("x"))


@pytest.mark.filterwarnings("error")
def test_no_verb_warns() -> None:
    asyncio.run(verbs_that_warn(OURS))
    OURS.PromptTemplate.from_template("{a}").as_tool(name="asks", description="Asks.")  # there, a beta
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(verbs_that_warn(REFERENCE))
    assert ["deprecated" in str(one.message) for one in seen] == [True] * 2
