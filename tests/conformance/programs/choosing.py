"""Steps that choose, try again or fall back."""

from __future__ import annotations

from typing import Any

from ..cores import Core
from ..observe import CALLS, HANDLERS, PLAIN, SEEN, Program, value
from ..steps import DATA, fail, flaky, later, model, shouting, spelling, twice, upper

STREAMED = ("invoke", "ainvoke", "stream", "astream")


def branch(core: Core) -> Any:
    return core.RunnableBranch(
        (lambda x: x == "a", core.RunnableLambda(upper)),
        (lambda x: x == "x", core.RunnableLambda(twice)),
        core.RunnableLambda(later),
    )


def branch_of_steps(core: Core) -> Any:
    is_short = core.RunnableLambda(lambda x: len(x) < 3, name="is short")
    return core.RunnableBranch((is_short, core.RunnableLambda(upper) | twice), {"d": core.RunnableLambda(upper)})


def branch_in_branch(core: Core) -> Any:
    inner = core.RunnableBranch((lambda x: x == "x", upper), twice)
    return core.RunnableBranch((lambda x: False, twice), (lambda x: True, inner), upper)


def branch_streams(core: Core) -> Any:
    return core.RunnableBranch((lambda x: x == "x", spelling(core) | shouting(core)), twice)


def branch_transforms(core: Core) -> Any:
    return core.RunnableBranch((lambda x: x == "abc", shouting(core)), core.RunnablePassthrough())


def retried(core: Core, failures: int = 1, **options: Any) -> Any:
    return flaky(core, failures).with_retry(wait_exponential_jitter=False, stop_after_attempt=3, **options)


def often(core: Core, attempts: int) -> Any:
    return flaky(core, 9).with_retry(wait_exponential_jitter=False, stop_after_attempt=attempts)


def of_a_sequence(core: Core, failures: int) -> Any:
    chain = core.RunnableLambda(upper) | flaky(core, failures)
    return chain.with_retry(wait_exponential_jitter=False)


def named_and_retried(core: Core) -> Any:
    return flaky(core).with_config(run_name="mine", tags=["t"]).with_retry(wait_exponential_jitter=False)


def second_of(core: Core, kind: type[Exception], **options: Any) -> Any:
    """A step that fails in one way, and what stands in for it."""

    def broken(x: Any) -> Any:
        raise kind("broken")

    return core.RunnableLambda(broken).with_fallbacks([core.RunnableLambda(twice)], **options)


def three(core: Core) -> Any:
    return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(fail), core.RunnableLambda(upper)])


def fallback_of_chains(core: Core) -> Any:
    broken = core.RunnableLambda(upper) | fail
    return broken.with_fallbacks([core.RunnableLambda(twice) | upper]) | core.RunnablePassthrough()


def fallback_of_streams(core: Core) -> Any:
    def broken(x: Any) -> Any:
        raise ValueError("before the first chunk")
        yield x

    async def abroken(x: Any) -> Any:
        raise ValueError("before the first chunk")
        yield x

    return core.RunnableLambda(broken, abroken).with_fallbacks([spelling(core)])


def fallback_too_late(core: Core) -> Any:
    def broken(x: Any) -> Any:
        yield "a"
        raise ValueError("after the first chunk")

    async def abroken(x: Any) -> Any:
        yield "a"
        raise ValueError("after the first chunk")

    return core.RunnableLambda(broken, abroken).with_fallbacks([spelling(core)])


def router(core: Core) -> Any:
    return core.RouterRunnable({"up": core.RunnableLambda(upper), "two": core.RunnableLambda(twice) | upper})


@value
def branch_of_one(core: Core) -> Any:
    return core.RunnableBranch(core.RunnableLambda(upper))


@value
def branch_of_no_pairs(core: Core) -> Any:
    return core.RunnableBranch("a", "b", "c")


@value
def branch_structure(core: Core) -> Any:
    chain = branch(core)
    return [len(chain.branches), chain.default.get_name(), chain.get_input_jsonschema(), chain.get_output_jsonschema()]


def routed(core: Core) -> Any:
    return core.RouterRunnable({"a": core.RunnableLambda(str)})


def answering(core: Core) -> Any:
    return core.FakeListLLM(responses=["a"]).configurable_fields(responses=core.ConfigurableField(id="r"))


NAMED = {"": dict, "_in_a_call": lambda: {"run_name": "top", "tags": ["t"], "metadata": {"m": 1}}}


