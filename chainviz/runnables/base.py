"""The Runnable interface: eight verbs, two observations, and the ways of composing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, cast, overload

from chainviz.addable import total_of
from chainviz.config import CURRENT, config_list
from chainviz.missing import MISSING
from chainviz.runnables.crew import amap_all, map_all
from chainviz.runnables.limit import limited
from chainviz.runnables.streams import reading
from chainviz.runnables.type_arguments import type_argument
from chainviz.runnables.work import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.graph.model import Graph
    from chainviz.tracing.run_log import RunLog, RunLogPatch
    from chainviz.tracing.stream_events import StreamEvent

Input = TypeVar("Input")
Output = TypeVar("Output")
Other = TypeVar("Other")


class Runnable(Generic[Input, Output]):
    """One step of a chain, or a whole chain.

    A class of one's own needs `invoke` only; every other verb then derives from it. It opens no run, but what it
    calls with its `config` is traced. (No ABC: functions are asked often whether they returned a Runnable, and
    `isinstance` costs an ABC ten times as much.)
    """

    name: str | None
    _graph_kind: ClassVar[str] = "chain"
    opens_runs: ClassVar[bool] = False
    """Whether its verbs open runs, and so may be given the scope of the run around them for a config."""

    # --- the verbs -------------------------------------------------------------------------------------------

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        """Turn one input into one output."""
        raise NotImplementedError(f"{type(self).__name__}: expected a class of Runnable to have `invoke`, got none")

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        """`invoke` without blocking the event loop."""
        return await in_thread(self.invoke, input, config, **kwargs)

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Output]:
        """The output in chunks, as they are made; added up they are what `invoke` returns."""
        yield self.invoke(input, config, **kwargs)

    async def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Output]:
        """`stream` without blocking the event loop."""
        yield await self.ainvoke(input, config, **kwargs)

    def transform(
        self, input: Iterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Output]:
        """Turn a stream of input chunks into a stream of output chunks. No input chunks, no output chunks."""
        total = total_of(list(input))
        if total is not MISSING:
            yield from self.stream(total, config, **kwargs)

    async def atransform(
        self, input: AsyncIterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        """`transform` without blocking the event loop."""
        total = total_of([chunk async for chunk in input])
        if total is not MISSING:
            async with reading(self.astream(total, config, **kwargs)) as chunks:
                async for chunk in chunks:
                    yield chunk

    def batch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        """The outputs of many inputs, in their order, `config["max_concurrency"]` at once.

        The first exception is raised, or each stands at its input's place with `return_exceptions`. Raises
        InvalidConfigError where there are several configs, but not one for each input.
        """
        if config is None and not kwargs and CURRENT.get() is None:
            return map_all(_settled(self._plain) if return_exceptions else self._plain, inputs)

        def call(pair: tuple[Input, RunnableConfig | None]) -> Output:
            return self.invoke(*pair, **kwargs)

        slots, configs = limited(config_list(config, len(inputs)))
        pairs = list(zip(inputs, configs, strict=True))
        return map_all(_settled(call) if return_exceptions else call, pairs, slots)

    async def abatch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        """`batch` without blocking the event loop; without `max_concurrency`, all at once."""
        if config is None and not kwargs and CURRENT.get() is None:
            return await amap_all(_asettled(self._aplain) if return_exceptions else self._aplain, inputs)

        async def call(pair: tuple[Input, RunnableConfig | None]) -> Output:
            return await self.ainvoke(*pair, **kwargs)

        slots, configs = limited(config_list(config, len(inputs)))
        pairs = list(zip(inputs, configs, strict=True))
        return await amap_all(_asettled(call) if return_exceptions else call, pairs, slots)

    # --- without watching ------------------------------------------------------------------------------------

    def _plain(self, input: Any) -> Any:
        """What `invoke(input)` does where nobody watches; a combinator calls it to save the steps in between."""
        return self.invoke(input)

    async def _aplain(self, input: Any) -> Any:
        """What `ainvoke(input)` does where nobody watches."""
        return await self.ainvoke(input)

    @property
    def blocks(self) -> bool:
        """Whether it may take a while, so that it deserves a thread of its own."""
        return True

    # --- observing -------------------------------------------------------------------------------------------

    def astream_events(
        self,
        input: Any,
        config: RunnableConfig | None = None,
        *,
        version: Literal["v1", "v2"] = "v2",
        include_names: Sequence[str] | None = None,
        include_types: Sequence[str] | None = None,
        include_tags: Sequence[str] | None = None,
        include_metadata: Mapping[str, Any] | None = None,
        exclude_names: Sequence[str] | None = None,
        exclude_types: Sequence[str] | None = None,
        exclude_tags: Sequence[str] | None = None,
        exclude_metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[StreamEvent]:
        """Run the chain and give what happens in it as it happens: dicts with `event`, `name`, `run_id`, `parent_ids`,
        `tags`, `metadata`, `data`.

        The includes are a union, the excludes then win; an empty list includes nothing. A metadata filter matches a
        run that has all of its keys with these values. Raises InvalidConfigError for another version.
        """
        from chainviz.tracing.observe import observe
        from chainviz.tracing.run_filter import RunFilter
        from chainviz.tracing.stream_events import project_events

        chosen = RunFilter(
            names=(include_names, exclude_names),
            types=(include_types, exclude_types),
            tags=(include_tags, exclude_tags),
            metadata=(include_metadata, exclude_metadata),
        )
        return project_events(observe(self, input, config, kwargs), version, chosen, input)

    @overload
    def astream_log(
        self, input: Any, config: RunnableConfig | None = None, *, diff: Literal[True] = True, **kwargs: Any
    ) -> AsyncIterator[RunLogPatch]: ...

    @overload
    def astream_log(
        self, input: Any, config: RunnableConfig | None = None, *, diff: Literal[False], **kwargs: Any
    ) -> AsyncIterator[RunLog]: ...

    def astream_log(
        self,
        input: Any,
        config: RunnableConfig | None = None,
        *,
        diff: bool = True,
        with_streamed_output_list: bool = True,
        include_names: Sequence[str] | None = None,
        include_types: Sequence[str] | None = None,
        include_tags: Sequence[str] | None = None,
        include_metadata: Mapping[str, Any] | None = None,
        exclude_names: Sequence[str] | None = None,
        exclude_types: Sequence[str] | None = None,
        exclude_tags: Sequence[str] | None = None,
        exclude_metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[RunLogPatch] | AsyncIterator[RunLog]:
        """Run the chain and give its RunState as JSON Patch operations, or with `diff=False` state by state.

        The filters are those of `astream_events`; they choose which sub-runs stand in `logs`.
        """
        from chainviz.tracing.observe import observe
        from chainviz.tracing.run_filter import RunFilter
        from chainviz.tracing.run_log import project_log, project_states

        chosen = RunFilter(
            names=(include_names, exclude_names),
            types=(include_types, exclude_types),
            tags=(include_tags, exclude_tags),
            metadata=(include_metadata, exclude_metadata),
        )
        patches = project_log(observe(self, input, config, kwargs), chosen, with_streamed_output_list)
        return patches if diff else project_states(patches)

    # --- composing -------------------------------------------------------------------------------------------

    def __or__(self, other: Any) -> Runnable[Input, Any]:
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(self, other)

    def __ror__(self, other: Any) -> Runnable[Any, Output]:
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(other, self)

    def pipe(self, *others: Any, name: str | None = None) -> Runnable[Input, Any]:
        """This step and then the others: `a.pipe(b, c)` is `a | b | c`."""
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(self, *others, name=name)

    def pick(self, keys: str | list[str]) -> Runnable[Input, Any]:
        """Pick one key of this step's output dict, or a dict of several."""
        from chainviz.runnables.passthrough import RunnablePick

        return self | RunnablePick(keys)

    def assign(self, **steps: Any) -> Runnable[Input, Any]:
        """Add keys to this step's output dict, each made from that dict by a step."""
        from chainviz.runnables.parallel import RunnableParallel
        from chainviz.runnables.passthrough import RunnableAssign

        return self | RunnableAssign(RunnableParallel(steps))

    def map(self) -> Runnable[Sequence[Any], list[Output]]:
        """This step on each item of a list."""
        from chainviz.runnables.each import RunnableEach

        return RunnableEach[Output](self)

    def bind(self, **kwargs: Any) -> Runnable[Input, Output]:
        """This step with arguments that every call of it gets."""
        from chainviz.runnables.binding import RunnableBinding

        return RunnableBinding(self, kwargs=kwargs)

    def with_config(self, config: RunnableConfig | None = None, **kwargs: Any) -> Runnable[Input, Output]:
        """This step with a config that every call of it gets; keys may be given as keywords."""
        from chainviz.runnables.binding import RunnableBinding

        return RunnableBinding(self, config=cast("RunnableConfig", {**(config or {}), **kwargs}))

    def with_types(self, *, input_type: Any = None, output_type: Any = None) -> Runnable[Input, Output]:
        """This step with its input or output type said."""
        from chainviz.runnables.binding import RunnableBinding

        return RunnableBinding(self, input_type=input_type, output_type=output_type)

    def with_retry(
        self,
        *,
        retry_if_exception_type: tuple[type[BaseException], ...] = (Exception,),
        wait_exponential_jitter: bool = True,
        stop_after_attempt: int = 3,
    ) -> Runnable[Input, Output]:
        """This step, tried again when it raises one of these exceptions, at most `stop_after_attempt` times in all."""
        from chainviz.runnables.retry import RunnableRetry

        return RunnableRetry(
            self,
            retry_exception_types=retry_if_exception_type,
            wait_exponential_jitter=wait_exponential_jitter,
            max_attempt_number=stop_after_attempt,
        )

    def with_fallbacks(
        self,
        fallbacks: Sequence[Any],
        *,
        exceptions_to_handle: tuple[type[BaseException], ...] = (Exception,),
        exception_key: str | None = None,
    ) -> Runnable[Input, Output]:
        """This step, and others to try in turn when it raises one of these exceptions."""
        from chainviz.runnables.fallbacks import RunnableWithFallbacks

        return RunnableWithFallbacks(
            self, fallbacks, exceptions_to_handle=exceptions_to_handle, exception_key=exception_key
        )

    # --- what it is ------------------------------------------------------------------------------------------

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        """The name that its runs bear; with a suffix, the name of something of it, as in 'PromptInput'."""
        text = name or getattr(self, "name", None) or self._default_name()
        if not suffix:
            return text
        return f"{text}_{suffix.lower()}" if text[0].islower() else f"{text}{suffix.title()}"

    def _default_name(self) -> str:
        return type(self).__name__

    @property
    def InputType(self) -> Any:
        """The type of its input, from the class's type arguments; Any where they do not say."""
        return type_argument(type(self), Runnable, 0)

    @property
    def OutputType(self) -> Any:
        """The type of its output, from the class's type arguments; Any where they do not say."""
        return type_argument(type(self), Runnable, 1)

    @property
    def input_schema(self) -> type[BaseModel]:
        """A pydantic model of its input, made from its structure."""
        return self.get_input_schema()

    @property
    def output_schema(self) -> type[BaseModel]:
        """A pydantic model of its output, made from its structure."""
        return self.get_output_schema()

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import type_schema

        return type_schema(self.get_name("Input"), self.InputType)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import type_schema

        return type_schema(self.get_name("Output"), self.OutputType)

    def _output_schema_after(self, given: type[BaseModel]) -> type[BaseModel]:
        """The schema of its output after a step that gives `given`."""
        return self.get_output_schema()

    def get_input_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its input."""
        return self.get_input_schema(config).model_json_schema()

    def get_output_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its output."""
        return self.get_output_schema(config).model_json_schema()

    def get_graph(self, config: RunnableConfig | None = None) -> Graph:
        """Its static graph: the steps with stable path ids, and the drawings of them."""
        from chainviz.graph.model import Graph

        return Graph.of(self)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        """The prompt templates in it, in order."""
        prompts: list[Any] = []
        for _, _, child in self._graph_children():
            prompts.extend(child.get_prompts(config))
        return prompts

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        """The steps inside: (segment of their path id, what this step calls them, the step)."""
        return []

    def _graph_params(self) -> dict[str, Any]:
        """The few parameters by which a reader tells this step from another of its kind."""
        return {}


def _settled(call: Callable[[Other], Output]) -> Callable[[Other], Output]:
    """The call with what it raises as its result."""

    def settled(item: Other) -> Any:
        try:
            return call(item)
        except Exception as error:
            return error

    return settled


def _asettled(call: Callable[[Other], Coroutine[Any, Any, Output]]) -> Callable[[Other], Coroutine[Any, Any, Output]]:
    async def settled(item: Other) -> Any:
        try:
            return await call(item)
        except Exception as error:
            return error

    return settled


__all__ = ["Input", "Other", "Output", "Runnable"]
