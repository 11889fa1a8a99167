"""A Runnable of ours as one of LangChain's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks.manager import CallbackManager
from langchain_core.runnables import Runnable as Theirs
from langchain_core.runnables import RunnableConfig as TheirConfig

from chainviz.integrations.langchain.capture import Capture
from chainviz.integrations.langchain.captured import running
from chainviz.integrations.langchain.places import is_position, segment_of
from chainviz.integrations.langchain.relay import Relay
from chainviz.integrations.langchain.values import as_ours, as_theirs
from chainviz.runnables.coerce import as_step
from chainviz.runnables.streams import reading
from chainviz.tracing.bus import SILENT
from chainviz.tracing.scope import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from chainviz.config import RunnableConfig

_PASSED_ON = ("max_concurrency", "recursion_limit", "configurable", "run_name", "run_id")


class ChainvizRunnable(Theirs[Any, Any]):
    """`step` for LangChain: its runs nest under theirs in our traces, and their handlers are told of them."""

    def __init__(self, step: Any) -> None:
        self.step = as_step(step, "to_langchain")

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self.step.get_name(suffix, name=name)

    @property
    def InputType(self) -> Any:
        return self.step.InputType

    @property
    def OutputType(self) -> Any:
        return self.step.OutputType

    def invoke(self, input: Any, config: TheirConfig | None = None, **kwargs: Any) -> Any:
        return as_theirs(self.step.invoke(as_ours(input), self._config(config), **kwargs))

    async def ainvoke(self, input: Any, config: TheirConfig | None = None, **kwargs: Any) -> Any:
        return as_theirs(await self.step.ainvoke(as_ours(input), self._config(config), **kwargs))

    def stream(self, input: Any, config: TheirConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        yield from map(as_theirs, self.step.stream(as_ours(input), self._config(config), **kwargs))

    async def astream(self, input: Any, config: TheirConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        async with reading(self.step.astream(as_ours(input), self._config(config), **kwargs)) as chunks:
            async for chunk in chunks:
                yield as_theirs(chunk)

    def transform(self, input: Iterator[Any], config: TheirConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        yield from map(as_theirs, self.step.transform(map(as_ours, input), self._config(config), **kwargs))

    async def atransform(
        self, input: AsyncIterator[Any], config: TheirConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        async with (
            reading(as_ours(chunk) async for chunk in input) as given,
            reading(self.step.atransform(given, self._config(config), **kwargs)) as chunks,
        ):
            async for chunk in chunks:
                yield as_theirs(chunk)

    def _config(self, config: TheirConfig | None) -> RunnableConfig:
        """What our step is given for a config of theirs."""
        theirs: Any = config or {}
        manager: Any = CallbackManager.configure(
            theirs.get("callbacks"), inheritable_tags=theirs.get("tags"), inheritable_metadata=theirs.get("metadata")
        )
        around = running(manager.parent_run_id)
        ours = {name: theirs[name] for name in _PASSED_ON if theirs.get(name)}
        if around is None and not manager.handlers:
            return cast("RunnableConfig", ours)
        place = next((tag for tag in manager.tags if is_position(tag)), None)
        segment = segment_of(manager.tags, {})
        scope = Scope(SILENT, position=place) if around is None else around.at(place, segment)
        scope.tags = (*manager.inheritable_tags,)
        scope.metadata = {**manager.inheritable_metadata}
        if others := [handler for handler in manager.handlers if not isinstance(handler, Capture)]:
            scope = scope.plus([Relay(manager, others)])
        return cast("RunnableConfig", {**ours, "callbacks": scope})


__all__ = ["ChainvizRunnable"]
