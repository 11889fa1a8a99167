"""Functions as steps: lambdas, generators, the decorator `chain`, classes of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from ..cores import Core
from ..observe import CALLS, MODES, OTHER_LOGS, PLAIN, SYNC, Program, value
from ..steps import DATA, aletters, ashout, later, letters, model, shout, shouting, spelling, twice, upper


def returns_runnable(core: Core) -> Any:
    inner = core.RunnableLambda(upper) | twice
    return core.RunnableLambda(lambda x: inner, name="chooser") | core.RunnablePassthrough()


def returns_deeper(core: Core) -> Any:
    return core.RunnableLambda(lambda x: core.RunnableLambda(lambda x: core.RunnableLambda(upper)))


def returns_streaming(core: Core) -> Any:
    return core.RunnableLambda(lambda x: spelling(core) | shouting(core))


def returns_for_ever(core: Core) -> Any:
    step = core.RunnableLambda(lambda x: step)
    return step.with_config(recursion_limit=4)


def nested_calls(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner", tags=["deep"])

    @core.chain
    def outer(x: Any) -> Any:
        return inner.invoke(x) + inner.invoke("y")

    return outer


def nested_async_calls(core: Core) -> Any:
    inner = core.RunnableLambda(later).with_config(run_name="inner")

    async def outer(x: Any) -> Any:
        return await inner.ainvoke(x) + await inner.ainvoke("y")

    return core.RunnableLambda(outer)


def nested_streams(core: Core) -> Any:
    inner = spelling(core) | shouting(core)

    @core.chain
    def outer(x: Any) -> Iterator[str]:
        yield from inner.stream(x)
        yield "."

    return outer


def nested_async_streams(core: Core) -> Any:
    inner = spelling(core) | shouting(core)

    @core.chain
    async def outer(x: Any) -> AsyncIterator[str]:
        async for chunk in inner.astream(x):
            yield chunk
        yield "."

    return outer


def nested_batch(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner")
    return core.RunnableLambda(lambda x: inner.batch([x, "y"], {"max_concurrency": 1}))


def nested_thrice(core: Core) -> Any:
    @core.chain
    def innermost(x: Any) -> Any:
        return x + "!"

    @core.chain
    def middle(x: Any) -> Any:
        return innermost.invoke(x, {"tags": ["of middle"]})

    @core.chain
    def outer(x: Any) -> Any:
        return middle.invoke(x, {"run_name": "renamed", "metadata": {"k": 1}})

    return outer


def takes_config(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner")

    def work(x: Any, config: Any) -> Any:
        return inner.invoke(x, config) + ",".join(sorted(config["tags"])) + str(config["recursion_limit"])

    return core.RunnableLambda(work)


def takes_config_and_manager(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner")

    def work(x: Any, run_manager: Any, config: Any) -> Any:
        return inner.invoke(x, {"callbacks": run_manager.get_child("given")}) + str(config["metadata"])

    return core.RunnableLambda(work)


def generator_takes_config(core: Core) -> Any:
    def work(chunks: Iterator[str], config: Any) -> Iterator[str]:
        for chunk in chunks:
            yield chunk + ",".join(config["tags"])

    async def awork(chunks: AsyncIterator[str], config: Any) -> AsyncIterator[str]:
        async for chunk in chunks:
            yield chunk + ",".join(config["tags"])

    return core.RunnableGenerator(work, awork, name="with config")


def counter(core: Core) -> Any:
    """A generator of numbers, which add up."""

    def count(chunks: Iterator[Any]) -> Iterator[int]:
        for chunk in chunks:
            yield len(chunk)

    async def acount(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
        async for chunk in chunks:
            yield len(chunk)

    return core.RunnableGenerator(count, acount)


def dicts(core: Core) -> Any:
    """A generator of dicts, which add up key by key."""

    def grow(chunks: Iterator[Any]) -> Iterator[Any]:
        for _ in chunks:
            yield core.AddableDict(a="x")
            yield core.AddableDict(a="y", b=1)

    async def agrow(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for _ in chunks:
            yield core.AddableDict(a="x")
            yield core.AddableDict(a="y", b=1)

    return core.RunnableGenerator(grow, agrow)


class Callable:
    """An object that can be called."""

    def __call__(self, x: Any) -> Any:
        return f"called with {x}"

    def method(self, x: Any) -> Any:
        return f"method of {x}"


def user_runnable(core: Core) -> Any:
    class Own(core.Runnable):
        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            return f"own {input}"

    return core.RunnableLambda(upper) | Own() | core.RunnableLambda(twice)


def user_runnable_streams(core: Core) -> Any:
    class Own(core.Runnable):
        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            return f"own {input}"

        def transform(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            for chunk in input:
                yield f"<{chunk}>"

        async def atransform(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            async for chunk in input:
                yield f"<{chunk}>"

    return spelling(core) | Own() | shouting(core)


def typed(x: str, config: Any = None) -> list[int]:
    return [len(x)]


@value
def sums(core: Core) -> Any:
    message = core.AIMessageChunk(content="a")
    return [
        core.add(["a", "b"]),
        core.add([1, 2, 3]),
        core.add([]),
        core.add([core.AddableDict(a="x"), core.AddableDict(a="y", b="z")]),
        core.add([message, core.AIMessageChunk(content="b")]),
        core.AddableDict(a=None) + core.AddableDict(a=1, b=None),
    ]


@value
def no_function(core: Core) -> Any:
    return core.RunnableLambda(7)


@value
def no_generator(core: Core) -> Any:
    return core.RunnableGenerator(upper)


@value
def names(core: Core) -> Any:
    steps = [
        core.RunnableLambda(upper),
        core.RunnableLambda(lambda x: x),
        core.RunnableLambda(upper, name="n"),
        core.RunnableLambda(later),
        core.RunnableGenerator(shout),
        core.RunnableLambda(Callable().method),
        core.chain(upper),
    ]
    return [[step.get_name(), step.get_name("Input"), step.get_name("x", name="y")] for step in steps]


@value
def function_schemas(core: Core) -> Any:
    keyed = lambda d: d["a"] + d["b"]  # noqa: E731
    steps = [core.RunnableLambda(function) for function in (upper, typed, keyed)]
    return [[step.get_input_jsonschema(), step.get_output_jsonschema()] for step in steps]


@value
def reprs(core: Core) -> Any:
    alone = lambda x: x + 1  # noqa: E731
    named = core.RunnableLambda(upper, name="n")
    functions = (upper, later, itemgetter("a"), len, alone, partial(int, base=16))
    steps = [*map(core.RunnableLambda, functions), named, core.RunnableGenerator(shout, name="n")]
    return [repr(step) for step in steps]


@value
def equal_functions(core: Core) -> Any:
    made = core.RunnableLambda
    steps = [made(upper), made(upper, name="n"), made(upper, later), made(later), made(twice), made(twice, later)]
    steps += [core.RunnableGenerator(shout), core.RunnableGenerator(shout, ashout), core.RunnableGenerator(ashout)]
    return [[one == other for other in [*steps, upper]] for one in steps], [type(one).__hash__ for one in steps]


PROGRAMS = [
    Program("lambda", lambda c: c.RunnableLambda(upper), modes=(*MODES, *OTHER_LOGS, "schemas")),
    Program("lambda_named", lambda c: c.RunnableLambda(upper, name="loud")),
    Program("lambda_anonymous", lambda c: c.RunnableLambda(lambda x: x + "!")),
    Program("lambda_partial", lambda c: c.RunnableLambda(partial(int, base=16)), "ff", modes=PLAIN),
    Program("lambda_method", lambda c: c.RunnableLambda(Callable().method)),
    Program("lambda_typed", lambda c: c.RunnableLambda(typed), modes=(*MODES, "schemas")),
    Program("lambda_async", lambda c: c.RunnableLambda(twice, later)),
    Program("lambda_async_only", lambda c: c.RunnableLambda(later)),
    Program("lambda_async_generator", lambda c: c.RunnableLambda(letters, aletters)),
    Program("lambda_transforms", lambda c: c.RunnableLambda(upper), modes=("invoke",), chunks=("a", "b", "c")),
    Program("lambda_returns_runnable", returns_runnable),
    Program("lambda_returns_deeper", returns_deeper),
    Program("lambda_returns_streaming", returns_streaming),
    Program("lambda_returns_for_ever", returns_for_ever, modes=CALLS),
    Program("lambda_takes_config", takes_config, config=lambda: {"tags": ["t"]}),
    Program("lambda_takes_manager", takes_config_and_manager, modes=SYNC, config=lambda: {"metadata": {"m": 1}}),
    Program(
        "lambda_none",
        lambda c: c.RunnableLambda(lambda x: None) | c.RunnableLambda(lambda x: x),
    ),
    Program("lambda_of_messages", lambda c: model(c) | (lambda message: message.content)),
    Program("nested_calls", nested_calls),
    Program("nested_async_calls", nested_async_calls),
    Program("nested_streams", nested_streams, modes=(*SYNC, "handlers")),
    Program("nested_async_streams", nested_async_streams),
    Program("nested_batch", nested_batch),
    Program("nested_thrice", nested_thrice),
    Program("generator_async", lambda c: c.RunnableGenerator(shout, ashout), chunks=("a", "b")),
    Program("generator_async_only", lambda c: c.RunnableGenerator(ashout), modes=(*MODES, "atransform")),
    Program("generator_takes_config", generator_takes_config, config=lambda: {"tags": ["t"]}, chunks=("a", "b")),
    Program("generator_of_numbers", lambda c: spelling(c) | counter(c), modes=(*MODES, *OTHER_LOGS)),
    Program("generator_of_dicts", lambda c: dicts(c) | c.RunnablePassthrough(), modes=(*MODES, *OTHER_LOGS)),
    Program("streamed_sequence", lambda c: spelling(c) | shouting(c), modes=(*MODES, *OTHER_LOGS)),
    Program("streamed_sequence_to_lambda", lambda c: spelling(c) | shouting(c) | twice),
    Program("transformed_sequence", lambda c: shouting(c) | c.RunnablePassthrough(), chunks=("a", "b", "c")),
    Program("transformed_dicts", lambda c: c.RunnablePassthrough() | dicts(c), DATA, chunks=({"a": "x"}, {"b": "y"})),
    Program("user_runnable", user_runnable),
    Program("user_runnable_streams", user_runnable_streams, modes=PLAIN),
    sums,
    no_function,
    no_generator,
    names,
    function_schemas,
    reprs,
    equal_functions,
    Program("decorator_of_no_function", lambda c: c.chain(5), modes=("value",)),
]
