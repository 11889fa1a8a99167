"""A Runnable that stands for another one, which each call finds anew."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.compared import Compared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig


class Delegate(Runnable[Input, Output], Compared):
    """Opens no run of its own: every verb asks `prepare` and passes the call on to what that gives."""

    @abstractmethod
    def prepare(self, config: RunnableConfig | None = None) -> tuple[Runnable[Input, Output], RunnableConfig | None]:
        """The runnable that serves a call with this config, and the config to call it with."""

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        runnable, config = self.prepare(config)
        return runnable.invoke(input, config, **kwargs)

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        runnable, config = self.prepare(config)
        return await runnable.ainvoke(input, config, **kwargs)

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Output]:
        runnable, config = self.prepare(config)
        return runnable.stream(input, config, **kwargs)

    def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Output]:
        runnable, config = self.prepare(config)
        return runnable.astream(input, config, **kwargs)

    def transform(
        self, input: Iterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Output]:
        runnable, config = self.prepare(config)
        return runnable.transform(input, config, **kwargs)

    def atransform(
        self, input: AsyncIterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        runnable, config = self.prepare(config)
        return runnable.atransform(input, config, **kwargs)

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        runnable, config = self.prepare(config)
        return runnable.get_input_schema(config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        runnable, config = self.prepare(config)
        return runnable.get_output_schema(config)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        runnable, config = self.prepare(config)
        return runnable.get_prompts(config)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("", None, self.prepare()[0])]


__all__ = ["Delegate"]
