"""A class of the user's may have private helpers of its own: none of ours is called what one would call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chainviz import AIMessage, AIMessageChunk, BaseChatModel, BaseRetriever, BaseTool, Document, StrOutputParser
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

NAMES = [
    *("answer", "atokens", "called", "chunks", "complaint", "end", "find", "given", "handled", "message", "messages"),
    *("parts", "plain", "report", "result", "search", "text", "texts", "tokens", "total", "values", "words"),
]


def helpers() -> dict[str, Any]:
    """A helper of each name, which nobody but its owner may call."""

    def unexpected(*_: Any, **__: Any) -> Any:
        raise AssertionError("a private helper of the user's was called")

    return {f"_{name}": unexpected for name in NAMES}


class Model(BaseChatModel):
    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        return ChatResult([ChatGeneration(AIMessage("yes"))])

    def _stream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(AIMessageChunk("y"))
        yield ChatGenerationChunk(AIMessageChunk("es"))


class Docs(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(query)]


class Echo(BaseTool):
    name: str | None = "echo"
    description: str = "Says it again."

    def _run(self, text: str) -> str:
        return text


STEPS: dict[str, tuple[type[Any], Any, Any]] = {
    "model": (Model, "?", "yes"),
    "parser": (StrOutputParser, "yes", "yes"),
    "retriever": (Docs, "q", [Document("q")]),
    "tool": (Echo, {"text": "x"}, "x"),
}


@pytest.mark.parametrize("name", STEPS)
async def test_private_helpers_are_left_alone(name: str) -> None:
    cls, given, expected = STEPS[name]
    step = type("Own", (cls,), helpers())()
    whole = [step.invoke(given), await step.ainvoke(given), step.invoke(given, {"tags": ["t"]}), *step.batch([given])]
    assert [getattr(output, "content", output) for output in whole] == [expected] * 4
    chunks = [chunk async for chunk in step.astream(given)]
    assert (chunks[0] + chunks[1:]).content == expected if name == "model" else chunks == [expected]
    assert list(step.stream(given))
    assert [event async for event in step.astream_events(given, version="v2")]
