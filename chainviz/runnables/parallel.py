"""Steps side by side on the same input."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from chainviz.addable import AddableDict
from chainviz.errors import InvalidConfigError, shorten
from chainviz.runnables.base import Input, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.composite import Composite
from chainviz.runnables.crew import amap_all, map_all
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.merge import amerge, in_turn, merge
from chainviz.runnables.streams import close, reading
from chainviz.runnables.tee import ATee, Tee
from chainviz.tracing.events import escape_segment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.runnables.likes import AnyStepLike, Steps
    from chainviz.slots import Slots
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableParallel(Composite[Input, dict[str, Any]]):
    """Gives its input to every step and returns a dict of their outputs, under the steps' keys in their order.

    Steps that may block run at the same time. Arguments of a call are not for its steps. Raises NotAStepError where a
    value is no step, InvalidConfigError where a key is no text.
    """

    _graph_kind = "parallel"

    def __init__(self, steps: Steps[Input] | None = None, /, **more: AnyStepLike[Input]) -> None:
        self.steps: dict[str, Runnable[Any, Any]] = {
            _text(key): as_step(thing, f"key {key!r} of a parallel") for key, thing in {**(steps or {}), **more}.items()
        }
        self._slow_keys: list[str] | None = None
        self._plan()
        self._places = {key: (f"map:key:{key}", _segment(key)) for key in self.steps}
        open_for_handlers(self, self.steps.values())

    def _plan(self) -> None:
        self._plain_calls = [(key, step._plain_call()) for key, step in self.steps.items()]

    def _default_name(self) -> str:
        return f"RunnableParallel<{','.join(self.steps)}>"

    def __repr__(self) -> str:
        indented = (
            f"  {key}: " + repr(step).replace("\n", "\n    " + " " * len(key)) for key, step in self.steps.items()
        )
        return "{\n" + ",\n".join(indented) + "\n}"

    def _child(self, run: ActiveRun | Unwatched, key: str) -> RunnableConfig | None:
        return run.child(*self._places[key], self.steps[key])

    @property
    def blocks(self) -> bool:
        return any(step.blocks for step in self.steps.values())

    def _slow(self) -> list[str]:
        """The keys whose steps deserve threads: those that may block, where there are several."""
        if self._slow_keys is None:
            slow = [key for key, step in self.steps.items() if step.blocks]
            self._slow_keys = slow if len(slow) > 1 else []
        return self._slow_keys

    def _invoke_plain(self, input: Any) -> dict[str, Any]:
        if not (self._slow() if self._slow_keys is None else self._slow_keys):
            return {key: call(input) for key, call in self._plain_calls}
        calls = dict(self._plain_calls)
        return self._each_key(lambda key: calls[key](input), None)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        return self._each_key(lambda key: self.steps[key].invoke(input, self._child(run, key)), run.slots)

    def _each_key(self, call: Callable[[str], Any], slots: Slots | None) -> dict[str, Any]:
        slow = self._slow()
        outputs = dict(zip(slow, map_all(call, slow, slots), strict=True))
        return {key: outputs[key] if key in outputs else call(key) for key in self.steps}

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        async def call(key: str) -> Any:
            return await self.steps[key].ainvoke(input, self._child(run, key))

        slow = self._slow()
        outputs = dict(zip(slow, await amap_all(call, slow, run.slots), strict=True))
        return {key: outputs[key] if key in outputs else await call(key) for key in self.steps}

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        tee = Tee(chunks, len(self.steps))
        with ExitStack() as opened:
            streams: list[Iterator[Any]] = []
            for index, (key, step) in enumerate(self.steps.items()):
                streams.append(step.transform(tee.reader(index), self._child(run, key)))
                opened.callback(close, streams[-1])
            merged = merge(streams, run.slots) if self._slow() else in_turn(streams)
            opened.callback(close, merged)
            keys = list(self.steps)
            for number, chunk in merged:
                yield AddableDict({keys[number]: chunk})

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        tee = ATee(chunks, len(self.steps))
        streams = [
            step.atransform(tee.reader(index), self._child(run, key))
            for index, (key, step) in enumerate(self.steps.items())
        ]
        keys = list(self.steps)
        async with reading(amerge(streams, run.slots)) as merged:
            async for number, chunk in merged:
                yield AddableDict({keys[number]: chunk})

    @property
    def InputType(self) -> Any:
        for step in self.steps.values():
            if step.InputType is not Any:
                return step.InputType
        return Any

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import parallel_input_schema

        return parallel_input_schema(self.get_name("Input"), list(self.steps.values()), config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import parallel_output_schema

        return parallel_output_schema(self.get_name("Output"), self.steps)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(_segment(key), key, step) for key, step in self.steps.items()]


RunnableMap = RunnableParallel


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise InvalidConfigError(f"a parallel: expected keys that are texts, got {shorten(key)}")


def _segment(key: str) -> str:
    return f"map:{escape_segment(key)}"


__all__ = ["RunnableMap", "RunnableParallel"]
