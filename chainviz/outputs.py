"""What models give before it is a message or a text: generations, and the results that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chainviz.errors import InvalidInputError, shorten
from chainviz.messages import BaseMessage, BaseMessageChunk
from chainviz.messages.merge import MergeError, merge_dicts
from chainviz.records import Record

if TYPE_CHECKING:
    from uuid import UUID


class Generation(Record):
    """One text that a model gave; `generation_info` is what the provider says of it."""

    __slots__ = ("text", "generation_info")  # noqa: RUF023
    type: ClassVar[str] = "Generation"

    def __init__(self, text: str = "", generation_info: dict[str, Any] | None = None) -> None:
        self.text = text
        self.generation_info = generation_info


class GenerationChunk(Generation):
    """A part of a Generation; parts add with `+`, one by one or a list of them at once."""

    __slots__ = ()
    adds_lists: ClassVar[bool] = True

    def __add__(self, other: GenerationChunk | Sequence[GenerationChunk]) -> GenerationChunk:
        others = _parts(self, other)
        return GenerationChunk("".join([self.text, *(part.text for part in others)]), _infos(self, others))


class ChatGeneration(Generation):
    """One message that a chat model gave; `text` is the message's."""

    __slots__ = ("message",)
    type = "ChatGeneration"

    def __init__(
        self, message: BaseMessage, generation_info: dict[str, Any] | None = None, text: str | None = None
    ) -> None:
        if not isinstance(message, BaseMessage):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{type(self).__name__}: expected a message, got {shorten(message)}")
        self.message = message
        self.generation_info = generation_info

    @property
    def text(self) -> str:
        return self.message.text

    def __getstate__(self) -> Any:
        # The text is the message's: it has no place of its own to be restored to.
        return None, {"message": self.message, "generation_info": self.generation_info}


class ChatGenerationChunk(ChatGeneration):
    """A part of a ChatGeneration; parts add with `+`, one by one or a list of them at once."""

    __slots__ = ()
    type = "ChatGenerationChunk"
    adds_lists: ClassVar[bool] = True

    def __add__(self, other: ChatGenerationChunk | Sequence[ChatGenerationChunk]) -> ChatGenerationChunk:
        others = _parts(self, other)
        message = cast("BaseMessageChunk", self.message) + [part.message for part in others]
        return ChatGenerationChunk(message, _infos(self, others))


class ChatResult(Record):
    """What `_generate` of a chat model returns."""

    __slots__ = ("generations", "llm_output")

    def __init__(self, generations: Sequence[ChatGeneration], llm_output: dict[str, Any] | None = None) -> None:
        self.generations = list(generations)
        self.llm_output = llm_output


class RunInfo(Record):
    """Which run gave a result."""

    __slots__ = ("run_id",)

    def __init__(self, run_id: UUID) -> None:
        self.run_id = run_id


class LLMResult(Record):
    """What a model gives for several inputs: a list of generations for each."""

    __slots__ = ("generations", "llm_output", "run")
    type: ClassVar[str] = "LLMResult"

    def __init__(
        self,
        generations: Sequence[Sequence[Generation]],
        llm_output: dict[str, Any] | None = None,
        run: list[RunInfo] | None = None,
    ) -> None:
        self.generations = [list(several) for several in generations]
        self.llm_output = llm_output
        self.run = run

    def flatten(self) -> list[LLMResult]:
        """A result for each of the inputs; the first one keeps what was said of the tokens."""
        rest: dict[str, Any] | None = None if self.llm_output is None else {**self.llm_output, "token_usage": {}}
        return [
            LLMResult([several], rest if number else self.llm_output) for number, several in enumerate(self.generations)
        ]


def _parts(chunk: Any, other: Any) -> list[Any]:
    """`other` as a list of chunks of the same kind."""
    parts: list[Any] = [*cast("Sequence[Any]", other)] if isinstance(other, (list, tuple)) else [other]
    for part in parts:
        if not isinstance(part, type(chunk)):
            raise MergeError(f"{type(chunk).__name__} + …: expected a {type(chunk).__name__}, got {shorten(part)}")
    return parts


def _infos(chunk: Generation, others: Sequence[Generation]) -> dict[str, Any] | None:
    return merge_dicts(chunk.generation_info or {}, *(part.generation_info or {} for part in others)) or None


__all__ = [
    "ChatGeneration",
    "ChatGenerationChunk",
    "ChatResult",
    "Generation",
    "GenerationChunk",
    "LLMResult",
    "RunInfo",
]
