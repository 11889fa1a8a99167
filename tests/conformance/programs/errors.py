"""What fails: the type and the text of an exception, which object it is, whose run fails."""

from __future__ import annotations

import asyncio
from typing import Any

from ..cores import Core, plain
from ..observe import ASYNC, CALLS, HANDLERS, PLAIN, Program, drained, value
from ..steps import (
    DATA,
    abreak_off,
    afail,
    break_off,
    fail,
    flaky,
    later,
    model,
    retriever,
    search,
    shouting,
    spelling,
    twice,
    upper,
)

TOLD = (*PLAIN, *HANDLERS)


class Own(Exception):
    """A program's own exception."""


THE_ONE = Own("the one")


def raises(x: Any) -> Any:
    raise THE_ONE


CHAINS = {
    "lambda": lambda c: c.RunnableLambda(raises),
    "sequence": lambda c: c.RunnableLambda(upper) | raises | twice,
    "parallel": lambda c: c.RunnableParallel(a=raises, b=twice),
    "assign": lambda c: c.RunnableLambda(lambda x: {"x": x}).assign(y=raises),
    "branch": lambda c: c.RunnableBranch((lambda x: True, raises), twice),
    "each": lambda c: c.RunnableLambda(lambda x: [x]) | c.RunnableLambda(raises).map(),
    "router": lambda c: c.RunnableLambda(lambda x: {"key": "a", "input": x}) | c.RouterRunnable({"a": raises_step(c)}),
    "binding": lambda c: c.RunnableLambda(raises).with_config(tags=["t"]),
    "retry": lambda c: c.RunnableLambda(raises).with_retry(stop_after_attempt=2, wait_exponential_jitter=False),
    "nested": lambda c: c.RunnableLambda(lambda x: raises_step(c).invoke(x)),
    "listened": lambda c: c.RunnableLambda(raises).with_listeners(on_error=lambda run: None),
}


def raises_step(core: Core) -> Any:
    return core.RunnableLambda(raises)


def the_object(core: Core, build: Any) -> Any:
    """Every verb raises the object itself."""
    chain = build(core)

    def caught(call: Any) -> Any:
        try:
            call()
        except Exception as error:
            return error is THE_ONE
        return "nothing"

    return [
        caught(lambda: chain.invoke("x")),
        caught(lambda: list(chain.stream("x"))),
        caught(lambda: chain.batch(["x"])),
        chain.batch(["x"], return_exceptions=True)[0] is THE_ONE,
        caught(lambda: asyncio.run(chain.ainvoke("x"))),
        caught(lambda: asyncio.run(chain.abatch(["x"]))),
    ]


def failing_model(core: Core) -> Any:
    return core.FakeListChatModel(responses=["abc"], error_on_chunk_number=1)


@value
def exceptions_of_a_batch(core: Core) -> Any:
    def odd(x: int) -> int:
        if x % 2:
            raise ValueError(f"{x} is odd")
        return x

    step = core.RunnableLambda(odd) | twice
    one = {"max_concurrency": 1}
    return [
        step.batch([0, 1, 2, 3], one, return_exceptions=True),
        sorted(step.batch_as_completed([0, 1, 2], one, return_exceptions=True), key=lambda pair: pair[0]),
        drained(core.RunnableLambda(odd).batch_as_completed([1], one)),
    ]


@value
async def exceptions_of_an_abatch(core: Core) -> Any:
    async def odd(x: int) -> int:
        await asyncio.sleep(0)
        if x % 2:
            raise ValueError(f"{x} is odd")
        return x

    step = core.RunnableLambda(odd) | twice
    pairs = step.abatch_as_completed([0, 1, 2], return_exceptions=True)
    return [
        await step.abatch([0, 1, 2, 3], return_exceptions=True),
        sorted([pair async for pair in pairs], key=lambda pair: pair[0]),
    ]


@value
def empty_batches(core: Core) -> Any:
    step = core.RunnableLambda(upper)
    return [step.batch([]), list(step.batch_as_completed([])), asyncio.run(step.abatch([]))]


@value
def a_handler_that_raises(core: Core) -> Any:
    """A handler's exception does not disturb the chain."""

    class Handler(core.BaseCallbackHandler):
        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            raise Own("in a handler")

    return core.RunnableLambda(upper).invoke("x", {"callbacks": [Handler()]})


@value
async def errors_in_the_log(core: Core) -> Any:
    """A failing chain's log breaks off with its exception."""
    items: list[Any] = []
    try:
        async for patch in (core.RunnableLambda(upper) | raises).astream_log("x"):
            items.append(patch)
    except Own as error:
        return bool(items), error is THE_ONE


