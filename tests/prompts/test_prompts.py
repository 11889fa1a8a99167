from __future__ import annotations

from typing import Any

import pytest

from chainviz.errors import InvalidInputError, MissingVariableError
from chainviz.messages import AIMessage, ChatMessage, HumanMessage, SystemMessage
from chainviz.prompts import (
    AIMessagePromptTemplate,
    ChatMessagePromptTemplate,
    ChatPromptTemplate,
    ChatPromptValue,
    FewShotPromptTemplate,
    MessagesPlaceholder,
    PromptTemplate,
    StringPromptValue,
)

JOKE = ChatPromptTemplate.from_template("tell me a joke about {topic}")


@pytest.mark.parametrize("input", [{"topic": "bears"}, "bears", {"topic": "bears", "more": 1}])
async def test_input_forms(input: Any) -> None:
    expected = ChatPromptValue([HumanMessage("tell me a joke about bears")])
    assert JOKE.invoke(input) == await JOKE.ainvoke(input) == expected
    assert list(JOKE.stream(input)) == JOKE.batch([input]) == [expected]


def test_a_missing_variable() -> None:
    prompt = ChatPromptTemplate.from_template("{context} {question}")
    with pytest.raises(MissingVariableError) as caught:
        prompt.invoke({"question": "where?"})
    assert str(caught.value) == (
        "ChatPromptTemplate: the variable 'context' is missing; expected 'context', 'question', got 'question'"
        " (a brace itself is written twice: {{context}})"
    )
    assert isinstance(caught.value, KeyError)
    with pytest.raises(MissingVariableError):
        prompt.format_messages(question="where?")


def test_a_bare_value_for_several_variables() -> None:
    with pytest.raises(InvalidInputError, match="expected a dict with the variables 'a', 'b', got 3"):
        PromptTemplate.from_template("{a} {b}").invoke(3)  # type: ignore[arg-type]


def test_message_forms() -> None:
    prompt = ChatPromptTemplate.from_messages(
        [
            ("system", "You are {who}"),
            {"role": "ai", "content": "{greeting}"},
            HumanMessage("{untouched}"),
            "{question}",
            (AIMessagePromptTemplate, "{answer}"),
            ChatMessagePromptTemplate.from_template("{who}!", role="captain"),
            MessagesPlaceholder("history"),
        ]
    )
    values = {"who": "Cat", "greeting": "hi", "question": "why?", "answer": "so", "history": [("ai", "before")]}
    assert prompt.input_variables == ["answer", "greeting", "history", "question", "who"]
    assert prompt.invoke(values).to_messages() == [
        SystemMessage("You are Cat"),
        AIMessage("hi"),
        HumanMessage("{untouched}"),
        HumanMessage("why?"),
        AIMessage("so"),
        ChatMessage("Cat!", role="captain"),
        AIMessage("before"),
    ]


@pytest.mark.parametrize("part", [("placeholder", "{history}"), MessagesPlaceholder("history", optional=True)])
def test_an_optional_placeholder(part: Any) -> None:
    prompt = ChatPromptTemplate([part, "hi"])
    assert (prompt.input_variables, prompt.optional_variables) == ([], ["history"])
    assert prompt.invoke({}).to_messages() == [HumanMessage("hi")]
    assert prompt.invoke({"history": ["a"]}).to_messages() == [HumanMessage("a"), HumanMessage("hi")]


def test_a_placeholder_takes_lists_only() -> None:
    prompt = ChatPromptTemplate([MessagesPlaceholder("history", n_messages=1)])
    assert prompt.invoke({"history": ["a", "b"]}).to_messages() == [HumanMessage("b")]
    with pytest.raises(InvalidInputError, match="MessagesPlaceholder 'history': expected a list of messages, got 3"):
        prompt.invoke({"history": 3})


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (("humn", "hi"), "got 'humn'; did you mean 'human'"),
        (3, "expected messages, message templates"),
        (("placeholder", "history"), "expected the placeholder to be '{name}'"),
        (("human", "{a.b}"), "expected the name of a variable"),
    ],
)
def test_what_is_no_message(part: Any, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        ChatPromptTemplate([part])


def test_content_parts() -> None:
    prompt = ChatPromptTemplate(
        [("human", ["{text}", {"type": "image_url", "image_url": "{url}"}, {"type": "text", "text": "{more}"}])]
    )
    (message,) = prompt.invoke({"text": "look", "url": "http://x", "more": "here"}).to_messages()
    assert message.content == [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "http://x"}},
        {"type": "text", "text": "here"},
    ]


