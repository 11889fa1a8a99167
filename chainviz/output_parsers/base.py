"""The base classes of output parsers: steps that make a value of what a model wrote."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, get_type_hints

from chainviz.errors import InvalidInputError, shorten
from chainviz.messages import AnyMessage, BaseMessage
from chainviz.outputs import ChatGeneration, Generation
from chainviz.runnables.serializable import RunnableSerializable
from chainviz.runnables.step import opening

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.prompts.values import PromptValue
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType

Parsed = TypeVar("Parsed")


class BaseLLMOutputParser(RunnableSerializable[Any, Parsed]):
    """A class of one's own gives `parse_result`, for what needs more than the text."""

    run_type: ClassVar[RunType] = "parser"
    inline: ClassVar[bool] = True
    _graph_kind: ClassVar[str] = "parser"

    @abstractmethod
    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Parsed:
        """The value of a model's answers, the best one first; `partial` says that more is to come."""

    async def aparse_result(self, result: list[Generation], *, partial: bool = False) -> Parsed:
        return self.parse_result(result, partial=partial)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self.parse_result([self._generation(input)])

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return await self.aparse_result([self._generation(input)])

    def _generation(self, input: Any) -> Generation:
        """A model's answer, as a text or as a message. Raises InvalidInputError for anything else."""
        if isinstance(input, str):
            return Generation(input)
        if isinstance(input, BaseMessage):
            return ChatGeneration(input)
        raise InvalidInputError(f"{self.get_name()}: expected a str or a message, got {shorten(input)}")

    @property
    def InputType(self) -> Any:
        return str | AnyMessage

    @property
    def OutputType(self) -> Any:
        """The class's type argument, or what `parse` says that it returns."""
        for base in type(self).__mro__:
            metadata = cast("dict[str, Any]", base.__dict__.get("__pydantic_generic_metadata__") or {})
            arguments: tuple[Any, ...] = metadata.get("args") or ()
            if len(arguments) == 1 and not isinstance(arguments[0], TypeVar):
                return arguments[0]
        try:
            hint = get_type_hints(getattr(self, "parse", self.parse_result)).get("return", Any)
        except Exception:  # an annotation may name what is not there, and raise whatever it likes
            return Any
        return Any if isinstance(hint, TypeVar) else hint


class BaseGenerationOutputParser(BaseLLMOutputParser[Parsed]):
    """The base of parsers that need the generation, not the text alone."""


class BaseOutputParser(BaseLLMOutputParser[Parsed]):
    """A class of one's own gives `parse`, and `get_format_instructions` for the prompt."""

    @abstractmethod
    def parse(self, text: str) -> Parsed:
        """The value of a text. Raises OutputParserError where it has none."""

    async def aparse(self, text: str) -> Parsed:
        return self.parse(text)

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Parsed:
        return self.parse(result[0].text)

    def parse_with_prompt(self, completion: str, prompt: PromptValue) -> Any:
        """The value of a text that answers `prompt`, for parsers that need to know what was asked."""
        return self.parse(completion)

    def get_format_instructions(self) -> str:
        """What to tell the model about the form of its answer."""
        raise NotImplementedError(f"{type(self).__name__}.get_format_instructions")

    @property
    def _type(self) -> str:
        return type(self).__name__


class BaseTransformOutputParser(BaseOutputParser[Parsed]):
    """The base of parsers that parse each chunk of a stream on its own."""

    def _chunk_parser(self) -> Callable[[Any], Parsed]:
        """What makes the value of one chunk."""
        return lambda chunk: self.parse_result([self._generation(chunk)])

    @opening
    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Parsed]:
        """A whole answer is parsed as a whole: one that can't be read is an error."""
        yield self.invoke(input, config, **kwargs)

    @opening
    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Parsed]:
        yield await self.ainvoke(input, config, **kwargs)

    @property
    def _each_chunk(self) -> Callable[[Any], Parsed] | None:
        mine, ours = type(self), BaseTransformOutputParser
        hooks = ("_transform", "_atransform", "aparse_result")
        return self._chunk_parser() if all(getattr(mine, hook) is getattr(ours, hook) for hook in hooks) else None

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        return map(self._chunk_parser(), chunks)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        async for chunk in chunks:
            yield await self.aparse_result([self._generation(chunk)])


class BaseCumulativeTransformOutputParser(BaseTransformOutputParser[Parsed]):
    """The base of parsers whose value grows with the stream; with `diff`, they give what has changed since the last."""

    diff: bool = False

    def _diff(self, prev: Any, next: Any) -> Any:
        """What leads from one value to the next."""
        raise NotImplementedError(f"{type(self).__name__}._diff")

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        seen: list[Any] = []
        value = None
        for chunk in chunks:
            seen.append(chunk)
            new = self.parse_result([self.__total(seen)], partial=True)
            if new is not None and new != value:
                yield self._diff(value, new) if self.diff else new
                value = new

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        seen: list[Any] = []
        value = None
        async for chunk in chunks:
            seen.append(chunk)
            new = await self.aparse_result([self.__total(seen)], partial=True)
            if new is not None and new != value:
                yield self._diff(value, new) if self.diff else new
                value = new

    def __total(self, chunks: list[Any]) -> Generation:
        """The answer so far; what was added up before is not added up again."""
        if len(chunks) > 1:
            chunks[:] = [add_answers(chunks)]
        return self._generation(chunks[0])


def add_answers(chunks: Sequence[Any]) -> Any:
    """The sum of a model's chunks: texts, or messages."""
    first, *rest = chunks
    return "".join([first, *rest]) if isinstance(first, str) else first + rest


__all__ = [
    "BaseCumulativeTransformOutputParser",
    "BaseGenerationOutputParser",
    "BaseLLMOutputParser",
    "BaseOutputParser",
    "BaseTransformOutputParser",
]
