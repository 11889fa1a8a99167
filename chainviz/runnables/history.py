"""A chain with a memory: each call gets what was said before in its session, and adds what is said now."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from chainviz.addable import total_of
from chainviz.config import ensure_config, merge_configs
from chainviz.errors import InvalidConfigError, InvalidInputError, shorten
from chainviz.messages import AIMessage, BaseMessage, HumanMessage, convert_to_messages, message_chunk_to_message
from chainviz.missing import MISSING
from chainviz.runnables.base import Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.delegate import Delegate
from chainviz.runnables.fields import ConfigurableFieldSpec, unique_specs
from chainviz.runnables.functions import RunnableLambda
from chainviz.runnables.passthrough import RunnablePassthrough
from chainviz.runnables.sequence import RunnableSequence
from chainviz.runnables.step import Step
from chainviz.runnables.streams import close, reading, whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pydantic import BaseModel

    from chainviz.chat_history import BaseChatMessageHistory
    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched

_SESSION_ID = ConfigurableFieldSpec(
    id="session_id",
    annotation=str,
    name="Session ID",
    description="Unique identifier for a session.",
    default="",
    is_shared=True,
)


class RunnableWithMessageHistory(Delegate[Any, Any]):
    """`runnable` with the history that `get_session_history(session_id)` gives for `config["configurable"]`.

    The runnable takes messages, or a dict: then `input_messages_key` is what the user says, and the history stands
    under `history_messages_key`, or before what the user says where that is not given. It gives a text, messages, or a
    dict with these under `output_messages_key`. They are added to the history after the call, or after its stream has
    ended; a call that fails or is broken off adds nothing. `history_factory_config` names other keys than
    `session_id`; several are passed to `get_session_history` by name.

    A call raises InvalidConfigError where such a key is missing, InvalidInputError where it finds no messages.
    """

    def __init__(
        self,
        runnable: Any,
        get_session_history: Callable[..., BaseChatMessageHistory],
        *,
        input_messages_key: str | None = None,
        output_messages_key: str | None = None,
        history_messages_key: str | None = None,
        history_factory_config: Sequence[ConfigurableFieldSpec] | None = None,
        config: RunnableConfig | None = None,
    ) -> None:
        if not callable(get_session_history):
            raise InvalidConfigError(
                f"a message history: expected a function `get_session_history`, got {shorten(get_session_history)}"
            )
        self.runnable: Runnable[Any, Any] = as_step(runnable, "a step with a message history")
        self.get_session_history = get_session_history
        self.input_messages_key = input_messages_key
        self.output_messages_key = output_messages_key
        self.history_messages_key = history_messages_key
        self.history_factory_config = list(history_factory_config or [_SESSION_ID])
        self.config: RunnableConfig = merge_configs(config)

    def __repr__(self) -> str:
        return f"RunnableWithMessageHistory({self.runnable!r})"

    @property
    def blocks(self) -> bool:
        return True

    def prepare(self, config: RunnableConfig | None = None) -> tuple[Runnable[Any, Any], RunnableConfig]:
        config = merge_configs(self.config, config)
        values = ensure_config(config).get("configurable", {})
        history = self._history(values)
        config["configurable"] = {**values, "message_history": history}
        return self._chain(_Turn(self, history)), config

    def _history(self, values: Mapping[str, Any]) -> BaseChatMessageHistory:
        """The history of the session that a call's configurable values name."""
        keys = [spec.id for spec in self.history_factory_config]
        takes = list(inspect.signature(self.get_session_history).parameters)
        missing = [key for key in keys if key not in values]
        if missing and takes:
            example = ", ".join(f"{key!r}: ..." for key in keys)
            raise InvalidConfigError(
                f"{self.get_name()}: expected config['configurable'] to have {_list(keys)}, but {_list(missing)} is"
                f" missing; pass config={{'configurable': {{{example}}}}}"
            )
        if len(keys) == 1:
            return self.get_session_history(values[keys[0]]) if takes else self.get_session_history()
        if set(keys) != set(takes):
            raise InvalidConfigError(
                f"{self.get_name()}: expected `get_session_history` to take {_list(keys)}, but it takes {_list(takes)}"
            )
        return self.get_session_history(**{key: values[key] for key in keys})

    def _chain(self, turn: _Turn) -> Runnable[Any, Any]:
        load: Runnable[Any, Any] = RunnableLambda[Any, Any](turn.load, turn.aload).with_config(run_name="load_history")
        if key := self.history_messages_key or self.input_messages_key:
            load = RunnablePassthrough.assign(**{key: load}).with_config(run_name="insert_history")
        chain = RunnableSequence[Any, Any](load, _Remember(self.runnable, turn))
        return chain.with_config(run_name="RunnableWithMessageHistory")

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        return unique_specs([*self.runnable.config_specs, *self.history_factory_config])

    @property
    def OutputType(self) -> Any:
        return self.runnable.OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import object_schema, type_schema

        name, messages = "RunnableWithChatHistoryInput", Sequence[BaseMessage]
        if not self.input_messages_key:
            return type_schema(name, messages)
        said = str | BaseMessage | messages if self.history_messages_key else messages
        return object_schema(name, {self.input_messages_key: (said, ...)})

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import type_schema

        return type_schema("RunnableWithChatHistoryOutput", self.OutputType)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        return self.runnable.get_prompts(config)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("", None, self._chain(_Turn(self, None)))]


class _Turn:
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
        self._history.add_messages(self._said(input, output))

    async def asave(self, input: Any, output: Any) -> None:
        await self._history.aadd_messages(self._said(input, output))

    def _with_input(self, messages: list[BaseMessage], value: Any) -> list[BaseMessage]:
        """The history, and what the user says after it where it has no key of its own."""
        self._loaded = 0 if self._owner.history_messages_key else len(messages)
        if not self._owner.history_messages_key:
            messages += self._messages(value, self._owner.input_messages_key, "input", HumanMessage)
        return messages

    def _said(self, input: Any, output: Any) -> list[BaseMessage]:
        said = self._messages(input, self._owner.input_messages_key, "input", HumanMessage)
        answer = self._messages(output, self._owner.output_messages_key, "output", AIMessage)
        return said[self._loaded :] + [message_chunk_to_message(message) for message in answer]

    def _messages(
        self, value: Any, key: str | None, usual: str, kind: Callable[[str], BaseMessage]
    ) -> list[BaseMessage]:
        """The messages that an input or an output is, or has under its key. Raises InvalidInputError for others."""
        if isinstance(value, Mapping):
            values = cast("Mapping[str, Any]", value)
            key = key or (next(iter(values)) if len(values) == 1 else usual)
            if key not in values:
                raise InvalidInputError(
                    f"{self._owner.get_name()}: expected messages under {key!r} of its {usual}, got a dict with"
                    f" {_list(values)}"
                )
            value = values[key]
        if isinstance(value, str):
            return [kind(value)]
        if isinstance(value, BaseMessage):
            return [value]
        if isinstance(value, (list, tuple)):
            return convert_to_messages(cast("Sequence[Any]", value))
        raise InvalidInputError(
            f"{self._owner.get_name()}: expected its {usual} to be a text or messages, got {shorten(value)}"
        )


class _Remember(Step[Any, Any]):
    """Runs the step, and then saves what the turn was."""

    name = "check_sync_or_async"

    def __init__(self, runnable: Runnable[Any, Any], turn: _Turn) -> None:
        self.runnable = runnable
        self._turn = turn

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


def _list(names: Any) -> str:
    return ", ".join(repr(name) for name in names) or "nothing"


__all__ = ["RunnableWithMessageHistory"]
