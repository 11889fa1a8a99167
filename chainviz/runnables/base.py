"""The Runnable interface: eight verbs, two observations, and the ways of composing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, cast, overload

from chainviz.addable import total_of
from chainviz.config import CURRENT, ambient, check_config, ensure_config
from chainviz.missing import MISSING
from chainviz.runnables.streams import AWhole
from chainviz.runnables.type_arguments import type_argument

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.graph.model import Graph, Link
    from chainviz.runnables.configurable import RunnableConfigurableAlternatives, RunnableConfigurableFields
    from chainviz.runnables.fields import AnyConfigurableField, ConfigurableField, ConfigurableFieldSpec
    from chainviz.runnables.likes import From, StepLike, Steps, To
    from chainviz.runnables.listeners import Listener
    from chainviz.tools.simple import FunctionTool
    from chainviz.tracing.run_log import RunLog, RunLogPatch
    from chainviz.tracing.stream_events import Called, StreamEvent
    from chainviz.widgets.builder import ChainBuilder

Input = TypeVar("Input", contravariant=True)
Output = TypeVar("Output", covariant=True)
Other = TypeVar("Other")


PlainPart: TypeAlias = "tuple[Callable[[Any], Any], Callable[[Any, Any], Any] | None]"
"""What to call with an input, and what to call with its output and the input where that output is a Runnable to run."""


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
        from chainviz.runnables.work import in_thread

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

    def atransform(
        self, input: AsyncIterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        """`transform` without blocking the event loop."""
        return AWhole(input, lambda total: self.astream(total, config, **kwargs))

    def batch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        """The outputs of many inputs, in their order, `config["max_concurrency"]` at once, on `config["executor"]`.

        The exception of the first input that has one is raised, once the calls that began beside it have ended, or each
        stands at its input's place with `return_exceptions`. Raises InputTypeError where the inputs are no list,
        InvalidConfigError where there are several configs, but not one for each input.
        """
        from chainviz.runnables.batched import batched

        return batched(self, self._plain_call(), inputs, config, return_exceptions, kwargs)

    async def abatch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        """`batch` without blocking the event loop; without `max_concurrency`, all at once."""
        from chainviz.runnables.batched import abatched

        return await abatched(self, self._aplain_call(), inputs, config, return_exceptions, kwargs)

    def batch_as_completed(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> Iterator[tuple[int, Output]]:
        """`batch` whose outputs come as soon as they are there, each with the index of its input.

        Left early, it waits for the calls that have begun; the others never begin.
        """
        from chainviz.runnables.completed import completed

        return completed(self, inputs, config, return_exceptions, kwargs)

    def abatch_as_completed(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[tuple[int, Output]]:
        """`batch_as_completed` without blocking the event loop. Left early, it cancels the calls that have begun."""
        from chainviz.runnables.completed import acompleted

        return acompleted(self, inputs, config, return_exceptions, kwargs)

    # --- without watching ------------------------------------------------------------------------------------

    def _plain_call(self) -> Callable[[Any], Any]:
        """What does as `invoke(input)` does where nobody watches; a combinator keeps it, to save the steps between."""
        return self.invoke

    def _aplain_call(self) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        """`_plain_call` for `ainvoke`."""
        return self.ainvoke

    def _plain_part(self) -> PlainPart:
        """`_plain_call` as a part of a sequence, which saves a function's step the call around its function."""
        return self._plain_call(), None

    @property
    def blocks(self) -> bool:
        """Whether it may take a while, so that it deserves a thread of its own."""
        return True

    @property
    def brings_handlers(self) -> bool:
        """Whether callback handlers or listeners were given to it or to a step inside, and not by a call."""
        return False

    @property
    def batches(self) -> bool:
        """Whether its `batch` is more than a call on each of the inputs, so that a sequence has to call that."""
        cls, usual = cast("Any", type(self)), cast("Any", Runnable)
        return cls.batch is not usual.batch or cls.abatch is not usual.abatch

    @property
    def _each_chunk(self) -> Callable[[Any], Any] | None:
        """The function that makes an output chunk of each input chunk, where the step is no more than that."""
        return None

    def _called(self, config: RunnableConfig | None) -> Called:
        """As what a call with this config names it, whatever run then opens."""
        from chainviz.tracing.stream_events import Called

        whole = ensure_config(config)
        return Called(whole.get("run_name") or self.get_name(), whole.get("tags", []), whole.get("metadata", {}))

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
        as_called = self._called(config) if version == "v1" else None
        return project_events(observe(self, input, config, kwargs), version, chosen, input, as_called)

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
        from chainviz.tracing.log_projection import project_log, project_states
        from chainviz.tracing.observe import observe
        from chainviz.tracing.run_filter import RunFilter

        chosen = RunFilter(
            names=(include_names, exclude_names),
            types=(include_types, exclude_types),
            tags=(include_tags, exclude_tags),
            metadata=(include_metadata, exclude_metadata),
        )
        patches = project_log(observe(self, input, config, kwargs), chosen, with_streamed_output_list)
        return patches if diff else project_states(patches)

    def stream_events(
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
    ) -> Iterator[StreamEvent]:
        """`astream_events` without an event loop: the chain streams on a thread, and each event is seen as it happens.

        It is usable in a running event loop too, which it blocks. Left early, the chain stops.
        """
        from chainviz.runnables.observed import stream_events
        from chainviz.tracing.run_filter import RunFilter

        chosen = RunFilter(
            names=(include_names, exclude_names),
            types=(include_types, exclude_types),
            tags=(include_tags, exclude_tags),
            metadata=(include_metadata, exclude_metadata),
        )
        return stream_events(self, input, config, kwargs, version, chosen, self._called(config))

    @overload
    def stream_log(
        self, input: Any, config: RunnableConfig | None = None, *, diff: Literal[True] = True, **kwargs: Any
    ) -> Iterator[RunLogPatch]: ...

    @overload
    def stream_log(
        self, input: Any, config: RunnableConfig | None = None, *, diff: Literal[False], **kwargs: Any
    ) -> Iterator[RunLog]: ...

    def stream_log(
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
    ) -> Iterator[RunLogPatch] | Iterator[RunLog]:
        """`astream_log` without an event loop, as `stream_events` is `astream_events`."""
        from chainviz.runnables.observed import stream_log, stream_states
        from chainviz.tracing.run_filter import RunFilter

        chosen = RunFilter(
            names=(include_names, exclude_names),
            types=(include_types, exclude_types),
            tags=(include_tags, exclude_tags),
            metadata=(include_metadata, exclude_metadata),
        )
        patches = stream_log(self, input, config, kwargs, with_streamed_output_list, chosen)
        return patches if diff else stream_states(patches)

    # --- composing -------------------------------------------------------------------------------------------

    @overload
    def __or__(self, other: Runnable[Output, Other]) -> Runnable[Input, Other]: ...

    @overload
    def __or__(self, other: Callable[[AsyncIterator[Output]], AsyncIterator[Other]]) -> Runnable[Input, Other]: ...

    @overload
    def __or__(self, other: Callable[[Iterator[Output]], Iterator[Other]]) -> Runnable[Input, Other]: ...

    @overload
    def __or__(self, other: Callable[[Output], Awaitable[Other]]) -> Runnable[Input, Other]: ...

    @overload
    def __or__(self, other: Callable[[Output], Other]) -> Runnable[Input, Other]: ...

    @overload
    def __or__(self, other: Steps[Output]) -> Runnable[Input, dict[str, Any]]: ...

    def __or__(self, other: Any) -> Runnable[Input, Any]:
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(self, other)

    @overload
    def __ror__(self, other: Callable[[AsyncIterator[Other]], AsyncIterator[Input]]) -> Runnable[Other, Output]: ...

    @overload
    def __ror__(self, other: Callable[[Iterator[Other]], Iterator[Input]]) -> Runnable[Other, Output]: ...

    @overload
    def __ror__(self, other: Callable[[Other], Awaitable[Input]]) -> Runnable[Other, Output]: ...

    @overload
    def __ror__(self, other: Callable[[Other], Input]) -> Runnable[Other, Output]: ...

    @overload
    def __ror__(self: Runnable[dict[str, Any], Output], other: Steps[Other]) -> Runnable[Other, Output]: ...

    def __ror__(self, other: Any) -> Runnable[Any, Output]:
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(other, self)

    @overload
    def pipe(self, step: StepLike[Output, Other], /, *, name: str | None = None) -> Runnable[Input, Other]: ...

    @overload
    def pipe(self, step: Steps[Output], /, *, name: str | None = None) -> Runnable[Input, dict[str, Any]]: ...

    @overload
    def pipe(
        self, second: StepLike[Output, To], third: StepLike[To, Other], /, *, name: str | None = None
    ) -> Runnable[Input, Other]: ...

    @overload
    def pipe(
        self,
        second: StepLike[Output, From],
        third: StepLike[From, To],
        fourth: StepLike[To, Other],
        /,
        *,
        name: str | None = None,
    ) -> Runnable[Input, Other]: ...

    @overload
    def pipe(
        self, second: Any, third: Any, fourth: Any, fifth: Any, /, *others: Any, name: str | None = None
    ) -> Runnable[Input, Any]: ...

    def pipe(self, *others: Any, name: str | None = None) -> Runnable[Input, Any]:
        """This step and then the others: `a.pipe(b, c)` is `a | b | c`."""
        from chainviz.runnables.sequence import RunnableSequence

        return RunnableSequence(self, *others, name=name)

    @overload
    def pick(self, keys: str) -> Runnable[Input, Any]: ...

    @overload
    def pick(self, keys: list[str]) -> Runnable[Input, dict[str, Any]]: ...

    def pick(self, keys: str | list[str]) -> Runnable[Input, Any]:
        """Pick one key of this step's output dict, or a dict of several."""
        from chainviz.runnables.passthrough import RunnablePick

        return cast("Any", self) | RunnablePick(keys)

    def assign(self, **steps: Any) -> Runnable[Input, dict[str, Any]]:
        """Add keys to this step's output dict, each made from that dict by a step."""
        from chainviz.runnables.parallel import RunnableParallel
        from chainviz.runnables.passthrough import RunnableAssign

        return cast("Any", self) | RunnableAssign(RunnableParallel(steps))

    def map(self) -> Runnable[Sequence[Input], list[Output]]:
        """This step on each item of a list."""
        from chainviz.runnables.each import RunnableEach

        return RunnableEach[Output](self)

    def bind(self, **kwargs: Any) -> Runnable[Input, Output]:
        """This step with arguments that every call of it gets."""
        from chainviz.runnables.binding import RunnableBinding

        return RunnableBinding(self, kwargs=kwargs)

    def with_config(self, config: RunnableConfig | None = None, **kwargs: Any) -> Runnable[Input, Output]:
        """This step with a config that every call of it gets; keys may be given as keywords.

        Raises InvalidConfigError where the config is no dict, or a value in it is not of its form.
        """
        from chainviz.runnables.binding import RunnableBinding

        check_config(config or {})

        return RunnableBinding(self, config=cast("RunnableConfig", {**(config or {}), **kwargs}))

    def with_listeners(
        self, *, on_start: Listener | None = None, on_end: Listener | None = None, on_error: Listener | None = None
    ) -> Runnable[Input, Output]:
        """This step, with functions to call when a call of it starts, ends well, or fails or is cancelled.

        Each gets a ListenedRun: `id`, `name`, `run_type`, `inputs`, `outputs`, `error`, `start_time`, `end_time`,
        `tags`, `metadata`, `child_runs`; and the config, if it has a parameter `config`. What it raises is logged.
        """
        from chainviz.runnables.listeners import Listeners, RunnableWithListeners

        return RunnableWithListeners.of(self, Listeners(on_start, on_end, on_error))

    def with_alisteners(
        self, *, on_start: Listener | None = None, on_end: Listener | None = None, on_error: Listener | None = None
    ) -> Runnable[Input, Output]:
        """`with_listeners` with coroutine functions. They run beside the call, and have ended when it returns."""
        return self.with_listeners(on_start=on_start, on_end=on_end, on_error=on_error)

    def with_types(self, *, input_type: Any = None, output_type: Any = None) -> Runnable[Input, Output]:
        """This step with its input or output type said."""
        from chainviz.runnables.binding import RunnableBinding

        return RunnableBinding(self, input_type=input_type, output_type=output_type)

    def with_retry(
        self,
        *,
        retry_if_exception_type: tuple[type[BaseException], ...] | Callable[[BaseException], bool] = (Exception,),
        wait_exponential_jitter: bool = True,
        exponential_jitter_params: Mapping[str, float] | None = None,
        stop_after_attempt: int = 3,
    ) -> Runnable[Input, Output]:
        """This step, tried again when it raises one of these exceptions, or one for which the function given instead is
        true, at most `stop_after_attempt` times in all; with 0, as often as it takes.

        Between attempts it waits `initial` seconds, then `exp_base` times as long each time, and up to `jitter` more by
        chance, but at most `max`: these are the `exponential_jitter_params`, 1, 2, 1 and no limit where not given.
        """
        from chainviz.runnables.retry import RunnableRetry

        return RunnableRetry(
            self,
            retry_exception_types=retry_if_exception_type,
            wait_exponential_jitter=wait_exponential_jitter,
            exponential_jitter_params=exponential_jitter_params,
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

    def configurable_fields(self, **fields: AnyConfigurableField) -> RunnableConfigurableFields[Input, Output]:
        """This step with parameters that a call sets by `config["configurable"]`, under the fields' ids.

        Raises InvalidConfigError where it has no such parameter.
        """
        from chainviz.runnables.configurable import RunnableConfigurableFields

        return RunnableConfigurableFields(default=self, fields=fields)

    def configurable_alternatives(
        self,
        which: ConfigurableField,
        *,
        default_key: str = "default",
        prefix_keys: bool = False,
        **alternatives: Runnable[Input, Output] | Callable[[], Runnable[Input, Output]],
    ) -> RunnableConfigurableAlternatives[Input, Output]:
        """This step, or another one that a call chooses by its key, set under the id of `which` in
        `config["configurable"]`. An alternative is a step, or a function that makes one when it is needed.

        With `prefix_keys`, the configurable fields of the alternatives have ids like `llm==other/temperature`.
        """
        from chainviz.runnables.configurable import RunnableConfigurableAlternatives

        return RunnableConfigurableAlternatives(
            which=which, default=self, alternatives=alternatives, default_key=default_key, prefix_keys=prefix_keys
        )

    def as_tool(
        self,
        args_schema: type[BaseModel] | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
        arg_types: Mapping[str, Any] | None = None,
    ) -> FunctionTool:
        """This step as a tool. Its arguments are `args_schema`, or `arg_types` by name, or what its input schema says.

        Raises InvalidInputError where none of these says what the arguments are.
        """
        from chainviz.tools.structured import convert_runnable_to_tool

        return convert_runnable_to_tool(self, args_schema, name=name, description=description, arg_types=arg_types)

    # --- what it is ------------------------------------------------------------------------------------------

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        """The name that its runs bear; with a suffix, the name of something of it, as in 'PromptInput'."""
        if not name and not suffix:
            return getattr(self, "name", None) or self._default_name()
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

    def _output_schema_after(self, given: type[BaseModel], config: RunnableConfig | None) -> type[BaseModel]:
        """The schema of its output after a step that gives `given`."""
        return self.get_output_schema(config)

    def get_input_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its input."""
        return self.get_input_schema(config).model_json_schema()

    def get_output_jsonschema(self, config: RunnableConfig | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its output."""
        return self.get_output_schema(config).model_json_schema()

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of it a call can set by `config["configurable"]`. Raises InvalidConfigError where steps disagree."""
        from chainviz.runnables.fields import unique_specs

        return unique_specs(spec for _, _, child in self._graph_children() for spec in child.config_specs)

    def config_schema(self, *, include: Sequence[str] | None = None) -> type[BaseModel]:
        """A pydantic model of its config: what is configurable, and the keys of RunnableConfig in `include`."""
        from chainviz.runnables.fields import config_schema

        return config_schema(self.get_name("Config"), self.config_specs, include or ())

    def get_config_jsonschema(self, *, include: Sequence[str] | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its config."""
        return self.config_schema(include=include).model_json_schema()

    def get_graph(self, config: RunnableConfig | None = None) -> Graph:
        """Its static graph: the steps with stable path ids, and the drawings of them; what is configurable, as
        `config` has it."""
        from chainviz.graph.model import Graph

        with ambient(config or CURRENT.get()):
            return Graph.of(self)

    def edit(self) -> ChainBuilder:
        """Open the chain builder with this chain in it; the chain itself stays as it is."""
        from chainviz.notebook.builder import build

        return build(self)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        """The prompt templates in it, in order."""
        prompts: list[Any] = []
        for _, _, child in self._graph_children():
            prompts.extend(child.get_prompts(config))
        return prompts

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        """The steps inside: (segment of their path id, what this step calls them, the step)."""
        return []

    def _graph_links(self) -> tuple[Link, ...]:
        """Of a state graph, how the steps inside follow each other."""
        return ()

    def _graph_params(self) -> dict[str, Any]:
        """The few parameters by which a reader tells this step from another of its kind."""
        return {}


RUNNABLE: Any = Runnable
"""For `isinstance`, which would narrow what is Any to a Runnable of unknown types."""

__all__ = ["RUNNABLE", "Input", "Other", "Output", "PlainPart", "Runnable"]