def test_partial() -> None:
    prompt = ChatPromptTemplate([("system", "You are {who}"), ("human", "{question}")])
    asked = prompt.partial(who=lambda: "Cat")
    assert (asked.input_variables, prompt.input_variables) == (["question"], ["question", "who"])
    assert asked.invoke("why?").to_messages() == [SystemMessage("You are Cat"), HumanMessage("why?")]
    text = PromptTemplate.from_template("{a} {b}").partial(a="1")
    assert (text.input_variables, text.format(b="2")) == (["b"], "1 2")


def test_prompts_add() -> None:
    prompt = SystemMessage("You are Cat") + ChatPromptTemplate.from_template("{a}") + "{b}" + [("ai", "{c}")]
    assert prompt.input_variables == ["a", "b", "c"]
    assert len(prompt) == 4
    assert prompt[1:3].input_variables == ["a", "b"]
    prompt.append("{d}")
    assert prompt.input_variables == ["a", "b", "c", "d"]
    assert (PromptTemplate.from_template("{a}") + " and {b}").format(a=1, b=2) == "1 and 2"


def test_a_template_is_checked_again_when_it_is_filled_in() -> None:
    prompt = PromptTemplate.from_template("{a}")
    prompt.template = "{a.__class__}"
    with pytest.raises(InvalidInputError, match="expected the name of a variable"):
        prompt.format(a=1)


def test_string_prompts() -> None:
    value = PromptTemplate.from_template("tell me a joke about {topic}").invoke({"topic": "bears"})
    assert value == StringPromptValue("tell me a joke about bears")
    assert value.to_messages() == [HumanMessage("tell me a joke about bears")]
    assert ChatPromptValue(["hi", ("ai", "yes")]).to_string() == "Human: hi\nAI: yes"


def test_few_shot() -> None:
    prompt = FewShotPromptTemplate(
        examples=[{"q": "1+1", "a": "2"}, {"q": "2+2", "a": "4"}],
        example_prompt=PromptTemplate.from_template("{q}={a}"),
        prefix="Reckon, {who}.",
        suffix="{q}=",
    )
    assert prompt.input_variables == ["q", "who"]
    assert prompt.format(who="Cat", q="3+3") == "Reckon, Cat.\n\n1+1=2\n\n2+2=4\n\n3+3="
    with pytest.raises(ValueError, match="expected either examples or an example_selector"):
        FewShotPromptTemplate(example_prompt=PromptTemplate.from_template("{q}"), suffix="")
    lacking = FewShotPromptTemplate(
        examples=[{"q": "1+1"}], example_prompt=PromptTemplate.from_template("{q}={a}"), suffix=""
    )
    with pytest.raises(MissingVariableError, match="the variable 'a' is missing; expected 'a', 'q', got 'q'"):
        lacking.format()


def test_input_schema() -> None:
    prompt = ChatPromptTemplate([MessagesPlaceholder("history", optional=True), "{schema} {topic}"])
    schema = prompt.input_schema.model_json_schema()
    assert schema["required"] == ["schema", "topic"]
    assert list(schema["properties"]) == ["schema", "topic", "history"]
    assert prompt.input_schema.model_validate({"schema": "a", "topic": "b"})


def test_pretty() -> None:
    assert JOKE.pretty_repr() == (
        "================================ Human Message =================================\n"
        "\ntell me a joke about {topic}"
    )


async def test_its_run_is_of_type_prompt() -> None:
    events = [event async for event in JOKE.astream_events({"topic": "bears"})]
    assert [event["event"] for event in events] == ["on_prompt_start", "on_prompt_end"]
