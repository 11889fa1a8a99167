"""One call of a chain with a memory: what was said before it is loaded, and what it says is saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from chainviz.addable import total_of
from chainviz.errors import InvalidInputError, listed, shorten
from chainviz.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, convert_to_messages
from chainviz.missing import MISSING
from chainviz.runnables.base import Runnable
from chainviz.runnables.binding import RunnableBinding
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.step import Step
from chainviz.runnables.streams import close, reading, whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from chainviz.chat_history import BaseChatMessageHistory
    from chainviz.runnables.history import RunnableWithMessageHistory
    from chainviz.tracing.active import ActiveRun, Unwatched

logger = logging.getLogger("chainviz")


class Turn:
    """One call: the history before it, and what it adds."""

    def __init__(self, owner: RunnableWithMessageHistory, history: BaseChatMessageHistory | None) -> None:
        self._owner = owner
        self._history: Any = history
        self._loaded = 0

    def load(self, value: Any) -> list[BaseMessage]:
        return self._with_input(list(self._history.messages), value)

    async def aload(self, value: Any) -> list[BaseMessage]:
        return self._with_input(list(await self._history.aget_messages()), value)

    def save(self, input: Any, output: Any) -> None:
        """Add what was said to the history; where that fails it is logged, for the answer is there."""
        try:
            self._history.add_messages(self._said(input, output))
        except Exception as error:
            self._forgotten(error)

    async def asave(self, input: Any, output: Any) -> None:
        try:
            await self._history.aadd_messages(self._said(input, output))
        except Exception as error:
            self._forgotten(error)

    def _forgotten(self, error: Exception) -> None:
        name = type(self._owner).__name__
        logger.warning("%s: what was said is not in its history: %s: %s", name, type(error).__name__, error)

    def _with_input(self, messages: list[BaseMessage], value: Any) -> list[BaseMessage]:
        """The history, and what the user says after it where it has no key of its own."""
        self._loaded = 0 if self._owner.history_messages_key else len(messages)
        if not self._owner.history_messages_key:
            messages += self._messages(value, self._owner.input_messages_key, "input", HumanMessage)
        return messages

    def _said(self, input: Any, output: Any) -> list[BaseMessage]:
        said = self._messages(input, self._owner.input_messages_key, "input", HumanMessage)
        asked = getattr(_bare(self._owner.runnable), "run_type", None)
        if asked == "llm":  # as the reference has it
            raise InvalidInputError(
                f"{type(self._owner).__name__}: expected a message, got the text of a text model; end the chain with"
                " StrOutputParser() to keep it"
            )
        answer = self._messages(output, self._owner.output_messages_key, "output", AIMessage)
        if asked == "chat_model":  # whose stream ends with a mark, no part of the answer
            answer = [_unmarked(message) for message in answer]
        return said[self._loaded :] + answer

    def _messages(
        self, value: Any, key: str | None, usual: str, kind: Callable[[str], BaseMessage]
    ) -> list[BaseMessage]:
        """The messages that an input or an output is, or has under its key. Raises InvalidInputError for others."""
        if isinstance(value, Mapping):
            values = cast("Mapping[str, Any]", value)
            key = key or (next(iter(values)) if len(values) == 1 else usual)
            if key not in values:
                raise InvalidInputError(
                    f"{type(self._owner).__name__}: expected messages under {key!r} of its {usual}, got a dict with"
                    f" {listed(values)}"
                )
            value = values[key]
        if isinstance(value, str):
            return [kind(value)]
        if isinstance(value, BaseMessage):
            return [value]
        if isinstance(value, (list, tuple)):
            return convert_to_messages(cast("Sequence[Any]", value))
        raise InvalidInputError(
            f"{type(self._owner).__name__}: expected its {usual} to be a text or messages, got {shorten(value)}"
        )


class Load(Step[Any, list[BaseMessage]]):
    """Gives the history, and what the user says after it."""

    name = "load_history"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[BaseMessage]:
        return self._turn.load(input)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[BaseMessage]:
        return await self._turn.aload(input)

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        yield self._turn.load(whole(list(chunks)))

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        yield await self._turn.aload(whole([chunk async for chunk in chunks]))


class Remember(Step[Any, Any]):
    """Runs the step, and then saves what the turn was."""

    name = "check_sync_or_async"

    def __init__(self, runnable: Runnable[Any, Any], turn: Turn) -> None:
        self.runnable = runnable
        self._turn = turn
        open_for_handlers(self, [runnable])

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        output = self.runnable.invoke(input, run.child(None, "history", self.runnable), **kwargs)
        self._turn.save(input, output)
        return output

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        output = await self.runnable.ainvoke(input, run.child(None, "history", self.runnable), **kwargs)
        await self._turn.asave(input, output)
        return output

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        input = whole(list(chunks))
        output = self.runnable.stream(input, run.child(None, "history", self.runnable), **kwargs)
        given: list[Any] = []
        try:
            for chunk in output:
                given.append(chunk)
                yield chunk
        finally:
            close(output)
        if (total := total_of(given)) is not MISSING:
            self._turn.save(input, total)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        input = whole([chunk async for chunk in chunks])
        given: list[Any] = []
        async with reading(self.runnable.astream(input, run.child(None, "history", self.runnable), **kwargs)) as output:
            async for chunk in output:
                given.append(chunk)
                yield chunk
        if (total := total_of(given)) is not MISSING:
            await self._turn.asave(input, total)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("history", None, self.runnable)]


def _bare(step: Any) -> Any:
    """The step without the bindings around it."""
    while isinstance(step, RunnableBinding):
        step = cast("Any", step).bound
    return step


def _unmarked(message: BaseMessage) -> BaseMessage:
    return message.model_copy(update={"chunk_position": None}) if isinstance(message, AIMessageChunk) else message


__all__ = ["Load", "Remember", "Turn"]
