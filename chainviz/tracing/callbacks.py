"""Callback handlers: a projection of run events onto the methods of a handler."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.bus import Faults
from chainviz.tracing.events import (
    MISSING,
    CustomEvent,
    Run,
    RunCancel,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from chainviz.tracing.awaiting import Awaiting


class BaseCallbackHandler:
    """Override the methods of the events that matter; each gets `run_id` and `parent_run_id`, a start also `tags`,
    `metadata` and `name`. What a handler raises is logged and kept from the run, unless `raise_error` is set.

    `run_inline`, `ignore_retry` and `on_retry` are there for handlers written for LangChain, which set or call them;
    nothing here reads or calls them.
    """

    raise_error: bool = False
    run_inline: bool = False
    ignore_llm: bool = False
    ignore_chat_model: bool = False
    ignore_chain: bool = False
    ignore_retriever: bool = False
    ignore_agent: bool = False
    ignore_retry: bool = False
    ignore_custom_event: bool = False

    def on_llm_start(self, serialized: dict[str, Any], prompts: list[str], *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[Any]], *, run_id: UUID, **kwargs: Any
    ) -> Any: ...

    def on_llm_new_token(self, token: str, *, chunk: Any = None, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_chain_start(self, serialized: dict[str, Any], inputs: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_tool_start(self, serialized: dict[str, Any], input_str: str, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_retriever_start(self, serialized: dict[str, Any], query: str, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_text(self, text: str, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_retry(self, retry_state: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...

    def on_custom_event(self, name: str, data: Any, *, run_id: UUID, **kwargs: Any) -> Any: ...


class AsyncCallbackHandler(BaseCallbackHandler):
    """A handler whose methods are coroutines; they run one after another, and end before the call that they watch."""


_NO_FAULTS = Faults()


class CallbackSink:
    """Turns run events into calls of one handler's methods."""

    streaming = False
    __slots__ = ("_awaiting", "_calls", "_chain_end", "_chain_start", "_hurries", "_overridden", "faults", "handler")

    def __init__(self, handler: BaseCallbackHandler) -> None:
        self.handler = handler
        self.faults: Faults = _NO_FAULTS  # the bus gives it those of the call
        self._chain_start: Any = MISSING  # not looked up yet
        self._chain_end: Any = MISSING
        self._awaiting: Awaiting | None = None
        self._calls: dict[Run, str] = {}
        """The ids of the tool calls that are answered now."""
        self._hurries = False
        self._overridden, has_coroutines = _overridden(handler.__class__)
        if has_coroutines:  # now, as they are awaited on the loop where the watched call began
            from chainviz.tracing.awaiting import Awaiting

            self._awaiting = Awaiting(self)

    @property
    def raise_error(self) -> bool:
        return self.handler.raise_error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CallbackSink) and other.handler is self.handler

    def __hash__(self) -> int:
        return id(self.handler)

    def __repr__(self) -> str:
        return f"callback handler {type(self.handler).__name__}"

    def __call__(self, event: RunEvent) -> None:
        kind = event.__class__
        if kind is RunStart:
            self.started(event.run, event.inputs_in_hand)  # type: ignore[union-attr]
        elif kind is RunEnd:
            self.ended(event.run, event.output, event.inputs)  # type: ignore[union-attr]
        else:
            self._await(_PROJECTIONS[kind](self, event))

    def _method(self, name: str, ignored: str) -> Callable[..., Any] | None:
        """The handler's method, None where it is ignored or not overridden: then the run need not even have an id."""
        handler = self.handler
        if name in self._overridden or name in handler.__dict__:
            return None if getattr(handler, ignored) else getattr(handler, name)
        return None

    def started(self, run: Run, inputs: Any) -> None:
        """Tell the handler of a run's start."""
        if run.type not in _CHAIN_LIKE:
            self._await(self._start_of_other(run, inputs))
            return
        method = self._chain_start
        if method is MISSING:
            method = self._chain_start = self._method("on_chain_start", "ignore_chain")
        if method is None:
            return
        parent = run.parent
        if inputs is MISSING:
            method = partial(method, defers_inputs=getattr(run.step, "defers_inputs", False))
            inputs = {"input": ""}
        result = method(
            {"name": run.name} if run.type == "prompt" else None,
            inputs,
            run_id=run.known_id or run.make_id(),
            parent_run_id=None if parent is None else parent.known_id or parent.make_id(),
            tags=run.tags,
            metadata=run.metadata,
            name=run.name,
            run_type=None if run.type == "chain" else run.type,
        )
        if result is not None:
            self._await(result)

    def ended(self, run: Run, output: Any, inputs: Any) -> None:
        """Tell the handler of a run's end."""
        if run.type not in _CHAIN_LIKE:
            self._await(self._end_of_other(run, output))
            return
        method = self._chain_end
        if method is MISSING:
            method = self._chain_end = self._method("on_chain_end", "ignore_chain")
        if method is None:
            return
        parent = run.parent
        id, parent_id = run.known_id or run.make_id(), None if parent is None else parent.known_id or parent.make_id()
        if inputs is MISSING:
            result = method(output, run_id=id, parent_run_id=parent_id, tags=run.tags)
        else:
            result = method(output, run_id=id, parent_run_id=parent_id, tags=run.tags, inputs=inputs)
        if result is not None:
            self._await(result)

    def _start_of_other(self, run: Run, inputs: Any) -> Any:
        if run.type in ("chat_model", "llm"):
            return self._start_of_model(run, inputs)
        if run.type == "retriever":
            method = self._method("on_retriever_start", "ignore_retriever")
            return method and method(None, inputs["query"], **_start_keywords(run), name=run.name)
        method = self._method("on_tool_start", "ignore_agent")
        text, call_id = str(inputs), getattr(inputs, "call_id", None)
        if call_id is not None:
            self._calls[run] = call_id
        arguments = cast("Any", inputs) if isinstance(inputs, dict) else None
        return method and method(
            {"name": run.name},
            text,
            inputs=arguments,
            tool_call_id=call_id,
            color=_COLOR,
            name=_given_name(run),
            **_start_keywords(run),
        )

    def _start_of_model(self, run: Run, inputs: Any) -> Any:
        """A handler that takes no messages is given their text."""
        named = {"name": run.name}
        told = {"name": _given_name(run), **_start_keywords(run), **getattr(inputs, "told", dict[str, Any])()}

        def tell(prompts: list[str]) -> Any:
            method = self._method("on_llm_start", "ignore_llm")
            return method and method(named, prompts, **told)

        def tell_text() -> Any:
            from chainviz.messages.convert import get_buffer_string

            return tell([get_buffer_string(messages) for messages in inputs["messages"]])

        if run.type == "llm":
            return tell(inputs["prompts"])
        if self.handler.ignore_chat_model:
            return None
        method = self._method("on_chat_model_start", "ignore_chat_model")
        try:
            result = method(named, inputs["messages"], **told) if method else tell_text()
        except NotImplementedError:
            return tell_text()
        return _unless_not_implemented(result, tell_text) if hasattr(result, "__await__") else result

    def _end_of_other(self, run: Run, output: Any) -> Any:
        family, ignored, name, _ = _METHODS[run.type]
        self._calls.pop(run, None)
        method = self._method(name, ignored)
        if method is None:
            return None
        if family == "llm":
            from chainviz.tracing.outputs import as_result  # knows messages, which a chain without a model never loads

            output = as_result(run, output)
        named = {"name": getattr(run.step, "name", run.name), "color": _COLOR} if family == "tool" else {}
        return method(output, **_keywords(run), **named)

    def on_chunk(self, event: RunChunk) -> Any:
        run = event.run
        if run.type not in ("chat_model", "llm"):
            return None
        method = self._method("on_llm_new_token", "ignore_llm")
        if method is None:
            return None
        from chainviz.tracing.outputs import as_generation

        chunk = event.chunk
        token = chunk if isinstance(chunk, str) else getattr(chunk, "content", "")
        return method(token, chunk=as_generation(chunk), **_keywords(run))

    def on_error(self, event: RunError | RunCancel) -> Any:
        run = event.run
        family, ignored, _, name = _METHODS[run.type]
        call_id = self._calls.pop(run, None)
        method = self._method(name, ignored)
        if method is None:
            return None
        if isinstance(event, RunError):
            error = event.error
        else:
            from asyncio import CancelledError

            error = CancelledError(event.reason)
        more: dict[str, Any] = {}
        if family == "tool":
            more["tool_call_id"] = call_id
        elif family == "chain" and event.inputs is not MISSING:
            more["inputs"] = event.inputs
        return method(error, **_keywords(run), **more)

    def on_custom(self, event: CustomEvent) -> Any:
        run = event.run
        method = self._method("on_custom_event", "ignore_custom_event")
        return method and method(event.name, event.data, run_id=run.id, tags=event.tags, metadata=event.metadata)

    def _await(self, result: Any) -> None:
        """Have what a method returned awaited, where it can be."""
        if not hasattr(result, "__await__"):
            return
        if self._awaiting is None:
            from chainviz.tracing.awaiting import Awaiting

            self._awaiting = Awaiting(self)
            if self._hurries:
                self._awaiting.home = None
        self._awaiting.add(result)

    def hurry(self) -> None:
        """Have each coroutine awaited as soon as it is made: the call is a sync one, in which nobody waits for them."""
        self._hurries = True
        if self._awaiting is not None:
            self._awaiting.home = None

    async def settle(self) -> None:
        """Wait until the handler's coroutines have run. Raises what they raise if the handler has `raise_error`."""
        if self._awaiting is not None:
            await self._awaiting.settle()


