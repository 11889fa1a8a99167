"""Steps made of steps: sequences, parallels, passing on, assigning, picking, each."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from ..cores import Core
from ..observe import CALLS, HANDLERS, MODES, OTHER_LOGS, SYNC, Program, value
from ..steps import DATA, later, model, shouting, spelling, twice, two_models, upper

LOGGED = (*MODES, *OTHER_LOGS)
ALL = (*LOGGED, "schemas")


def noted(core: Core) -> Any:
    """Passes on what it notes, whole."""
    seen: list[Any] = []
    return core.RunnablePassthrough(seen.append) | (lambda x: (x, list(seen)))


def anoted(core: Core) -> Any:
    async def note(x: Any) -> None: ...

    return core.RunnablePassthrough(lambda x: None, note)


def chunked_dicts(core: Core) -> Any:
    """A step that streams a dict key by key, twice."""

    def grow(x: Any) -> Iterator[Any]:
        for key in "ab":
            yield core.AddableDict({key: f"{x} {key}"})
        yield core.AddableDict(b="!")

    async def agrow(x: Any) -> Any:
        for chunk in grow(x):
            yield chunk

    return core.RunnableLambda(grow, agrow)


def made_of(core: Core, text: str) -> list[Any]:
    a, b = core.RunnableLambda(upper), core.RunnableLambda(twice)
    return [
        a | b | a,
        core.RunnableParallel(a=a, bb=a | {"c": b}),
        core.RunnablePassthrough.assign(x=a | b),
        core.RunnablePick(text),
        core.RunnablePick([text, "b"]),
        core.RunnableBranch((a, b), (b, a), a),
        core.RouterRunnable({text: a}),
        core.RunnableEach(bound=a | b),
        a.with_fallbacks([b]),
        core.RunnablePassthrough(),
        core.PromptTemplate.from_template(text),
        core.ChatPromptTemplate([("system", text), ("human", "{x}")]),
        core.StrOutputParser(),
    ]


@value
def equal_steps(core: Core) -> Any:
    one, same, other = made_of(core, "a"), made_of(core, "a"), made_of(core, "b")
    bound = [step.with_config(tags=["t"]) for step in one] + [step.with_retry() for step in one]
    again = [step.with_config(tags=["t"]) for step in same] + [step.with_retry() for step in same]
    rest = [step.with_config(tags=["u"]) for step in one] + [step.with_retry(stop_after_attempt=2) for step in one]
    return [[a == b for a, b in zip(one + bound, many, strict=True)] for many in (same + again, other + rest)], [
        type(step).__hash__ for step in one[:-4]
    ]


@value
def reprs_of_steps(core: Core) -> Any:
    return [repr(step) for step in made_of(core, "a")]


@value
def reprs_of_what_methods_made(core: Core) -> Any:
    step = core.RunnableLambda(upper)
    made = [
        step.bind(a=1),
        step.with_config(tags=["t"], run_name="n"),
        (step | twice).with_config(tags=["t"]).bind(a=1),
        step.with_types(input_type=int, output_type=str),
        step.with_retry(),
        step.with_retry(stop_after_attempt=5, wait_exponential_jitter=False, retry_if_exception_type=(ValueError,)),
        step.with_retry(exponential_jitter_params={"jitter": 2.0}),
        step.with_config(tags=["t"]).with_retry(),
    ]
    return [repr(one) for one in made]


@value
def names_of_steps(core: Core) -> Any:
    steps = [*made_of(core, "a"), made_of(core, "a")[0].with_retry(), made_of(core, "a")[0].bind(x=1)]
    return [[step.get_name(), step.get_name("Input"), step.get_name(name="n"), step.name] for step in steps]


@value
def structure(core: Core) -> Any:
    a, b, c, d = (core.RunnableLambda(upper, name=name) for name in "abcd")
    chains = [a | b, (a | b) | (c | d), a | (b | c) | d, core.RunnableSequence(a, b | c), a.pipe(b, c, d)]
    return [[type(chain).__name__, *(step.get_name() for step in chain.steps)] for chain in chains] + [
        [(a | b | c).first.get_name(), len((a | b | c).middle), (a | b | c).last.get_name()]
    ]


@value
def parallel_structure(core: Core) -> Any:
    parallel = core.RunnableParallel({"a": upper, "b": {"c": twice}}, d=lambda x: x)
    return [
        parallel.get_name(),
        core.RunnableMap is core.RunnableParallel,
        core.RunnableMap({"a": upper}).get_name(),
        core.RunnableParallel({"a": upper}).with_config(run_name="n").get_name(),
    ]


@value
def nothing_to_compose(core: Core) -> Any:
    return core.RunnableLambda(upper) | 7


@value
def sequence_of_one(core: Core) -> Any:
    return core.RunnableSequence(core.RunnableLambda(upper)).invoke("x")


@value
def coerced_from_the_left(core: Core) -> Any:
    step = core.RunnableLambda(str)
    return [
        (upper | step).invoke("x"),
        ({"a": upper} | step).invoke("x"),
        (upper | core.RunnablePassthrough() | {"b": twice}).invoke("x"),
    ]


@value
def names_of_combinators(core: Core) -> Any:
    a = core.RunnableLambda(upper)
    steps = [
        a | a,
        core.RunnableParallel(a=a, b=a),
        core.RunnablePassthrough(),
        core.RunnablePassthrough.assign(a=a, b=a),
        core.RunnablePick("k"),
        core.RunnablePick(["k", "l"]),
        a.map(),
        a.bind(x=1),
        a.with_config(run_name="n"),
        a.with_retry(),
        a.with_fallbacks([a]),
        core.RunnableBranch((a, a), a),
        core.RouterRunnable({"a": a}),
    ]
    return [step.get_name() for step in steps]


def counted(core: Core) -> Any:
    """A step that gives what the call's argument `n` is."""
    return core.RunnableLambda(lambda x, n=0: n)


