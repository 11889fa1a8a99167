"""Chains that a call configures, routers and steps as tools do on our core what they do on the reference."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core, plain
from .observe import CALLS, MODES, Program, see
from .steps import ashout, fail, letters, shout, twice, upper


@cache
def speaker(core: Core) -> Any:
    class Speaker(core.BaseChatModel):
        mood: str = "calm"
        size: int = 1
        words: list[str] = []  # noqa: RUF012

        @property
        def _llm_type(self) -> str:
            return "speaker"

        def _said(self, messages: Any) -> list[str]:
            return [self.mood, " ", str(self.size), " ", *self.words, messages[-1].content]

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            text = "".join(self._said(messages)) + "".join(kwargs.get("tools", []))
            return core.ChatResult(generations=[core.ChatGeneration(message=core.AIMessage(text))])

        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            for word in [*self._said(messages), *kwargs.get("tools", [])]:
                chunk = core.ChatGenerationChunk(message=core.AIMessageChunk(content=word, id="x"))
                if run_manager:
                    run_manager.on_llm_new_token(word, chunk=chunk)
                yield chunk

        def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
            return self.bind(tools=tools, **kwargs)

    return Speaker


def model(core: Core, **fields: Any) -> Any:
    """A model with parameters, which says what they are."""
    return speaker(core)(**fields)


def configurable_model(core: Core) -> Any:
    return model(core).configurable_fields(
        mood=core.ConfigurableField(id="mood", name="Mood", description="How it speaks"),
        size=core.ConfigurableField(id="size"),
    )


def options_model(core: Core) -> Any:
    return model(core).configurable_fields(
        mood=core.ConfigurableFieldSingleOption(id="mood", options={"good": "merry", "bad": "cross"}, default="good"),
        words=core.ConfigurableFieldMultiOption(id="words", options={"a": "one ", "b": "two "}, default=["a"]),
    )


def prompt(core: Core) -> Any:
    return core.PromptTemplate.from_template("joke about {x}").configurable_alternatives(
        core.ConfigurableField(id="prompt", name="Which prompt"),
        default_key="joke",
        poem=core.PromptTemplate.from_template("poem about {x}"),
        made=lambda: core.PromptTemplate.from_template("song about {x}"),
    )


def either(core: Core, *, prefix_keys: bool = True) -> Any:
    """Two configurable models, one of which a call chooses."""
    return configurable_model(core).configurable_alternatives(
        core.ConfigurableField(id="llm"),
        prefix_keys=prefix_keys,
        other=model(core, mood="other").configurable_fields(mood=core.ConfigurableField(id="mood")),
        list=core.FakeListChatModel(responses=["from a list"]),
    )


def chain(core: Core) -> Any:
    return prompt(core) | either(core) | core.StrOutputParser()


def lambdas(core: Core) -> Any:
    return core.RunnablePassthrough().configurable_alternatives(
        core.ConfigurableField(id="how"),
        upper=core.RunnableLambda(upper),
        twice=core.RunnableLambda(twice),
        fail=core.RunnableLambda(fail),
        shout=core.RunnableGenerator(shout),
    )


def step(core: Core) -> Any:
    """A class of one's own with parameters."""

    class Repeat(core.RunnableSerializable):
        times: int = 2

        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            return str(input) * self.times

    return Repeat().configurable_fields(times=core.ConfigurableField(id="times"))


def inside_a_function(core: Core) -> Any:
    inner = lambdas(core)
    return core.RunnableLambda(lambda x: inner.invoke(x)) | core.RunnableLambda(lambda x, config: inner)


def router(core: Core) -> Any:
    return core.RouterRunnable(
        {"up": core.RunnableLambda(upper), "letters": core.RunnableLambda(letters), "chat": configurable_model(core)}
    )


def set_to(**values: Any) -> Any:
    return lambda: {"configurable": values}