PROGRAMS = [
    *(
        Program(f"{name}_named{suffix}", build, given, config=config, modes=("v1", "v2"))
        for name, build, given in (("router", routed, {"key": "a", "input": 1}), ("configurable", answering, "x"))
        for suffix, config in NAMED.items()
    ),
    Program(
        "configurable_named_by_its_config",
        lambda c: answering(c).with_config(run_name="own", tags=["w"], metadata={"k": 2}),
        config=lambda: {"tags": ["t"]},
        modes=("v1", "v2"),
    ),
    Program("branch_second", branch),
    Program("branch_first", branch, "a"),
    Program("branch_default", branch, "z"),
    Program("branch_in_sequence", lambda c: c.RunnableLambda(lambda x: x) | branch(c) | upper),
    Program("branch_of_steps", branch_of_steps),
    Program("branch_of_steps_default", branch_of_steps, "long enough", unordered=True),
    Program("branch_in_branch", branch_in_branch),
    Program("branch_streams", branch_streams),
    Program("branch_transforms", branch_transforms, chunks=("a", "b", "c")),
    Program("branch_fails", lambda c: c.RunnableBranch((lambda x: True, fail), twice), modes=(*PLAIN, *HANDLERS)),
    Program("branch_condition_fails", lambda c: c.RunnableBranch((fail, upper), twice), modes=(*PLAIN, *HANDLERS)),
    branch_of_one,
    branch_of_no_pairs,
    branch_structure,
    Program("route", router, {"key": "two", "input": "x"}, modes=(*PLAIN, *HANDLERS, "v2", "log")),
    Program("route_nowhere", router, {"key": "nowhere", "input": "x"}, modes=STREAMED),
    Program("retry", retried, modes=(*CALLS, *HANDLERS)),
    Program("retry_unneeded", lambda c: retried(c, 0), modes=(*PLAIN, *HANDLERS, "schemas")),
    Program("retry_in_sequence", lambda c: c.RunnableLambda(upper) | retried(c, 2) | twice, modes=CALLS),
    Program(
        "retry_of_a_stream",
        lambda c: spelling(c) | shouting(c).with_retry(),
        chunks=("a", "bc"),
        modes=("stream", "astream"),
    ),
    Program("retry_in_vain", lambda c: retried(c, 99), modes=(*PLAIN, *HANDLERS)),
    Program(
        "retry_of_a_kind", lambda c: retried(c, 1, retry_if_exception_type=(ValueError,)), modes=(*CALLS, *HANDLERS)
    ),
    Program("retry_of_another_kind", lambda c: retried(c, 1, retry_if_exception_type=(KeyError,)), modes=CALLS[:2]),
    Program("retry_of_no_kind", lambda c: retried(c, 1, retry_if_exception_type=()), modes=CALLS),
    Program(
        "retry_where_a_function_says_so",
        lambda c: retried(c, 1, retry_if_exception_type=lambda error: "yet" in str(error)),
        modes=(*CALLS, *HANDLERS),
    ),
    Program(
        "retry_where_a_function_says_no",
        lambda c: retried(c, 1, retry_if_exception_type=lambda error: isinstance(error, KeyError)),
        modes=(*CALLS[:2], *HANDLERS),
    ),
    Program("retry_as_often_as_it_takes", lambda c: often(c, 0), modes=(*CALLS, *HANDLERS)),
    Program("retry_less_than_once", lambda c: often(c, -1), modes=(*CALLS[:2], *HANDLERS)),
    Program("retry_of_a_sequence", lambda c: of_a_sequence(c, 1), modes=(*CALLS, *HANDLERS)),
    Program("retry_of_a_named_step", lambda c: named_and_retried(c), modes=(*CALLS, *HANDLERS)),
    Program(
        "retry_named", lambda c: retried(c, 0).with_config(run_name="again", tags=["t"]), modes=(*PLAIN, *HANDLERS)
    ),
    Program(
        "fallbacks_unused",
        lambda c: c.RunnableLambda(upper).with_fallbacks([c.RunnableLambda(twice)]),
        modes=(*PLAIN, *SEEN),
    ),
    Program("fallbacks", lambda c: c.RunnableLambda(fail).with_fallbacks([c.RunnableLambda(twice)]), modes=PLAIN),
    Program("fallbacks_third", three, modes=PLAIN),
    Program("fallbacks_of_chains", fallback_of_chains, modes=PLAIN),
    Program("fallbacks_of_streams", fallback_of_streams, modes=PLAIN),
    Program("fallbacks_too_late", fallback_too_late, modes=PLAIN),
    Program(
        "fallbacks_of_models",
        lambda c: c.FakeListChatModel(responses=["a"], error_on_chunk_number=0).with_fallbacks([model(c)]),
        modes=("stream", "astream"),
    ),
    Program(
        "fallbacks_in_vain",
        lambda c: c.RunnableLambda(fail).with_fallbacks([c.RunnableLambda(lambda x: [][0])]),
        modes=STREAMED,
    ),
    Program("fallbacks_of_a_kind", lambda c: second_of(c, KeyError, exceptions_to_handle=(KeyError,)), modes=PLAIN),
    Program(
        "fallbacks_of_another_kind", lambda c: second_of(c, KeyError, exceptions_to_handle=(ValueError,)), modes=PLAIN
    ),
    Program(
        "fallbacks_exception_key",
        lambda c: c.RunnableLambda(lambda d: fail(d["a"])).with_fallbacks(
            [c.RunnableLambda(lambda d: str(d["error"]))], exception_key="error"
        ),
        DATA,
        modes=PLAIN,
    ),
    Program(
        "fallbacks_exception_key_at_first",
        lambda c: (
            c.RunnableLambda(lambda x: {"a": x})
            | c.RunnableLambda(fail).with_fallbacks(
                [c.RunnableLambda(lambda d: str(d["error"]))], exception_key="error"
            )
        ),
        modes=("invoke", "ainvoke", "batch", "abatch"),
    ),
    Program("fallbacks_schemas", lambda c: second_of(c, KeyError), modes=("schemas",)),
]
