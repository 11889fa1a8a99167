"""BaseTool: a step that a model may ask to be called."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from pydantic import BaseModel, Field, ValidationError

from chainviz.config import merge_configs
from chainviz.errors import (
    InputTypeError,
    InvalidArgumentsError,
    InvalidConfigError,
    InvalidInputError,
    ToolError,
    listed,
    nearest,
    shorten,
)
from chainviz.messages import ToolMessage
from chainviz.runnables.own_callbacks import OwnCallbacks
from chainviz.runnables.work import in_thread
from chainviz.tools.schema import (
    InjectedToolCallId,
    asked_of_models,
    given_parameters,
    injected,
    schema_of,
    starts_with_names,
)
from chainviz.tracing.manager import RunManager

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType

Handler = bool | str | Callable[[Any], str]


class BaseTool(OwnCallbacks[Any, Any]):
    """A class of one's own gives `name`, `description` and `_run`; `_arun` spares the async verbs a thread.

    Without an `args_schema` a model is told what `_run` takes, and the arguments are passed to it as they are.

    A tool takes a dict of its arguments, a bare text if it needs one argument, or a tool call; a tool call is answered
    with a ToolMessage. `handle_tool_error` and `handle_validation_error` turn a ToolError, or arguments that do not
    fit, into an answer: True takes a ToolError's text, a str stands for it, a function makes it, which is given the
    ToolError, or pydantic's ValidationError.
    """

    run_type: ClassVar[RunType] = "tool"
    _graph_kind: ClassVar[str] = "tool"

    name: str  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]
    description: str
    args_schema: Any = None
    return_direct: bool = False
    verbose: bool = Field(default=False, repr=False)
    tags: list[str] | None = None
    metadata: dict[str, Any] | None = None
    handle_tool_error: Handler | None = False
    handle_validation_error: Handler | None = False
    response_format: Literal["content", "content_and_artifact"] = "content"
    extras: dict[str, Any] | None = None

    @abstractmethod
    def _run(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the tool does; may also take `config` and `run_manager`."""

    async def _arun(self, *args: Any, **kwargs: Any) -> Any:
        """Do it without blocking the event loop."""
        return await in_thread(self._run, *args, **kwargs)

    # --- what it takes ---------------------------------------------------------------------------------------

    @property
    def args(self) -> dict[str, Any]:
        """The arguments that a model has to fill in, by name, each as a JSON Schema."""
        return self.tool_call_schema_json.get("properties", {})

    @property
    def tool_call_schema(self) -> Any:
        """What a model has to fill in: the arguments without those that are injected."""
        schema = self._schema()
        if isinstance(schema, Mapping):
            return {
                **cast("Mapping[str, Any]", schema),
                **({"description": self.description} if self.description else {}),
            }
        return asked_of_models(schema, self.name, self.description)

    @property
    def tool_call_schema_json(self) -> dict[str, Any]:
        schema = self.tool_call_schema
        return dict(cast("Mapping[str, Any]", schema)) if isinstance(schema, Mapping) else schema.model_json_schema()

    @property
    def is_single_input(self) -> bool:
        return len(self.args) == 1

    def _schema(self) -> Any:
        """The pydantic model of the arguments, or their JSON Schema where that is what was given."""
        if self.args_schema is None:
            return schema_of(self.name, self._function(), self.description)
        return self.args_schema

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        schema = self._schema()
        return super().get_input_schema(config) if isinstance(schema, Mapping) else schema

    # --- running ---------------------------------------------------------------------------------------------

    def run(self, tool_input: Any, *, config: RunnableConfig | None = None, **options: Any) -> Any:
        """`invoke` of the arguments by its older name: `callbacks`, `tags`, `metadata`, `run_name`, `run_id` stand
        beside the config, and `tool_call_id` makes a tool call of the input. Other options mean nothing."""
        return self.invoke(*self.__called(tool_input, config, options))

    async def arun(self, tool_input: Any, *, config: RunnableConfig | None = None, **options: Any) -> Any:
        """`run` without blocking the event loop."""
        return await self.ainvoke(*self.__called(tool_input, config, options))

    def __called(
        self, input: Any, config: RunnableConfig | None, options: dict[str, Any]
    ) -> tuple[Any, RunnableConfig | None]:
        id = options.pop("tool_call_id", None)
        if id is not None:
            input = {"type": "tool_call", "name": self.name, "args": input, "id": id}
        elif _is_tool_call(input):
            input = CallArguments(input, None)
        given = {name: options[name] for name in _RUN_OPTIONS if options.get(name) is not None}
        return input, merge_configs(config, cast("RunnableConfig", given)) if given else config

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        try:
            args, values = self._arguments(input)
            output = self._run(*args, **values, **self.__given(self._function(), run))
        except (ToolError, InvalidInputError) as error:
            return self.__handled(error, input)
        return self.__answer(output, input)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        try:
            args, values = self._arguments(input)
            output = await self._arun(*args, **values, **self.__given(self._afunction(), run))
        except (ToolError, InvalidInputError) as error:
            return self.__handled(error, input)
        return self.__answer(output, input)

    def _function(self) -> Callable[..., Any]:
        """What is called: it says what it wants to be given."""
        return self._run

    def _afunction(self) -> Callable[..., Any]:
        return self._arun if type(self)._arun is not BaseTool._arun else self._run

    def __given(self, function: Callable[..., Any], run: ActiveRun | Unwatched) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name in given_parameters(function):
            if name == "run_manager":
                given[name] = RunManager(run)
            else:
                given[name] = RunManager(run).get_child() if name == "callbacks" else run.config()
        return given

    def _arguments(self, input: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments by position and by name: as they are where no schema says what they have to be."""
        arguments = call_arguments(input)
        if self.args_schema is not None:
            values = self._validated_arguments(input)
            if not isinstance(arguments, str) or not values:
                return (), values
            (name,) = self.__needed()
            return ((), {name: values[name]}) if starts_with_names(self._function()) else ((values[name],), {})
        if isinstance(arguments, str):
            return (arguments,), {}
        if isinstance(arguments, Mapping):
            return (), dict(cast("Mapping[str, Any]", arguments))
        raise InputTypeError(f"{self.name}: expected a text or a dict of {listed(self.args)}, got {shorten(arguments)}")

    def _validated_arguments(self, input: Any) -> dict[str, Any]:
        """The arguments, validated; none where it takes none. Raises InvalidArgumentsError where they do not fit."""
        schema = self._schema()
        arguments = call_arguments(input)
        if not isinstance(schema, Mapping) and not schema.model_fields and schema.model_config.get("extra") != "allow":
            return {}
        values: Any = arguments
        if isinstance(arguments, str) and (named := self.__needed() or list(self.args)):
            values = {named[0]: arguments}
            arguments = values if len(named) == 1 else arguments
        if isinstance(schema, Mapping):
            if not isinstance(arguments, Mapping):
                raise InputTypeError(self.__no_dict(arguments))
            return dict(cast("Mapping[str, Any]", arguments))
        if isinstance(values, Mapping):
            values = {**cast("Mapping[str, Any]", values), **self.__call_ids(schema, input)}
        try:
            model = cast("type[BaseModel]", schema).model_validate(values)
        except ValidationError as error:
            raise InvalidArgumentsError(self.__complaint(error, arguments)) from error
        return {name: getattr(model, name) for name in type(model).model_fields} | (model.model_extra or {})

    def __needed(self) -> list[str]:
        """What a text may stand for: the arguments that are needed, else the first one."""
        return self.tool_call_schema_json.get("required") or list(self.args)[:1]

    def __call_ids(self, schema: type[BaseModel], input: Any) -> dict[str, Any]:
        """The arguments that get the id of the tool call."""
        ids = [name for name, mark in injected(schema).items() if issubclass(mark, InjectedToolCallId)]
        if ids and not _is_tool_call(input):
            raise InvalidInputError(f"{self.name}: the argument {ids[0]!r} is a tool call's id: give a tool call")
        return dict.fromkeys(ids, input["id"]) if ids else {}

    def __no_dict(self, arguments: Any) -> str:
        return f"{self.name}: expected a dict of {listed(self.args)}, got {shorten(arguments)}"

    def __complaint(self, error: ValidationError, arguments: Any) -> str:
        if not isinstance(arguments, Mapping):
            return self.__no_dict(arguments)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the arguments"
        if first["type"] == "missing":
            got = listed(cast("Mapping[str, Any]", arguments))
            return f"{self.name}: the argument {place!r} is missing; expected {listed(self.args)}, got {got}"
        if first["type"] == "extra_forbidden":
            hint = nearest(place, self.args)
            return f"{self.name}: there is no argument {place!r}; expected {listed(self.args)}{hint}"
        return f"{self.name}: {place}: {first['msg']}, got {shorten(first['input'])}"

    def __handled(self, error: Exception, input: Any) -> Any:
        """The answer that stands for an error. Raises the error where nothing does."""
        handler = self.handle_tool_error if isinstance(error, ToolError) else self.handle_validation_error
        if not handler or not isinstance(error, (ToolError, InvalidArgumentsError)):
            raise error
        if handler is True:
            text = (*error.args, "Tool execution error")[0] if isinstance(error, ToolError) else _NO_FIT
        else:
            text = handler if isinstance(handler, str) else handler(error.__cause__ or error)
        return self.__message(text, None, input, "error")

    def __answer(self, output: Any, input: Any) -> Any:
        if self.response_format == "content":
            return self.__message(output, None, input, "success")
        if not isinstance(output, tuple) or len(cast("Any", output)) != 2:
            raise InvalidConfigError(
                f"{self.name}: expected its function to return (content, artifact), got {shorten(output)}"
            )
        content, artifact = cast("tuple[Any, Any]", output)
        return self.__message(content, artifact, input, "success")

    def __message(self, content: Any, artifact: Any, input: Any, status: Literal["success", "error"]) -> Any:
        """The output: a ToolMessage where a tool call asked for it."""
        if not _is_tool_call(input) or not input["id"] or _are_tool_messages(content):
            return content
        return ToolMessage(_text(content), tool_call_id=input["id"], name=self.name, artifact=artifact, status=status)

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return call_arguments(input)

    def _run_tags(self) -> list[str]:
        return self.tags or []

    def _run_metadata(self) -> dict[str, Any]:
        return self.metadata or {}


_RUN_OPTIONS = ("callbacks", "tags", "metadata", "run_name", "run_id")
_NO_FIT = "Tool input validation error"


def _is_tool_call(input: Any) -> bool:
    if not isinstance(input, Mapping) or isinstance(input, CallArguments):
        return False
    return cast("Mapping[str, Any]", input).get("type") == "tool_call"


def _are_tool_messages(content: Any) -> bool:
    several = cast("list[Any]", content if isinstance(content, list) and content else [content])
    return all(isinstance(one, ToolMessage) for one in several)


class CallArguments(dict[str, Any]):
    """The arguments of a tool call, which know its id, if there is one."""

    __slots__ = ("call_id",)

    def __init__(self, arguments: Mapping[str, Any], call_id: str | None) -> None:
        super().__init__(arguments)
        self.call_id = call_id


def call_arguments(input: Any) -> Any:
    """The arguments in a tool call; any other input is the arguments itself."""
    if not _is_tool_call(input) or not isinstance(input["args"], Mapping):
        return input["args"] if _is_tool_call(input) else input
    return CallArguments(input["args"], input["id"])


def _text(content: Any) -> Any:
    """Text, or a list of content blocks, as it is; anything else as JSON if that can be, else as text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(map(_is_block, cast("list[Any]", content))):
        return cast("Any", content)
    try:
        return json.dumps(content, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(cast("Any", content))


def _is_block(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, dict) and "type" in part)


__all__ = ["BaseTool"]