X = {"x": "bears"}
PROGRAMS = [
    Program("fields_unset", configurable_model),
    Program("fields_set", configurable_model, config=set_to(mood="sad", size=3)),
    Program("fields_in_sequence", lambda c: prompt(c) | configurable_model(c) | c.StrOutputParser(), X),
    Program("fields_by_with_config", lambda c: configurable_model(c).with_config(configurable={"size": 7}) | upper),
    Program(
        "fields_by_both",
        lambda c: configurable_model(c).with_config(configurable={"size": 7, "mood": "a"}),
        config=set_to(mood="b"),
    ),
    Program(
        "fields_with_tags",
        lambda c: c.RunnableLambda(upper) | configurable_model(c).with_config(tags=["mine"], metadata={"k": 1}),
        config=lambda: {"configurable": {"mood": "low"}, "tags": ["call"], "run_name": "root"},
    ),
    Program("fields_again", lambda c: configurable_model(c).configurable_fields(words=c.ConfigurableField(id="w"))),
    Program("options_unset", options_model),
    Program("options_set", options_model, config=set_to(mood="bad", words=["b", "a"])),
    Program("alternatives_default", prompt, X),
    Program("alternatives_set", prompt, X, config=set_to(prompt="poem")),
    Program("alternatives_made", prompt, X, config=set_to(prompt="made")),
    Program("alternatives_default_key", prompt, X, config=set_to(prompt="joke")),
    Program("alternatives_by_with_config", lambda c: chain(c).with_config(configurable={"prompt": "poem"}), X),
    Program("alternatives_of_models", either, config=set_to(llm="other", mood="plain")),
    Program("alternatives_prefixed", either, config=set_to(**{"llm": "other", "llm==other/mood": "prefixed"})),
    Program("alternatives_prefixed_default", either, config=set_to(**{"llm==default/size": 5, "mood": "unprefixed"})),
    Program("alternatives_unprefixed", lambda c: either(c, prefix_keys=False), config=set_to(llm="other", mood="m")),
    Program("alternatives_list", chain, X, config=set_to(prompt="poem", llm="list")),
    Program("alternatives_lambda", lambdas, config=set_to(how="upper")),
    Program(
        "alternatives_generator", lambda c: c.RunnableGenerator(shout, ashout) | lambdas(c), config=set_to(how="twice")
    ),
    Program("alternatives_transform", lambdas, config=set_to(how="shout"), modes=("stream", "invoke", "batch")),
    Program("alternatives_fail", lambdas, config=set_to(how="fail"), modes=(*CALLS, "stream", "astream")),
    Program(
        "alternatives_in_parallel",
        lambda c: c.RunnableParallel(one=lambdas(c), two=c.RunnableLambda(upper) | lambdas(c)),
        config=set_to(how="twice"),
        unordered=True,
    ),
    Program(
        "alternatives_in_branch",
        lambda c: c.RunnableBranch((lambda x: x == "x", lambdas(c)), c.RunnableLambda(upper)),
        config=set_to(how="twice"),
    ),
    Program("alternatives_each", lambda c: lambdas(c).map(), ["a", "b"], config=set_to(how="upper"), modes=CALLS),
    Program(
        "alternatives_with_fallbacks",
        lambda c: lambdas(c).with_fallbacks([c.RunnableLambda(upper)]),
        config=set_to(how="fail"),
        modes=(*CALLS, "stream", "astream"),
    ),
    Program("alternatives_assigned", lambda c: c.RunnablePassthrough.assign(y=chain(c)), X, unordered=True),
    Program("bound_configurable", lambda c: configurable_model(c).bind(tools=["!"]), config=set_to(mood="sad")),
    Program("bound_tools", lambda c: configurable_model(c).bind_tools(["?"]), config=set_to(mood="lost")),
    Program(
        "bound_tools_configured",
        lambda c: configurable_model(c).with_config(configurable={"mood": "kept"}).bind_tools(["?"]),
    ),
    Program("own_class", lambda c: c.RunnableLambda(upper) | step(c), config=set_to(times=3)),
    Program("inside_a_function", inside_a_function, config=set_to(how="twice"), modes=("invoke", "batch", "stream")),
    Program("router", router, {"key": "up", "input": "x"}),
    Program("router_streams", router, {"key": "letters", "input": "x"}, modes=("stream", *CALLS)),
    Program("router_of_configurables", router, {"key": "chat", "input": "hi"}, config=set_to(mood="routed")),
    Program(
        "router_in_sequence",
        lambda c: c.RunnableLambda(lambda x: {"key": "up", "input": x}) | router(c) | twice,
    ),
    Program("step_as_tool", lambda c: c.RunnableLambda(needs_text).as_tool(name="loud"), "a"),
    Program(
        "chain_as_tool",
        lambda c: (c.PromptTemplate.from_template("{a} of {b}") | model(c) | c.StrOutputParser()).as_tool(
            name="ask", description="Asks."
        ),
        {"a": "1", "b": "2"},
    ),
    Program(
        "dict_as_tool",
        lambda c: c.RunnableLambda(needs_dict).as_tool(arg_types={"a": int, "b": list[int]}),
        {"a": 3, "b": [1, 2]},
    ),
]