@value
async def errors_in_the_events(core: Core) -> Any:
    names: list[str] = []
    try:
        async for event in (core.RunnableLambda(upper) | raises).astream_events("x", version="v2"):
            if event["event"] in ("on_chain_start", "on_chain_end"):
                names.append(f"{event['event']} {event['name']}")
    except Own as error:
        return names, error is THE_ONE


@value
def a_sync_verb_of_a_coroutine(core: Core) -> Any:
    return isinstance(_raised(lambda: core.RunnableLambda(later).invoke("x")), TypeError)


@value
def missing_variables(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_template("{a} {b}")
    return plain([_raised(lambda: prompt.invoke({"a": 1})), _raised(lambda: prompt.format(a=1))])


@value
def inputs_of_no_form(core: Core) -> Any:
    calls = [
        lambda: core.FakeListLLM(responses=["a"]).invoke(7),
        lambda: core.FakeListChatModel(responses=["a"]).invoke(7),
        lambda: core.ChatPromptTemplate.from_messages([("nobody", "a")]),
        lambda: core.RouterRunnable({"a": core.RunnableLambda(upper)}).invoke({"key": "b", "input": 1}),
    ]
    return [_raised(call) for call in calls]


def _raised(call: Any) -> Any:
    try:
        return call()
    except Exception as error:
        return error


PROGRAMS = [
    Program("error", lambda c: c.RunnableLambda(fail), modes=TOLD),
    Program("error_in_sequence", lambda c: c.RunnableLambda(upper) | fail | twice, modes=TOLD),
    Program("error_in_the_first_step", lambda c: c.RunnableLambda(fail) | upper, modes=TOLD),
    Program("error_async", lambda c: c.RunnableLambda(twice, afail), modes=(*ASYNC, "ahandlers")),
    Program("error_in_parallel", lambda c: c.RunnableParallel(a=fail, b=c.RunnablePassthrough()), modes=CALLS),
    Program("error_in_assign", lambda c: c.RunnablePassthrough.assign(c=fail), DATA, modes=CALLS),
    Program("error_in_each", lambda c: c.RunnableLambda(fail).map(), ["a", "b"], modes=CALLS),
    Program("error_in_stream", lambda c: spelling(c) | c.RunnableGenerator(break_off, abreak_off), modes=TOLD),
    Program(
        "error_in_the_middle_of_three",
        lambda c: spelling(c) | c.RunnableGenerator(break_off, abreak_off) | shouting(c),
        modes=PLAIN,
    ),
    Program(
        "error_in_transform",
        lambda c: c.RunnableGenerator(break_off, abreak_off) | shouting(c),
        modes=("invoke",),
        chunks=("a", "b", "c", "d"),
    ),
    Program("error_in_nested", lambda c: c.RunnableLambda(lambda x: c.RunnableLambda(fail).invoke(x)), modes=TOLD),
    Program("error_caught_inside", lambda c: caught_inside(c), modes=TOLD),
    Program("error_in_a_returned_step", lambda c: c.RunnableLambda(lambda x: c.RunnableLambda(fail)), modes=TOLD),
    Program("error_in_a_retried_sequence", lambda c: c.RunnableLambda(upper) | flaky(c, 9) | twice, modes=("invoke",)),
    Program("error_in_a_model", failing_model, modes=("stream", "astream")),
    Program(
        "error_after_a_model",
        lambda c: model(c) | (lambda message: message.content) | fail,
        modes=("invoke", "ainvoke"),
    ),
    Program("error_in_a_retriever", retriever, "", modes=TOLD),
    Program("error_in_a_tool", lambda c: search(c), {"z": 1}, modes=("invoke", "ainvoke", "batch")),
    *(
        Program(f"the_object_of_{name}", lambda c, build=build: the_object(c, build), modes=("value",))
        for name, build in CHAINS.items()
    ),
    exceptions_of_a_batch,
    exceptions_of_an_abatch,
    empty_batches,
    a_handler_that_raises,
    errors_in_the_log,
    errors_in_the_events,
    a_sync_verb_of_a_coroutine,
    missing_variables,
    inputs_of_no_form,
]


def caught_inside(core: Core) -> Any:
    inner = core.RunnableLambda(fail)

    def careful(x: Any) -> Any:
        try:
            return inner.invoke(x)
        except ValueError as error:
            return f"caught: {error}"

    return core.RunnableLambda(careful)