_COLOR = "green"
"""In what a handler may print what a tool does."""

_CHAIN_LIKE = frozenset(("chain", "parser", "prompt"))

_METHODS = {
    type: (family, ignored, f"on_{family}_end", f"on_{family}_error")
    for type, family, ignored in (
        ("chain", "chain", "ignore_chain"),
        ("parser", "chain", "ignore_chain"),
        ("prompt", "chain", "ignore_chain"),
        ("chat_model", "llm", "ignore_llm"),
        ("llm", "llm", "ignore_llm"),
        ("tool", "tool", "ignore_agent"),
        ("retriever", "retriever", "ignore_retriever"),
    )
}
"""For each type of run its family of methods, what ignores them, and those that end it."""

_PROJECTIONS: dict[type[Any], Any] = {
    RunChunk: CallbackSink.on_chunk,
    RunError: CallbackSink.on_error,
    RunCancel: CallbackSink.on_error,
    CustomEvent: CallbackSink.on_custom,
}


_COROUTINE = 0x80
"""The flag of a coroutine function's code, as in `inspect`, which takes long to import."""


@lru_cache(maxsize=256)
def _overridden(cls: type[BaseCallbackHandler]) -> tuple[frozenset[str], bool]:
    """The methods that a class of handlers gives itself, and whether any of them is a coroutine."""
    base: Any = BaseCallbackHandler
    own = {name: method for name in dir(cls) if (method := getattr(cls, name)) is not getattr(base, name, None)}
    codes = (getattr(method, "__code__", None) for method in own.values())
    return frozenset(own), any(code is not None and code.co_flags & _COROUTINE for code in codes)


async def _unless_not_implemented(result: Any, otherwise: Callable[[], Any]) -> None:
    """Wait for what a method returned, or for what is to be done where it does not do its work."""
    try:
        await result
    except NotImplementedError:
        instead = otherwise()
        if hasattr(instead, "__await__"):
            await instead


def _keywords(run: Run) -> dict[str, Any]:
    parent = run.parent
    return {"run_id": run.id, "parent_run_id": parent.id if parent else None, "tags": run.tags}


def _start_keywords(run: Run) -> dict[str, Any]:
    return {**_keywords(run), "metadata": run.metadata}


def _given_name(run: Run) -> str | None:
    """The name that a config gave to the run; None where it is the step's own."""
    return None if run.step is not None and run.step.get_name() == run.name else run.name


__all__ = ["AsyncCallbackHandler", "BaseCallbackHandler", "CallbackSink"]
