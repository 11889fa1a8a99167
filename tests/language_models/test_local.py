from __future__ import annotations

import time
from typing import Any

import pytest

from chainviz.documents import Document
from chainviz.errors import InvalidInputError
from chainviz.language_models import LocalChatModel
from chainviz.messages import AIMessageChunk
from chainviz.prompts import ChatPromptTemplate

MODEL = LocalChatModel()
QUESTION = ChatPromptTemplate.from_template(
    "Answer the question based only on the following context:\n{context}\n\nQuestion: {question}\n"
)
KENSHO = QUESTION.invoke({"context": [Document("harrison worked at kensho")], "question": "where did harrison work?"})
TOKENS = ["", "H", "arrison", " worked", " at", " Kens", "ho", ".", ""]


def answer(context: Any, question: str) -> str:
    return MODEL.invoke(QUESTION.invoke({"context": context, "question": question})).text


async def test_every_verb_gives_the_same_answer() -> None:
    chunks = list(MODEL.stream(KENSHO))
    achunks = [chunk async for chunk in MODEL.astream(KENSHO)]
    assert [chunk.content for chunk in chunks] == [chunk.content for chunk in achunks] == TOKENS
    assert [chunk.chunk_position for chunk in chunks] == [None] * 8 + ["last"]  # type: ignore[attr-defined]
    answers = [MODEL.invoke(KENSHO), await MODEL.ainvoke(KENSHO), *MODEL.batch([KENSHO])]
    assert {message.text for message in answers} == {"Harrison worked at Kensho."}
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)
    assert repr(answers[0]) == "AIMessage(content='Harrison worked at Kensho.')"


@pytest.mark.parametrize(
    ("context", "question", "text"),
    [
        (
            "Paris is the capital of France. Berlin is the capital of Germany.",
            "What is the capital of Germany?",
            "Berlin is the capital of Germany.",
        ),
        ([Document("bears eat honey"), Document("cats eat fish")], "what do cats eat?", "Cats eat fish."),
        ([Document("it's 'quoted'\nhere", {"page": 1})], "what is quoted?", "It's 'quoted'."),
        ("- one apple\n- two pears", "how many pears?", "Two pears."),
        ([Document("bears sleep in winter")], "when do bears sleep?", "Bears sleep in winter."),
        ("harrison worked at kensho", "who likes tea?", "The context does not say."),
        ([], "who?", "The context does not say."),
    ],
)
def test_it_answers_with_the_passage_that_fits_best(context: Any, question: str, text: str) -> None:
    assert answer(context, question) == text


def test_context_and_question_in_messages_of_their_own() -> None:
    messages = [("system", "Use this context: bears eat fish."), ("human", "what do bears eat?")]
    assert MODEL.invoke(messages).text == "Bears eat fish."


@pytest.mark.parametrize("kind", ["joke", "poem"])
@pytest.mark.parametrize("topic", ["bears", "cats", "ice cream"])
def test_jokes_and_poems(kind: str, topic: str) -> None:
    request = {"joke": "tell me a joke about {}", "poem": "write a short (2 line) poem about {}"}[kind]
    text = MODEL.invoke(request.format(topic)).text
    assert topic.removesuffix("s") in text.lower()
    assert len([line for line in text.splitlines() if line]) == 2


def test_anything_else_gets_an_honest_word() -> None:
    text = MODEL.invoke("compute the orbit of mars").text
    assert "small model" in text
    assert "compute the orbit of mars" in text


def test_stop() -> None:
    assert MODEL.invoke("tell me a joke about cats", stop=["?", "poker"]).text == "Why don't cats play "
    bound = MODEL.bind(stop=["."])
    assert "".join(chunk.text for chunk in bound.stream(KENSHO)) == "Harrison worked at Kensho"


async def test_the_pace() -> None:
    slow = LocalChatModel(tokens_per_second=200)
    start = time.perf_counter()
    list(slow.stream(KENSHO))
    [chunk async for chunk in slow.astream(KENSHO)]
    slow.invoke(KENSHO)
    await slow.ainvoke(KENSHO)
    assert time.perf_counter() - start >= 4 * 7 / 200
    with pytest.raises(ValueError, match="greater than 0"):
        LocalChatModel(tokens_per_second=0)


def test_schema_titles() -> None:
    assert MODEL.input_schema.schema()["title"] == "LocalChatModelInput"
    assert MODEL.output_schema.schema()["title"] == "LocalChatModelOutput"


@pytest.mark.parametrize("written", [r"page_content='C:\new\users'", "page_content='Bears\nlive in woods.'"])
def test_what_is_no_literal_of_python_is_read_as_it_stands(written: str) -> None:
    assert answer(written, "what lives where?")


@pytest.mark.parametrize("stop", ["e", [""]])
def test_a_stop_that_ends_nothing_is_refused(stop: Any) -> None:
    with pytest.raises(InvalidInputError, match="stop: expected a list of texts, none of them empty"):
        MODEL.invoke("x", stop=stop)
