"""BaseLanguageModel: what chat models and text models have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, cast
from uuid import uuid4

from pydantic import Field, field_validator

from chainviz.errors import InvalidConfigError, InvalidInputError, shorten
from chainviz.forks import after_fork
from chainviz.language_models.tokens import tokenize
from chainviz.messages import (
    AnyMessage,
    BaseMessage,
    MessageLikeRepresentation,
    convert_to_messages,
    get_buffer_string,
)
from chainviz.prompts.values import ChatPromptValue, ChatPromptValueConcrete, PromptValue, StringPromptValue
from chainviz.runnables.base import Runnable
from chainviz.runnables.own_callbacks import OwnCallbacks
from chainviz.runnables.signature import takes_run_manager

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched

LanguageModelInput: TypeAlias = PromptValue | str | Sequence[MessageLikeRepresentation]
"""What a model takes: a prompt value, a text, or messages in any of their forms."""

LanguageModelLike: TypeAlias = Runnable[LanguageModelInput, Any]

Output = TypeVar("Output")


class BaseLanguageModel(OwnCallbacks[LanguageModelInput, Output]):
    """The base of models. `disable_streaming` makes it answer in one piece: always, or where it is given tools.

    `callbacks` are handlers for its own runs; `custom_get_token_ids` is a tokenizer. `verbose` changes nothing: traces
    tell what happens. A `cache` is refused.
    """

    _model_type: ClassVar[str] = "chat"

    tags: list[str] | None = None
    metadata: dict[str, Any] | None = None
    disable_streaming: bool | Literal["tool_calling"] = False
    verbose: bool = Field(default=False, exclude=True, repr=False)
    cache: Any = Field(default=None, exclude=True, repr=False)
    custom_get_token_ids: Callable[[str], list[int]] | None = Field(default=None, exclude=True)

    @field_validator("cache")
    @classmethod
    def _check_cache(cls, value: Any) -> Any:
        if value is not None and value is not False:
            raise InvalidConfigError(
                f"{cls.__name__}: no model caches here: expected cache to be None or False, got {shorten(value)}"
            )
        return value

    # --- counting tokens -------------------------------------------------------------------------------------

    def get_token_ids(self, text: str) -> list[int]:
        """The tokens of a text as numbers. Raises NotImplementedError without `custom_get_token_ids`."""
        if self.custom_get_token_ids is None:
            raise NotImplementedError(f"{type(self).__name__} knows no tokenizer: give it `custom_get_token_ids`")
        return self.custom_get_token_ids(text)

    def get_num_tokens(self, text: str) -> int:
        """How many tokens a text is; without `custom_get_token_ids`, an estimate."""
        return len(tokenize(text) if self.custom_get_token_ids is None else self.get_token_ids(text))

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """How many tokens the messages are as lines of `Role: text`; tools are not counted."""
        return sum(self.get_num_tokens(get_buffer_string([message])) for message in messages)

    # --- what only some models do ----------------------------------------------------------------------------

    def with_structured_output(self, schema: Any, **kwargs: Any) -> Runnable[LanguageModelInput, Any]:
        """The model made to answer in the form of a schema; a model that can do that overrides this."""
        raise NotImplementedError(f"{type(self).__name__} has no `with_structured_output` of its own")

    @property
    def InputType(self) -> Any:
        return str | StringPromptValue | ChatPromptValueConcrete | list[AnyMessage]

    def _convert_input(self, input: Any) -> PromptValue:
        """The input as a prompt value. Raises InvalidInputError for what a model does not take."""
        if isinstance(input, PromptValue):
            return input
        if isinstance(input, str):
            return StringPromptValue(input)
        if isinstance(input, Sequence) and not isinstance(input, (bytes, bytearray)):
            return ChatPromptValue.of(convert_to_messages(cast("Sequence[Any]", input)))
        raise InvalidInputError(
            f"{self.get_name()}: expected a prompt value, a str or a list of messages, got {shorten(input)}"
        )

    def _whole(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        """The stream of an answer that does not come in parts: the run ends before anybody reads it."""
        answer = self._invoke(input, run, **kwargs)
        run.end(answer)
        yield answer

    async def _awhole(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        answer = await self._ainvoke(input, run, **kwargs)
        run.end(answer)
        yield answer

    def _may_stream(self, kwargs: dict[str, Any]) -> bool:
        """Whether the model may stream, if it can."""
        if self.disable_streaming is True or (self.disable_streaming == "tool_calling" and kwargs.get("tools")):
            return False
        if not kwargs.get("stream", True):
            return False
        return not (has_streaming(type(self)) and "streaming" in self.model_fields_set and self.streaming is False)  # type: ignore[attr-defined]

    def _run_tags(self) -> list[str]:
        return self.tags or []

    def _run_metadata(self) -> dict[str, Any]:
        known: dict[str, Any] = {"ls_provider": self._provider(), "ls_model_type": self._model_type}
        for key, names in _METADATA.items():
            for name in names:
                value = getattr(self, name, None)
                if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                    known.setdefault(key, value)
        return {**known, **(self.metadata or {})}

    def _provider(self) -> str:
        name = type(self).__name__
        return (name.removeprefix("Chat") if self._model_type == "chat" else name.removesuffix("LLM")).lower()

    def _graph_params(self) -> dict[str, Any]:
        values = {name: getattr(self, name, None) for name in ("model", "model_name", "temperature")}
        return {name: value for name, value in values.items() if value is not None}

    def _get_invocation_params(self, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
        """What handlers are told of the model and of the call."""
        return {**self.asdict(), "stop": stop, **kwargs}

    def asdict(self) -> dict[str, Any]:
        """The parameters that tell one model from another, and its kind under `_type`."""
        return {**self._identifying_params, "_type": self._llm_type}

    @property
    def _llm_type(self) -> str:
        return type(self).__name__

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {}


class Question(dict[str, Any]):
    """What the run of a model shows as its input, which knows what handlers are told of the call beside it."""

    __slots__ = ("_kwargs", "_model", "_size", "_stop", "options")

    def __init__(
        self,
        asked: dict[str, Any],
        model: BaseLanguageModel[Any],
        stop: list[str] | None = None,
        size: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(asked)
        self._model = model
        self._stop = stop
        self.options = {"stop": stop}
        self._size = size
        self._kwargs = kwargs

    def told(self) -> dict[str, Any]:
        """Keywords for a handler's method."""
        params = self._model._get_invocation_params(stop=self._stop, **self._kwargs)  # pyright: ignore[reportPrivateUsage]
        return {"invocation_params": params, "options": self.options, "batch_size": self._size}


@lru_cache(maxsize=256)
def is_simple(cls: type[Any], generate: Callable[..., Any]) -> bool:
    """Whether a model class has a `generate` that takes `run_manager`, and never streams when it is invoked."""
    return takes_run_manager(generate) and not has_streaming(cls)


@lru_cache(maxsize=256)
def has_streaming(cls: type[BaseLanguageModel[Any]]) -> bool:
    """Whether a model class has a field `streaming` of its own."""
    return "streaming" in cls.model_fields


_METADATA = {
    "ls_model_name": ("model", "model_name"),
    "ls_temperature": ("temperature",),
    "ls_max_tokens": ("max_tokens",),
}


_process = uuid4().hex
_numbers = count(1)


def _new_process() -> None:
    global _process
    _process = uuid4().hex


after_fork(_new_process)


def answer_id(run: ActiveRun | Unwatched) -> str:
    """The id of the message that a run makes, unless the provider gave one."""
    return f"lc_run--{run.record.id}" if run.record else f"lc_run--{_process}-{next(_numbers)}"


__all__ = ["BaseLanguageModel", "LanguageModelInput", "LanguageModelLike"]