def told_with_arguments(core: Core) -> Any:
    """What the function of a passthrough is given beside the input."""

    def build(told: list[Any]) -> Any:
        def note(x: Any, config: Any, n: int = 0) -> None:
            told.append([x, n, config["tags"]])

        note.__annotations__["config"] = core.RunnableConfig
        return core.RunnablePassthrough(note).bind(n=3).with_config(tags=["t"])

    return build


@value
async def arguments_of_a_passthrough(core: Core) -> Any:
    told: list[Any] = []
    step = told_with_arguments(core)(told)
    step.invoke("a")
    list(step.stream("b"))
    await step.ainvoke("c")
    return told


PROGRAMS = [
    # --- sequences
    Program("sequence", lambda c: c.RunnableLambda(upper) | twice | c.RunnablePassthrough(), modes=ALL),
    Program("sequence_named", lambda c: c.RunnableSequence(upper, twice, name="two steps")),
    Program("sequence_piped", lambda c: c.RunnableLambda(upper).pipe(twice, upper, name="piped")),
    Program("sequence_in_sequence", lambda c: c.RunnableLambda(upper) | (c.RunnableLambda(twice) | upper)),
    Program("sequence_named_inside", lambda c: c.RunnableLambda(upper) | c.RunnableSequence(twice, upper, name="in")),
    Program(
        "sequence_bound_inside",
        lambda c: c.RunnableLambda(upper) | (c.RunnableLambda(twice) | upper).with_config(run_name="in", tags=["t"]),
    ),
    Program("same_step_thrice", lambda c: c.RunnableLambda(upper) | upper | upper, modes=ALL),
    Program("sequence_of_ten", lambda c: c.RunnableSequence(*[c.RunnableLambda(lambda n: n + 1)] * 10), 1),
    Program("sequence_sync_then_async", lambda c: c.RunnableLambda(upper) | c.RunnableLambda(twice, later)),
    Program("sequence_streams_to_the_end", lambda c: c.RunnableLambda(upper) | spelling(c) | c.RunnablePassthrough()),
    equal_steps,
    reprs_of_steps,
    reprs_of_what_methods_made,
    names_of_steps,
    structure,
    sequence_of_one,
    nothing_to_compose,
    coerced_from_the_left,
    names_of_combinators,
    # --- parallels
    Program("parallel", lambda c: c.RunnableParallel(a=upper, b=twice), unordered=True, modes=LOGGED),
    Program("parallel_of_one", lambda c: c.RunnableParallel(a=upper), unordered=True),
    Program("parallel_map", lambda c: c.RunnableMap({"a": upper, "b b": twice}), unordered=True),
    Program(
        "parallel_dict",
        lambda c: {"a": c.RunnableLambda(upper), "b": twice} | c.RunnableLambda(str),
        modes=(*CALLS, *HANDLERS),
    ),
    Program("parallel_nested", lambda c: c.RunnableParallel(a={"b": c.RunnableLambda(upper)}, c=twice), unordered=True),
    Program(
        "parallel_of_sequences",
        lambda c: c.RunnableParallel(a=c.RunnableLambda(upper) | twice, b=c.RunnableLambda(twice) | upper),
        unordered=True,
    ),
    Program(
        "parallel_after_parallel",
        lambda c: c.RunnableParallel(a=upper, b=twice) | {"c": itemgetter("a"), "d": itemgetter("b")},
        unordered=True,
    ),
    Program(
        "parallel_same_names",
        lambda c: c.RunnableParallel(a=c.RunnableLambda(upper), b=c.RunnableLambda(upper)),
        unordered=True,
    ),
    Program(
        "parallel_streams",
        lambda c: spelling(c) | c.RunnableParallel(loud=shouting(c), same=c.RunnablePassthrough()),
        unordered=True,
    ),
    Program(
        "parallel_transforms",
        lambda c: c.RunnableParallel(loud=shouting(c), same=c.RunnablePassthrough()),
        modes=("invoke",),
        chunks=("a", "b"),
        unordered=True,
    ),
    Program("parallel_named", lambda c: c.RunnableParallel(a=upper).with_config(run_name="map"), unordered=True),
    Program("parallel_of_models", two_models, {"topic": "bears"}, unordered=True),
    Program(
        "parallel_of_models_to_text",
        lambda c: two_models(c) | (lambda d: f"{d['joke'].content} {d['poem'].content}"),
        {"topic": "bears"},
        unordered=True,
    ),
    Program("parallel_empty", lambda c: c.RunnableParallel({}), modes=(*MODES, "states")),
    parallel_structure,
    # --- passing on
    Program("passthrough", lambda c: c.RunnablePassthrough(), modes=(*ALL, "transform", "atransform"), chunks=()),
    Program("passthrough_func", lambda c: c.RunnablePassthrough(lambda x: None)),
    Program("passthrough_async_func", anoted),
    Program("passthrough_noted", noted, modes=("invoke", "ainvoke"), chunks=("a", "b")),
    Program("passthrough_streams", lambda c: spelling(c) | c.RunnablePassthrough() | shouting(c)),
    Program(
        "assign", lambda c: c.RunnablePassthrough.assign(c=lambda d: d["a"] + "!"), DATA, unordered=True, modes=LOGGED
    ),
    Program("assign_direct", lambda c: c.RunnableAssign(c.RunnableParallel(c=lambda d: 1)), DATA, unordered=True),
    Program("assign_overrides", lambda c: c.RunnablePassthrough.assign(a=lambda d: d["a"] + "!"), DATA, unordered=True),
    Program(
        "assign_after_step",
        lambda c: c.RunnableLambda(dict).assign(n=lambda d: len(d), m=lambda d: 1),
        DATA,
        unordered=True,
    ),
    Program(
        "assign_twice",
        # Named: which of the two begins first is a matter of threads, and so would be the number in its name.
        lambda c: c.RunnablePassthrough.assign(c=c.RunnableLambda(lambda d: d["a"], name="first")).assign(
            d=c.RunnableLambda(lambda d: d["c"] * 2, name="second")
        ),
        DATA,
        unordered=True,
    ),
    Program("assign_a_dict", lambda c: c.RunnablePassthrough.assign(c={"d": itemgetter("a")}), DATA, unordered=True),
    Program(
        "assign_a_model", lambda c: c.RunnablePassthrough.assign(c=itemgetter("a") | model(c)), DATA, unordered=True
    ),
    Program("assign_to_chunks", lambda c: chunked_dicts(c).assign(c=lambda d: len(d)), unordered=True),
    Program(
        "assign_transforms",
        lambda c: c.RunnablePassthrough.assign(c=lambda d: sorted(d)),
        DATA,
        modes=("invoke",),
        chunks=({"a": 1}, {"b": 2}),
        unordered=True,
    ),
    Program("assign_to_no_dict", lambda c: c.RunnablePassthrough.assign(c=lambda d: 1), "x", modes=CALLS),
    Program("pick_one", lambda c: c.RunnableLambda(dict).pick("a"), DATA, modes=ALL),
    Program("pick_several", lambda c: c.RunnableLambda(dict).pick(["a", "b"]), DATA, modes=LOGGED),
    Program("pick_absent", lambda c: c.RunnableLambda(dict).pick(["a", "z"]), DATA),
    Program("pick_direct", lambda c: c.RunnablePick("a"), DATA, chunks=({"a": "x"}, {"b": "y"}, {"a": "z"})),
    Program("pick_of_chunks", lambda c: chunked_dicts(c).pick("b")),
    Program("pick_several_of_chunks", lambda c: chunked_dicts(c).pick(["b", "a"])),
    Program("pick_of_no_dict", lambda c: c.RunnablePick("a"), "x", modes=CALLS),
    # --- each
    Program("each", lambda c: c.RunnableLambda(upper).map(), ["a", "b"], modes=(*CALLS, *HANDLERS)),
    Program("each_direct", lambda c: c.RunnableEach(bound=c.RunnableLambda(upper)), ["a", "b"], modes=CALLS),
    Program("each_of_sequences", lambda c: (c.RunnableLambda(upper) | twice).map(), ["a", "b"], modes=CALLS),
    Program("each_of_each", lambda c: c.RunnableLambda(upper).map().map(), [["a"], ["b", "c"]], modes=CALLS),
    Program(
        "each_in_sequence", lambda c: c.RunnableLambda(list) | c.RunnableLambda(upper).map() | len, "ab", modes=CALLS
    ),
    Program("each_empty", lambda c: c.RunnableLambda(upper).map(), [], modes=CALLS),
    Program("each_of_async", lambda c: c.RunnableLambda(later).map(), ["a", "b"], modes=(*CALLS, *HANDLERS)),
    Program("each_named", lambda c: c.RunnableLambda(upper).map().with_config(run_name="all"), ["a"], modes=SYNC[:1]),
    # --- arguments of a call
    *(
        Program(f"bound_{name}", build, modes=CALLS)
        for name, build in {
            "parallel": lambda c: c.RunnableParallel(a=counted(c)).bind(n=3),
            "parallel_in_sequence": lambda c: (c.RunnableParallel(a=counted(c)) | c.RunnablePassthrough()).bind(n=3),
            "assign": lambda c: (lambda x: {"x": x}) | c.RunnablePassthrough.assign(a=counted(c)).bind(n=3),
            "map": lambda c: c.RunnableLambda(list) | counted(c).map().bind(n=3),
            "sequence": lambda c: (counted(c) | counted(c)).bind(n=3),
            "fallbacks": lambda c: counted(c).with_fallbacks([counted(c)]).bind(n=3),
        }.items()
    ),
    arguments_of_a_passthrough,
    Program("parallel_shown", lambda c: repr(c.RunnableParallel(a=upper, b=twice)), modes=("value",)),
    Program("parallel_key_that_is_no_text", lambda c: c.RunnableParallel({"a": upper, 1: upper}), modes=("value",)),
]
