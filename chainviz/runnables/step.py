"""A step whose every execution is one run: all watching happens here, so that a class gives its meaning only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from chainviz.addable import total_of
from chainviz.config import CURRENT
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.streams import One, reading
from chainviz.runnables.watched import AWatched, Seen, Watched, abegun, awatch, begun, watch
from chainviz.tracing.active import UNWATCHED, ActiveRun, Unwatched, begin
from chainviz.tracing.events import MISSING, RunType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    from chainviz.config import RunnableConfig
    from chainviz.runnables.deadline import Timed

Verb = TypeVar("Verb", bound="Callable[..., Any]")


def opening(verb: Verb) -> Verb:
    """Mark a verb that opens a run under its config, or that passes it on as it is to one that does."""
    verb.opens_runs = True  # type: ignore[attr-defined]
    return verb


_VERBS = ("invoke", "ainvoke", "stream", "astream", "transform", "atransform")
_DERIVED = ("ainvoke", "stream", "astream", "transform", "atransform", "_plain_call", "_aplain_call")


class Step(Runnable[Input, Output]):
    """A Runnable that is described by hooks. Each hook gets `run`, whose `child(tag, segment)` is the config for a
    step inside, and which reports chunks and events.

    `_invoke` is the meaning. `_ainvoke` defaults to it, in a thread unless `inline` says that it never blocks.
    `_stream_parts` and `_astream_parts` give the output in parts. A step that can begin before its input is complete
    overrides `_transform` and `_atransform`: its run then knows its input only at the end.
    """

    run_type: ClassVar[RunType] = "chain"
    inline: ClassVar[bool] = False
    _takes_stream: ClassVar[bool] = False
    _gives_parts: ClassVar[bool] = False
    opens_runs: ClassVar[bool] = True
    describes_runs: ClassVar[bool] = False
    """Whether its runs have tags or metadata of its own."""
    _words_input: ClassVar[bool] = False
    """Whether its runs show their input in a form of their own."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        ours: Any = Step
        mine: Any = cls
        cls._takes_stream = mine._transform is not ours._transform
        cls._gives_parts = any(
            getattr(mine, hook) is not getattr(ours, hook) for hook in ("_stream_parts", "_astream_parts")
        )
        tags, metadata = mine._run_tags is not ours._run_tags, mine._run_metadata is not ours._run_metadata
        cls.describes_runs = tags or metadata
        cls._words_input = mine._run_input is not ours._run_input
        opened = {verb: getattr(getattr(cls, verb), "opens_runs", False) for verb in _VERBS}
        cls.opens_runs = all(opened.values())
        for verb, plain in (("invoke", "_plain_call"), ("ainvoke", "_aplain_call")):
            if plain not in vars(cls) and not opened[verb]:
                setattr(cls, plain, getattr(Runnable, plain))
            elif plain not in vars(cls) and f"_{verb}_plain" in vars(cls):
                setattr(cls, plain, getattr(Step, plain))
        if mine._invoke is ours._invoke and mine.invoke is not ours.invoke:
            # A class that gives `invoke` itself is no different from one that is a Runnable only.
            for verb in _DERIVED:
                if getattr(cls, verb) is getattr(Step, verb):
                    setattr(cls, verb, getattr(Runnable, verb))

    # --- hooks -----------------------------------------------------------------------------------------------

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        raise TypeError(f"{type(self).__name__} has neither `invoke` nor `_invoke`")

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if self.inline:
            return self._invoke(input, run, **kwargs)
        from chainviz.runnables.work import in_thread

        return await in_thread(self._invoke, input, run, **kwargs)

    def _stream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        yield self._invoke(input, run, **kwargs)

    async def _astream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        yield await self._ainvoke(input, run, **kwargs)

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        yield from self._stream_parts(total_of(list(chunks)), run, **kwargs)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        total = total_of([chunk async for chunk in chunks])
        async with reading(self._astream_parts(total, run, **kwargs)) as output:
            async for chunk in output:
                yield chunk

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return input

    def _stream_input(self, input: Any, *, asynchronous: bool = False, **kwargs: Any) -> Any:
        """`_run_input` of a stream."""
        return self._run_input(input, **kwargs)

    def _run_tags(self) -> list[str]:
        return []

    def _run_metadata(self) -> dict[str, Any]:
        return {}

    # --- verbs -----------------------------------------------------------------------------------------------

    def _invoke_plain(self, input: Any) -> Any:
        """What `invoke(input)` comes to where nobody watches."""
        return self._invoke(input, UNWATCHED)

    async def _ainvoke_plain(self, input: Any) -> Any:
        return await self._ainvoke(input, UNWATCHED)

    def _plain_call(self) -> Callable[[Any], Any]:
        return self._invoke_plain

    def _aplain_call(self) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        return self._ainvoke_plain

    @property
    def blocks(self) -> bool:
        return not self.inline

    @opening
    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        if config is None and CURRENT.get() is None:
            return self._invoke(input, UNWATCHED, **kwargs) if kwargs else self._invoke_plain(input)
        if isinstance(config, dict) and config.get("timeout") is not None:
            return self._timed(config, kwargs).invoke(input)
        run = begin(self, config, self._run_input(input, **kwargs) if self._words_input else input)
        around = CURRENT.set(run)
        try:
            output = self._invoke(input, run, **kwargs) if kwargs else self._invoke(input, run)
            run.end(output)
            return output
        except BaseException as error:
            run.fail(error)
            raise
        finally:
            CURRENT.reset(around)

    @opening
    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        if config is None and CURRENT.get() is None:
            return await (self._ainvoke(input, UNWATCHED, **kwargs) if kwargs else self._ainvoke_plain(input))
        if isinstance(config, dict) and config.get("timeout") is not None:
            return await self._timed(config, kwargs).ainvoke(input)
        run = begin(self, config, self._run_input(input, **kwargs) if self._words_input else input, asynchronous=True)
        try:
            with run:
                output = await self._ainvoke(input, run, **kwargs)
                run.end(output)
                return output
        finally:
            if run.record.parent is run.bus.outside:
                await run.bus.settle()

    @opening
    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Output]:
        if config is None and CURRENT.get() is None:
            if self._takes_stream:
                return self._transform(iter((input,)), UNWATCHED, **kwargs)
            return self._stream_parts(input, UNWATCHED, **kwargs)
        if isinstance(config, dict) and config.get("timeout") is not None:
            return self._timed(config, kwargs).stream(input)
        if not self._takes_stream and not self._gives_parts:
            return super().stream(input, config, **kwargs)
        chunks = iter((input,)) if self._takes_stream else None
        return watch(partial(self._begin_stream, config, kwargs, input, chunks), self._leads, Seen())

    @opening
    def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Output]:
        if config is None and CURRENT.get() is None:
            if self._takes_stream:
                return self._atransform(One(input), UNWATCHED, **kwargs)
            return self._astream_parts(input, UNWATCHED, **kwargs)
        if isinstance(config, dict) and config.get("timeout") is not None:
            return self._timed(config, kwargs).astream(input)
        if not self._takes_stream and not self._gives_parts:
            return super().astream(input, config, **kwargs)
        chunks = One(input) if self._takes_stream else None
        return awatch(partial(self._abegin_stream, config, kwargs, input, chunks), self._leads, Seen())

    @opening
    def transform(
        self, input: Iterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Output]:
        watched = config is not None or CURRENT.get() is not None
        if self._takes_stream and not watched:
            return self._transform(input, UNWATCHED, **kwargs)
        timed = isinstance(config, dict) and config.get("timeout") is not None
        if timed or not watched or not (self._takes_stream or self._gives_parts):
            return super().transform(input, config, **kwargs)  # with the whole: its time begins when that is there
        given = Seen()
        opened = partial(self._begin_stream, config, kwargs, MISSING, input)
        return Watched(watch(opened, self._leads, given), given)

    @opening
    def atransform(
        self, input: AsyncIterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        watched = config is not None or CURRENT.get() is not None
        if self._takes_stream and not watched:
            return self._atransform(input, UNWATCHED, **kwargs)
        timed = isinstance(config, dict) and config.get("timeout") is not None
        if timed or not watched or not (self._takes_stream or self._gives_parts):
            return super().atransform(input, config, **kwargs)
        given = Seen()
        each = None if self._leads or kwargs else self._each_chunk
        opened = partial(self._abegin_stream, config, kwargs, MISSING, input, as_it_is=each is not None)
        return AWatched(awatch(opened, self._leads, given, each), given)

    def _timed(self, config: RunnableConfig, kwargs: dict[str, Any]) -> Timed[Output]:
        from chainviz.runnables.deadline import Timed

        return Timed(self, config, kwargs)

    # --- watching --------------------------------------------------------------------------------------------

    def _begin(self, config: RunnableConfig | None, shown: Any, *, asynchronous: bool = False) -> ActiveRun:
        """Open a run of a batch whose inputs are answered together."""
        return begin(self, config, shown, asynchronous=asynchronous)

    @property
    def _leads(self) -> bool:
        """Whether code of the step's own may call others, which then are its children."""
        return True

    def _begin_stream(
        self, config: RunnableConfig | None, kwargs: dict[str, Any], input: Any, chunks: Iterator[Any] | None
    ) -> tuple[ActiveRun, Callable[[], Iterator[Any]], Seen | None] | None:
        """Open the run of a stream, from a whole `input` or from `chunks`: with what makes its output, and with what it
        takes, None where that is a whole. None where there are no chunks, and so no run."""
        if chunks is not None and not self._takes_stream:
            input, chunks = total_of(list(chunks)), None
            if input is MISSING:
                return None
        if chunks is None:
            run = begin(self, config, self._stream_input(input, **kwargs) if self._words_input else input)
            return run, partial(self._stream_parts, input, run, **kwargs), None
        source, taken = begun(chunks)
        run = begin(self, config, root_inputs=input)
        return run, partial(self._transform, source, run, **kwargs), taken

    async def _abegin_stream(
        self,
        config: RunnableConfig | None,
        kwargs: dict[str, Any],
        input: Any,
        chunks: AsyncIterator[Any] | None,
        as_it_is: bool = False,
    ) -> tuple[ActiveRun, Callable[[], AsyncIterator[Any]], Seen | None] | None:
        """`_begin_stream` without blocking the event loop. `as_it_is`: the chunks are the output, not transformed."""
        if chunks is not None and not self._takes_stream:
            input, chunks = total_of([chunk async for chunk in chunks]), None
            if input is MISSING:
                return None
        if chunks is None:
            shown = self._stream_input(input, asynchronous=True, **kwargs) if self._words_input else input
            run = begin(self, config, shown, asynchronous=True)
            return run, partial(self._astream_parts, input, run, **kwargs), None
        source, taken = await abegun(chunks)
        run = begin(self, config, root_inputs=input, asynchronous=True)
        return run, (lambda: source) if as_it_is else partial(self._atransform, source, run, **kwargs), taken


__all__ = ["Step", "opening"]
