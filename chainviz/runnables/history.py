"""A chain with a memory: each call gets what was said before in its session, and adds what is said now."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainviz.config import ensure_config, merge_configs
from chainviz.errors import InvalidConfigError, listed, shorten
from chainviz.messages import BaseMessage
from chainviz.runnables.base import Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.delegate import Delegate
from chainviz.runnables.fields import ConfigurableFieldSpec, unique_specs
from chainviz.runnables.parallel import RunnableParallel
from chainviz.runnables.passthrough import RunnableAssign
from chainviz.runnables.sequence import RunnableSequence
from chainviz.runnables.turn import Load, Remember, Turn

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chainviz.chat_history import BaseChatMessageHistory
    from chainviz.config import RunnableConfig
    from chainviz.tracing.stream_events import Called

_NAME = "RunnableWithMessageHistory"
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
    ended; a call that fails or is broken off adds nothing, and what cannot be added is logged.
    `history_factory_config` names other keys than `session_id`; several are passed to `get_session_history` by name.

    A call raises InvalidConfigError where such a key is missing, InvalidInputError where its input has no messages.
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
        self._takes = list(inspect.signature(get_session_history).parameters)
        self.input_messages_key = input_messages_key
        self.output_messages_key = output_messages_key
        self.history_messages_key = history_messages_key
        self.history_factory_config = list(history_factory_config or [_SESSION_ID])
        self.config: RunnableConfig = merge_configs(config)

    def __repr__(self) -> str:
        return f"RunnableWithMessageHistory({self.runnable!r})"

    def _default_name(self) -> str:
        return RunnableSequence.__name__  # which it makes of its parts; the run of that is named `_NAME`

    def _called(self, config: RunnableConfig | None) -> Called:
        return super()._called({"run_name": _NAME, **(config or {})})

    @property
    def blocks(self) -> bool:
        return True

    @property
    def brings_handlers(self) -> bool:
        return bool(self.config.get("callbacks")) or self.runnable.brings_handlers

    def prepare(self, config: RunnableConfig | None = None) -> tuple[Runnable[Any, Any], RunnableConfig]:
        config = merge_configs(self.config, config)
        values = ensure_config(config).get("configurable", {})
        history = self._history(values)
        config["configurable"] = {**values, "message_history": history}
        return self._chain(Turn(self, history)), config

    def _history(self, values: Mapping[str, Any]) -> BaseChatMessageHistory:
        """The history of the session that a call's configurable values name."""
        keys = [spec.id for spec in self.history_factory_config]
        takes = self._takes
        missing = [key for key in keys if key not in values]
        if missing and takes:
            example = ", ".join(f"{key!r}: ..." for key in keys)
            raise InvalidConfigError(
                f"{_NAME}: expected config['configurable'] to have {listed(keys)}, but {listed(missing)} is"
                f" missing; pass config={{'configurable': {{{example}}}}}"
            )
        if len(keys) == 1:
            given = self.get_session_history(values[keys[0]]) if takes else self.get_session_history()
        elif set(keys) == set(takes):
            given = self.get_session_history(**{key: values[key] for key in keys})
        else:
            raise InvalidConfigError(
                f"{_NAME}: expected `get_session_history` to take {listed(keys)}, but it takes {listed(takes)}"
            )
        if not hasattr(given, "add_messages"):
            raise InvalidConfigError(
                f"{_NAME}: expected `get_session_history` to give a chat history, got {shorten(given)}"
            )
        return given

    def _chain(self, turn: Turn) -> Runnable[Any, Any]:
        load: Runnable[Any, Any] = Load(turn)
        if key := self.history_messages_key or self.input_messages_key:
            load = RunnableAssign(RunnableParallel({key: load}))
            load.name = "insert_history"
        return RunnableSequence[Any, Any](load, Remember(self.runnable, turn), name=_NAME)

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
        return [("", None, self._chain(Turn(self, None)))]


__all__ = ["RunnableWithMessageHistory"]
