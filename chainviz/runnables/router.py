"""One of several steps, chosen by a key in the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

from chainviz.errors import InvalidInputError, nearest, shorten
from chainviz.runnables.base import Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.compared import Compared
from chainviz.runnables.streams import reading
from chainviz.tracing.events import escape_segment
from chainviz.tracing.scope import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig


class RouterInput(TypedDict):
    """Router input."""

    key: str
    input: Any


class RouterRunnable(Runnable[RouterInput, Output], Compared):
    """`RouterRunnable({"add": add, "square": square})` gives the output of the step under `input["key"]` for
    `input["input"]`. It opens no run, the step does.

    Raises NotAStepError where a value is no step; its verbs raise InvalidInputError where no step has the key.
    """

    _graph_kind = "router"

    def __init__(self, runnables: Mapping[str, Any]) -> None:
        self.runnables: dict[str, Runnable[Any, Any]] = {
            key: as_step(thing, f"key {key!r} of a router") for key, thing in runnables.items()
        }

    def __repr__(self) -> str:
        return f"RouterRunnable(runnables={self.runnables!r})"

    @property
    def blocks(self) -> bool:
        return any(step.blocks for step in self.runnables.values())

    @property
    def brings_handlers(self) -> bool:
        return any(step.brings_handlers for step in self.runnables.values())

    def _route(
        self, given: Any, config: RunnableConfig | None
    ) -> tuple[Runnable[Any, Any], Any, RunnableConfig | None]:
        """The step, its input and its config."""
        if not isinstance(given, Mapping) or not {"key", "input"} <= cast("Mapping[str, Any]", given).keys():
            raise InvalidInputError(
                f"{self.get_name()}: expected a dict with 'key' and 'input', got {shorten(cast('Any', given))}"
            )
        key = cast("Mapping[str, Any]", given)["key"]
        if not isinstance(key, str) or key not in self.runnables:
            names = ", ".join(repr(name) for name in self.runnables)
            hint = nearest(key, self.runnables) if isinstance(key, str) else ""
            raise InvalidInputError(f"{self.get_name()}: expected one of the keys {names}, got {shorten(key)}{hint}")
        return self.runnables[key], cast("Any", given)["input"], _placed(config, _segment(key))

    def invoke(self, input: RouterInput, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        step, given, config = self._route(input, config)
        return step.invoke(given, config, **kwargs)

    async def ainvoke(self, input: RouterInput, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        step, given, config = self._route(input, config)
        return await step.ainvoke(given, config, **kwargs)

    def stream(self, input: RouterInput, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Output]:
        step, given, config = self._route(input, config)
        yield from step.stream(given, config, **kwargs)

    async def astream(
        self, input: RouterInput, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        step, given, config = self._route(input, config)
        async with reading(step.astream(given, config, **kwargs)) as chunks:
            async for chunk in chunks:
                yield chunk

    @property
    def OutputType(self) -> Any:
        return next((step.OutputType for step in self.runnables.values() if step.OutputType is not Any), Any)

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import record_schema

        return record_schema(self.get_name("Input"), RouterInput)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(_segment(key), key, step) for key, step in self.runnables.items()]


def _segment(key: str) -> str:
    return f"router:{escape_segment(key)}"


def _placed(config: RunnableConfig | None, segment: str) -> RunnableConfig | None:
    """The config of a router for one of its steps, which stands in the graph below the router's own place."""
    scope = (config or {}).get("callbacks")
    if not isinstance(scope, Scope):
        return config
    path = f"{scope.segment}/{segment}" if scope.segment else segment
    return {**(config or {}), "callbacks": scope.at(scope.position, path)}


__all__ = ["RouterInput", "RouterRunnable"]
