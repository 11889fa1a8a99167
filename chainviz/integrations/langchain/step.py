"""A Runnable of LangChain's, or a compiled graph of LangGraph's, as a Runnable of ours."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast
from weakref import WeakValueDictionary

from chainviz.config import ambient, ensure_config
from chainviz.integrations.langchain.bridge import to_langchain
from chainviz.integrations.langchain.shape import children_of, kind_of, links_of, name_of, params_of, unwrapped
from chainviz.integrations.langchain.state_graph import End, StateNode
from chainviz.integrations.langchain.values import as_ours, as_theirs
from chainviz.runnables.base import Runnable
from chainviz.runnables.coerce import ADOPTERS
from chainviz.tracing.active import cancel_reason
from chainviz.tracing.scope import as_scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from chainviz.config import RunnableConfig
    from chainviz.graph.model import Link
    from chainviz.integrations.langchain.shape import Child
    from chainviz.tracing.events import Run
    from chainviz.tracing.scope import Scope

_INHERITED = ("run_name", "run_id", "max_concurrency", "recursion_limit", "configurable")


class LangChainStep(Runnable[Any, Any]):
    """`thing` as a step of ours: its runs nest under ours, messages and documents are the reader's own on both sides,
    streaming, errors and cancelling pass through. It opens no run of its own; what else it has, `thing` has."""

    opens_runs: ClassVar[bool] = False

    def __init__(self, thing: Any) -> None:
        self.thing: Any = thing

    # --- the verbs -------------------------------------------------------------------------------------------

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        scope, theirs = _handed(config)
        with _within(scope):
            return as_ours(self.thing.invoke(as_theirs(input), theirs, **kwargs))

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        scope, theirs = _handed(config)
        with _within(scope):
            return as_ours(await self.thing.ainvoke(as_theirs(input), theirs, **kwargs))

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        if self._gives_states(kwargs):
            return super().stream(input, config, **kwargs)
        scope, theirs = _handed(config)
        return _read(self.thing.stream(as_theirs(input), theirs, **kwargs), scope)

    def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        if self._gives_states(kwargs):
            return super().astream(input, config, **kwargs)
        scope, theirs = _handed(config)
        return _aread(self.thing.astream(as_theirs(input), theirs, **kwargs), scope)

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        if self._gives_states(kwargs):
            return super().transform(input, config, **kwargs)
        scope, theirs = _handed(config)
        return _read(self.thing.transform(map(as_theirs, input), theirs, **kwargs), scope)

    def atransform(
        self, input: AsyncIterator[Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        if self._gives_states(kwargs):
            return super().atransform(input, config, **kwargs)
        scope, theirs = _handed(config)
        given = (as_theirs(chunk) async for chunk in input)
        return _aread(self.thing.atransform(given, theirs, **kwargs), scope)

    def _gives_states(self, kwargs: dict[str, Any]) -> bool:
        """Whether the parts that it streams are a graph's updates, which do not add up to its output: a stream of ours
        is then the output at once, unless the caller names the updates that he wants."""
        return "stream_mode" not in kwargs and kind_of(self.thing) == "graph"

    # --- what it is ------------------------------------------------------------------------------------------

    @cached_property
    def _inside(self) -> list[Child]:
        """What has runs of its own inside; a graph of states is drawn for it, which takes long."""
        return self.thing.steps if isinstance(self.thing, StateNode) else children_of(self.thing)

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self.thing.get_name(suffix, name=name or name_of(self.thing))

    @property
    def InputType(self) -> Any:
        return self.thing.InputType

    @property
    def OutputType(self) -> Any:
        return self.thing.OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> Any:
        return self.thing.get_input_schema(cast("Any", config))

    def get_output_schema(self, config: RunnableConfig | None = None) -> Any:
        return self.thing.get_output_schema(cast("Any", config))

    @property
    def config_specs(self) -> list[Any]:
        return self.thing.config_specs

    @property
    def _graph_kind(self) -> str:  # type: ignore[override]
        return kind_of(self.thing)

    @property
    def _graph_class(self) -> str:
        name = type(self.thing).__name__
        return "function" if name == "RunnableCallable" else name

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(segment, slot, _described(child)) for segment, slot, child in children_of(self.thing)]

    def _graph_links(self) -> tuple[Link, ...]:
        return links_of(self.thing)

    def _graph_params(self) -> dict[str, Any]:
        return params_of(self.thing)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "thing":  # which is not there yet while a copy is being made
            raise AttributeError(name)
        return getattr(self.thing, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LangChainStep) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __repr__(self) -> str:
        return repr(self.thing)


class StepAt(LangChainStep):
    """The step of a run by its place below the step of the run around; it is looked up when somebody asks for it.
    `thing` is None where that step says nothing of what is inside."""

    def __init__(self, around: Run, segment: str) -> None:
        self._place = around, segment

    @cached_property
    def thing(self) -> Any:  # type: ignore[override]
        around, segment = self._place
        inside = around.step._inside if isinstance(around.step, LangChainStep) else []
        found = next((child for name, _, child in inside if name == segment), None)
        return None if found is None else unwrapped(found)


class NodeStep(LangChainStep):
    """A node of a state graph, as far as a drawing shows it."""

    def __init__(self, node: StateNode) -> None:
        super().__init__(node.bound)
        self._node = node

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self._node.name

    @property
    def _graph_kind(self) -> str:  # type: ignore[override]
        inside = [step for _, _, step in self._node.steps]
        return "sequence" if len(inside) > 1 or self.thing in inside else kind_of(self.thing)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(segment, slot, _described(child)) for segment, slot, child in self._node.steps]

    def _graph_links(self) -> tuple[Link, ...]:
        return ()


class EndStep(Runnable[Any, Any]):
    """Where a state graph begins or ends."""

    def __init__(self, end: End) -> None:
        self.name = self._graph_class = end.name
        self._graph_kind = end.kind  # type: ignore[misc]


_STEPS: WeakValueDictionary[int, LangChainStep] = WeakValueDictionary()


def step_of(thing: Any) -> LangChainStep:
    """The step that stands for an object, the same one each time."""
    step = _STEPS.get(id(thing))
    if step is None or step.thing is not thing:
        step = _STEPS[id(thing)] = LangChainStep(thing)
    return step


def _described(thing: Any) -> Runnable[Any, Any]:
    if isinstance(thing, Runnable):
        return cast("Runnable[Any, Any]", thing)
    if isinstance(thing, End):
        return EndStep(thing)
    return NodeStep(thing) if isinstance(thing, StateNode) else LangChainStep(thing)


def _handed(config: RunnableConfig | None) -> tuple[Scope, Any]:
    """The scope in which theirs runs, and the config that it is given."""
    rest: Any = ensure_config(config)
    scope = as_scope(rest["callbacks"])
    theirs: Any = {name: rest[name] for name in _INHERITED if rest.get(name)}
    theirs["tags"] = [*scope.tags, *(tag for tag in rest["tags"] if tag not in scope.tags)]
    theirs["metadata"] = {**scope.metadata, **rest["metadata"]}
    return scope, theirs


@contextmanager
def _within(scope: Scope) -> Generator[None]:
    """What is called in the block has this scope around it, and what it has left open there ends when it raises."""
    try:
        with ambient(scope):
            yield
    except BaseException as error:
        if scope.record is not None:
            from chainviz.integrations.langchain.captured import CAPTURED, LEFT  # which imports this module

            CAPTURED.abandon(scope, cancel_reason(error) or LEFT)
        raise


def _read(stream: Iterator[Any], scope: Scope) -> Iterator[Any]:
    """A stream of theirs, read with this scope around it, and closed with its reader."""
    try:
        while True:
            with _within(scope):
                try:
                    chunk = next(stream)
                except StopIteration:
                    return
            yield as_ours(chunk)
    finally:
        with ambient(scope):
            stream.close()  # type: ignore[attr-defined]


async def _aread(stream: AsyncIterator[Any], scope: Scope) -> AsyncIterator[Any]:
    try:
        while True:
            with _within(scope):
                try:
                    chunk = await anext(stream)
                except StopAsyncIteration:
                    return
            yield as_ours(chunk)
    finally:
        with ambient(scope):
            await stream.aclose()  # type: ignore[attr-defined]


def adopt_steps() -> None:
    """Let LangChain's Runnables stand wherever a step is expected, and ours wherever LangChain expects one of its own:
    what is no Runnable there has to be a function, whose output, if it is a Runnable, is run in its place."""
    ADOPTERS.append(_adopted)
    Runnable.__call__ = lambda step, _: to_langchain(step)  # type: ignore[attr-defined]


def _adopted(thing: Any) -> LangChainStep | None:
    # Where a class of theirs exists at all, this module is loaded.
    theirs: Any = sys.modules["langchain_core.runnables.base"]
    return step_of(thing) if isinstance(thing, theirs.Runnable) else None


__all__ = ["LangChainStep", "StepAt", "adopt_steps", "step_of"]