def needs_text(x: str) -> str:
    return x.upper()


def needs_dict(x: dict[str, Any]) -> str:
    return str(x["a"] * max(x["b"]))


# Of a root that opens no run itself the reference's v1 gives the wrapper's name, its v2 the name of the run.
CASES = [
    (program, mode)
    for program in PROGRAMS
    for mode in (program.modes or MODES)
    if mode != "v1" or program.build(OURS).opens_runs
]


@pytest.mark.parametrize(("program", "mode"), CASES, ids=[f"{program.name}-{mode}" for program, mode in CASES])
def test_same_as_the_reference(program: Program, mode: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reference's as_tool calls itself beta
        assert see(OURS, program, mode) == see(REFERENCE, program, mode)


def both(program: Any) -> None:
    """What a program gives on the one core it gives on the other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert plain(program(OURS)) == plain(program(REFERENCE))


def test_a_config_for_each_input() -> None:
    configs = [{"configurable": {"how": how}} for how in ("default", "upper", "twice")]
    both(lambda c: lambdas(c).batch(["x"] * 3, configs))
    both(lambda c: (lambdas(c) | twice).batch(["x"] * 3, configs))
    both(lambda c: [configurable_model(c).batch(["x", "y"], [{"configurable": {"size": n}} for n in (1, 2)])])


CHAINS = {
    "none": lambda c: c.RunnableLambda(upper) | twice,
    "fields": configurable_model,
    "options": options_model,
    "alternatives": prompt,
    "prefixed": either,
    "chain": chain,
    "parallel": lambda c: c.RunnableParallel(a=prompt(c), b=configurable_model(c), same=prompt(c)),
    "branch": lambda c: c.RunnableBranch((lambdas(c), prompt(c)), configurable_model(c)),
    "wrapped": lambda c: configurable_model(c).bind(stop=["x"]).with_retry().with_fallbacks([prompt(c)]).map(),
    "assign": lambda c: c.RunnablePassthrough.assign(y=prompt(c)),
    "router": lambda c: c.RouterRunnable({"a": prompt(c), "b": configurable_model(c)}),
    "shared": lambda c: configurable_model(c).configurable_alternatives(
        c.ConfigurableField(id="llm", is_shared=True),
        prefix_keys=True,
        other=model(c).configurable_fields(size=c.ConfigurableField(id="size", is_shared=True, annotation=float)),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_the_same_config_schema(name: str) -> None:
    both(lambda c: CHAINS[name](c).get_config_jsonschema())
    both(lambda c: CHAINS[name](c).get_config_jsonschema(include=["tags", "recursion_limit", "configurable"]))
    both(
        lambda c: [
            [spec.id, spec.name, spec.description, repr(spec.default), spec.is_shared, spec.dependencies]
            for spec in CHAINS[name](c).config_specs
        ]
    )


@pytest.mark.parametrize("core", [OURS, REFERENCE], ids=["ours", "reference"])
def test_specs_of_one_id_must_agree(core: Core) -> None:
    with pytest.raises(ValueError, match="mood"):
        _ = either(core, prefix_keys=False).config_specs


@pytest.mark.parametrize("values", [{}, {"prompt": "poem", "llm": "list"}])
def test_the_same_schemas(values: dict[str, str]) -> None:
    config = {"configurable": values}
    both(lambda c: prompt(c).get_input_jsonschema(config))
    both(lambda c: [p.template for p in chain(c).get_prompts(config)])
