"""What a call configures: parameters, options, alternatives."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import (
    ChatPromptTemplate,
    ConfigurableField,
    ConfigurableFieldMultiOption,
    ConfigurableFieldSingleOption,
    ConfigurableFieldSpec,
    FakeListChatModel,
    PromptTemplate,
    Runnable,
    RunnableConfig,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnableSerializable,
    RunnableWithFallbacks,
    add,
)
from chainviz.config import KEYS
from chainviz.errors import InvalidConfigError, NotAStepError
from chainviz.runnables.configurable import RunnableConfigurableAlternatives
from chainviz.runnables.fields import unique_specs
from chainviz.runnables.retry import RunnableRetry
from tests.tracing.watching import Watcher


class Say(RunnableSerializable[str, str]):
    """Says its word before its input."""

    word: str = "hi"
    marks: list[str] = []  # noqa: RUF012

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> str:
        return f"{self.word} {input}{''.join(self.marks)}"

    def shout(self, text: str, config: RunnableConfig | None = None) -> str:
        return f"{self.word} {text}".upper()


WORD = ConfigurableField(id="w", name="Word", description="What to say")


def configured(**values: Any) -> RunnableConfig:
    return {"configurable": values}


def say() -> Any:
    return Say().configurable_fields(word=WORD)


def alternatives(**options: Any) -> Any:
    return say().configurable_alternatives(
        ConfigurableField(id="who"),
        loud=Say(word="HEY").configurable_fields(word=WORD),
        made=lambda: Say(word="made"),
        **options,
    )


async def every_verb(step: Runnable[Any, Any], given: Any, config: RunnableConfig | None = None) -> set[Any]:
    """What each verb gives; the streams added up."""

    async def chunks() -> AsyncIterator[Any]:
        yield given

    def of(stream: Iterator[Any]) -> Any:
        return add(stream)

    return {
        step.invoke(given, config),
        await step.ainvoke(given, config),
        *step.batch([given, given], config),
        *step.batch([given], [config or {}]),
        *await step.abatch([given, given], config),
        of(step.stream(given, config)),
        add([chunk async for chunk in step.astream(given, config)]),
        of(step.transform(iter([given]), config)),
        add([chunk async for chunk in step.atransform(chunks(), config)]),
    }


@pytest.mark.parametrize(
    ("step", "config", "said"),
    [
        (say(), None, "hi x"),
        (say(), configured(w="yo"), "yo x"),
        (say().with_config(configured(w="yo")), None, "yo x"),
        (say().with_config(configured(w="yo")), configured(w="no"), "no x"),
        (say() | str.upper, configured(w="yo"), "YO X"),
        ((say() | str.upper).with_config(configured(w="yo")), None, "YO X"),
        (alternatives(), None, "hi x"),
        (alternatives(), configured(who="loud"), "HEY x"),
        (alternatives(), configured(who="loud", w="yo"), "yo x"),
        (alternatives(), configured(who="made"), "made x"),
        (alternatives(default_key="calm"), configured(who="calm"), "hi x"),
        (alternatives(prefix_keys=True), configured(**{"who": "loud", "who==loud/w": "p"}), "p x"),
        (alternatives(prefix_keys=True), configured(**{"who==loud/w": "p"}), "hi x"),
        (RunnableLambda[Any, Any](lambda x: say().invoke(x)), configured(w="inherited"), "inherited x"),
        (RunnableLambda[Any, Any](lambda x: say()), configured(w="inherited"), "inherited x"),
    ],
)
async def test_every_verb_is_configured(step: Any, config: RunnableConfig | None, said: str) -> None:
    assert await every_verb(step, "x", config) == {said}


async def test_each_call_of_a_batch_has_its_own_config() -> None:
    configs = [configured(w=word) for word in "abc"]
    assert say().batch(["x"] * 3, configs) == ["a x", "b x", "c x"]
    assert await (say() | str.upper).abatch(["x"] * 3, configs) == ["A X", "B X", "C X"]
    mixed = [configured(who="loud"), configured(), configured(who="nobody")]
    *fine, error = alternatives().batch(["x"] * 3, mixed, return_exceptions=True)
    assert fine == ["HEY x", "hi x"]
    assert isinstance(error, InvalidConfigError)


async def test_a_batch_of_the_default_is_the_defaults_own() -> None:
    class Bulk(Runnable[str, str]):
        def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> str:
            return "one"

        def batch(self, inputs: Any, config: Any = None, *, return_exceptions: bool = False, **kwargs: Any) -> Any:
            return ["bulk"] * len(inputs)

    step = Bulk().configurable_alternatives(ConfigurableField(id="q"), other=RunnableLambda(str.upper))
    assert step.batch(["a", "b"]) == ["bulk", "bulk"]
    assert step.batch(["a", "b"], [{}, {}]) == ["bulk", "bulk"]
    assert step.batch(["a", "b"], [{}, configured(q="other")]) == ["one", "B"]


def test_options() -> None:
    step = Say().configurable_fields(
        word=ConfigurableFieldSingleOption("w", {"a": "salut", "b": "ciao"}, "a"),
        marks=ConfigurableFieldMultiOption("m", {"!": "!!", "?": "??"}, ["!"]),
    )
    assert step.invoke("x") == "salut x!!"
    assert step.invoke("x", configured(w="b", m=["?", "!"])) == "ciao x??!!"
    assert step.invoke("x", configured(m=[])) == "salut x"
    schema = step.get_config_jsonschema()["$defs"]
    assert schema["w"]["enum"] == ["a", "b"]
    assert schema["Configurable"]["properties"]["m"]["items"] == {"$ref": "#/$defs/m"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Say().configurable_fields(wrod=WORD), "Say: there is no parameter 'wrod' to configure; .* 'word'"),
        (lambda: Say().configurable_fields(word="w"), "configurable 'word': expected a ConfigurableField, got 'w'"),
        (lambda: alternatives().invoke("x", configured(who="luod")), "'default', 'loud', 'made', got 'luod'; .*'loud'"),
        (lambda: alternatives().invoke("x", configured(who=["loud"])), "configurable 'who': expected one of"),
        (lambda: Say().configurable_alternatives("who", a=Say()), "expected a ConfigurableField first, got 'who'"),
        (
            lambda: (
                Say()
                .configurable_fields(word=ConfigurableFieldSingleOption("w", {"a": "salut"}, "a"))
                .invoke("x", configured(w="b"))
            ),
            "configurable 'w': expected one of 'a', got 'b'",
        ),
        (
            lambda: (
                Say()
                .configurable_fields(marks=ConfigurableFieldMultiOption("m", {"a": "!"}, ["a"]))
                .invoke("x", configured(m="a"))
            ),
            "configurable 'm': expected a list of option names, got 'a'",
        ),
        (lambda: Say().config_schema(include=["tag"]), "a config has no key 'tag'; did you mean 'tags'"),
        (
            lambda: unique_specs([ConfigurableFieldSpec("a", int), ConfigurableFieldSpec("a", str)]),
            "configurable 'a': expected the same field wherever",
        ),
    ],
)
def test_what_is_not_there_is_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(InvalidConfigError, match=message) as raised:
        make()
    assert "\n" not in str(raised.value)


def test_an_alternative_is_a_step_or_makes_one() -> None:
    with pytest.raises(NotAStepError, match="alternative 'a': expected a Runnable or a function that makes one, got 7"):
        Say().configurable_alternatives(WORD, a=7)
    with pytest.raises(NotAStepError, match="alternative 'a'"):
        Say().configurable_alternatives(WORD, a=lambda: 7).invoke("x", configured(w="a"))


def test_an_alternative_is_made_when_it_is_needed() -> None:
    made: list[str] = []

    def make() -> Runnable[str, str]:
        made.append("made")
        return Say()

    step = Say().configurable_alternatives(ConfigurableField(id="q"), other=make)
    step.invoke("x")
    assert step.config_specs
    assert step.get_graph().root.name == "Say"
    assert made == []
    step.invoke("x", configured(q="other"))
    assert made == ["made"]


def test_methods_and_attributes_are_the_prepared_ones() -> None:
    step = say()
    assert step.word == "hi"
    assert step.shout("x") == "HI X"
    assert step.shout("x", config=configured(w="yo")) == "YO X"
    assert step.shout("x", configured(w="yo")) == "YO X"
    bound = step.with_config(configured(w="yo"))
    assert bound.word == "yo"
    assert bound.shout("x") == "YO X"
    assert alternatives().with_config(configured(who="loud")).shout("x") == "HEY X"
    with pytest.raises(AttributeError, match="nothing"):
        _ = step.nothing


def test_the_last_config_counts() -> None:
    step = say().with_config(tags=["a"]).with_config(configured(w="yo"), metadata={"k": 1})
    assert step.config == {"configurable": {"w": "yo"}, "metadata": {"k": 1}}
    again = step.configurable_fields(marks=ConfigurableField(id="m"))
    assert again.invoke("x", configured(m=["!"])) == "yo x!"


def test_a_configurable_step_can_be_pickled() -> None:
    step = pickle.loads(pickle.dumps(say()))
    assert step.invoke("x", configured(w="yo")) == "yo x"


def test_parameters_of_combinators_are_configurable() -> None:
    tries: list[int] = []

    def fail(x: int) -> int:
        tries.append(x)
        raise ValueError

    retry = RunnableRetry(fail, wait_exponential_jitter=False).configurable_fields(
        max_attempt_number=ConfigurableField(id="attempts")
    )
    with pytest.raises(ValueError):
        retry.invoke(1, configured(attempts=5))
    assert tries == [1] * 5
    handled = RunnableWithFallbacks(fail, [str]).configurable_fields(
        exceptions_to_handle=ConfigurableField(id="handled")
    )
    assert handled.invoke(1) == "1"
    with pytest.raises(ValueError):
        handled.invoke(1, configured(handled=(KeyError,)))
    both = RunnableParallel(a=str, b=repr).configurable_fields(steps=ConfigurableField(id="steps"))
    assert both.invoke(1, configured(steps={"c": str})) == {"c": "1"}
    lambdas = RunnableLambda(str).configurable_fields(func=ConfigurableField(id="f"))
    assert lambdas.invoke(1, configured(f=float)) == 1.0
    named = (RunnableLambda(str) | str).configurable_fields(name=ConfigurableField(id="n"))
    assert named.invoke(1, configured(n="other")) == "1"


def test_what_a_default_keeps_itself_is_not_passed_on() -> None:
    class Counts(RunnableSerializable[int, list[int]]):
        step: int = 1
        seen: list[int] | None = None

        def model_post_init(self, context: Any, /) -> None:
            if self.seen is None:
                object.__setattr__(self, "seen", [self.step])

        def invoke(self, input: int, config: RunnableConfig | None = None, **kwargs: Any) -> list[int]:
            return self.seen or []

    counts = Counts().configurable_fields(step=ConfigurableField(id="s"))
    assert counts.invoke(0, configured(s=5)) == [5]


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="word"):
        say().invoke("x", configured(w=7))


async def test_streams_go_on_through_alternatives() -> None:
    def double(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            yield chunk * 2

    step = RunnablePassthrough[Any]().configurable_alternatives(
        ConfigurableField(id="how"), double=RunnableGenerator(double)
    )
    assert list(step.transform(iter("abc"))) == ["a", "b", "c"]
    assert list(step.transform(iter("abc"), configured(how="double"))) == ["aa", "bb", "cc"]


def test_the_config_schema_has_every_key() -> None:
    schema = say().get_config_jsonschema(include=sorted(KEYS))
    assert set(schema["properties"]) == KEYS
    assert schema["title"] == "RunnableConfigurableFieldsConfig"
    assert schema["$defs"]["Configurable"]["properties"]["w"] == {
        "title": "Word",
        "description": "What to say",
        "default": "hi",
        "type": "string",
    }
    odd = Say().configurable_fields(word=ConfigurableField(id="_w")).get_config_jsonschema()
    assert odd["$defs"]["Configurable"]["properties"] == {"_w": {"title": "W", "default": "hi", "type": "string"}}
    schema = RunnableLambda(str).config_schema()
    assert schema.model_json_schema() == {"properties": {}, "title": "str_config", "type": "object"}


def test_the_same_choice_with_other_alternatives() -> None:
    which = ConfigurableField(id="llm")
    chain = Say().configurable_alternatives(which, a=Say()) | Say().configurable_alternatives(which, a=Say(), b=Say())
    assert [spec.id for spec in chain.config_specs] == ["llm"]


def test_the_graph_and_the_schemas_are_as_configured() -> None:
    prompt = PromptTemplate.from_template("{joke}").configurable_alternatives(
        ConfigurableField(id="p"), poem=ChatPromptTemplate.from_template("{poem}") | RunnablePassthrough()
    )
    chain = RunnablePassthrough[Any]() | prompt
    poem = configured(p="poem")
    assert [node.class_name for node in chain.get_graph().root.walk()][2:] == ["PromptTemplate"]
    for graph in (chain.get_graph(poem), chain.with_config(poem).get_graph()):
        assert [node.id for node in graph.root.walk()] == ["", "seq:1", "seq:2", "seq:2/seq:1", "seq:2/seq:2"]
    assert list(prompt.get_input_jsonschema()["properties"]) == ["joke"]
    assert list(prompt.get_input_jsonschema(poem)["properties"]) == ["poem"]
    both = RunnableParallel(a=prompt).with_config(poem)
    assert list(both.get_input_jsonschema()["properties"]) == ["poem"]
    assert [type(p).__name__ for p in chain.get_prompts(poem)] == ["ChatPromptTemplate"]
    assert [type(p).__name__ for p in chain.with_config(poem).get_prompts()] == ["ChatPromptTemplate"]


async def test_the_runs_stand_where_the_graph_has_them() -> None:
    watcher = Watcher()
    chain = RunnablePassthrough[Any]() | alternatives(prefix_keys=True) | say()
    chain.invoke("x", {**watcher.config, **configured(who="loud")})
    ids = {node.id for node in chain.get_graph(configured(who="loud")).root.walk()}
    assert {event.run.path for event in watcher.events} <= ids
    assert len(watcher.events) == 4


def test_examples() -> None:
    model = FakeListChatModel(responses=["calm", "calm"]).configurable_alternatives(
        ConfigurableField(id="llm"),
        default_key="calm",
        excited=FakeListChatModel(responses=["wow", "wow"]),
    )
    assert model.invoke("who made you?").content == "calm"
    assert model.with_config(configurable={"llm": "excited"}).invoke("who made you?").content == "wow"
    prompt = RunnableConfigurableAlternatives(
        which=ConfigurableField(id="prompt"),
        default=PromptTemplate.from_template("Tell me a joke about {topic}"),
        default_key="joke",
        prefix_keys=False,
        alternatives={"poem": PromptTemplate.from_template("Write a short poem about {topic}")},
    )
    chain = prompt | RunnableLambda(lambda value: value.to_string())
    assert chain.with_config(configurable={"prompt": "poem"}).invoke({"topic": "bears"}) == (
        "Write a short poem about bears"
    )
