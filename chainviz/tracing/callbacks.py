"""Callback handlers: a projection of run events onto the methods of a handler, and the scope that carries them."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from chainviz.tracing.events import (
    MISSING,
    CustomEvent,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
)

if TYPE_CHECKING:
    from uuid import UUID

logger = logging.getLogger("chainviz")


class BaseCallbackHandler:
    """Override the methods of the events that matter; each gets `run_id` and `parent_run_id`, a start also `tags`,
    `metadata` and `name`. What a handler raises is logged and kept from the run, unless `raise_error` is set.
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


class CallbackSink:
    """Turns run events into calls of one handler's methods."""

    def __init__(self, handler: BaseCallbackHandler) -> None:
        self.handler = handler
        self._waiting: deque[Any] = deque()
        self._worker: asyncio.Task[None] | None = None

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
        call = _method_call(self.handler, event)
        if call is None:
            return
        method, positional, extra = call
        called = getattr(self.handler, method)
        if getattr(called, "__func__", None) is getattr(BaseCallbackHandler, method):
            return  # not overridden: the run need not even have an id
        run = event.run
        keywords: dict[str, Any] = {
            "run_id": run.id,
            "parent_run_id": run.parent.id if run.parent else None,
            "tags": run.tags,
            **extra,
        }
        if method == "on_custom_event":
            del keywords["parent_run_id"]
        result = called(*positional, **keywords)
        if result is not None and inspect.isawaitable(result):
            self._schedule(result)

    def _schedule(self, result: Any) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(_awaited(result))
            return
        self._waiting.append(result)
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            try:
                await self._waiting.popleft()
            except Exception as error:
                if self.raise_error:
                    self._waiting.clear()
                    raise
                logger.warning("%r raised %s: %s; the run goes on", self, type(error).__name__, error)

    async def settle(self) -> None:
        """Wait until the handler's coroutines have run. Raises what they raise if the handler has `raise_error`."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker


async def _awaited(result: Any) -> Any:
    return await result


_FAMILY = {"chat_model": "llm", "llm": "llm", "tool": "tool", "retriever": "retriever"}


def _method_call(handler: BaseCallbackHandler, event: RunEvent) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
    run = event.run
    family = _FAMILY.get(run.type, "chain")
    if isinstance(event, CustomEvent):
        if handler.ignore_custom_event:
            return None
        return "on_custom_event", (event.name, event.data), {"metadata": run.metadata}
    if getattr(handler, "ignore_agent" if family == "tool" else f"ignore_{family}", False):
        return None
    if isinstance(event, RunStart):
        return _start_call(handler, family, event)
    if isinstance(event, RunChunk):
        if family != "llm":
            return None
        chunk = event.chunk
        text = chunk if isinstance(chunk, str) else getattr(chunk, "content", "")
        return "on_llm_new_token", (text,), {"chunk": chunk}
    if isinstance(event, RunEnd):
        if family == "llm":
            from chainviz.tracing.outputs import as_result  # knows messages, which a chain without a model never loads

            return "on_llm_end", (as_result(run, event.output),), {}
        return f"on_{family}_end", (event.output,), _inputs(family, event.inputs)
    error = event.error if isinstance(event, RunError) else asyncio.CancelledError(event.reason)
    return f"on_{family}_error", (error,), _inputs(family, event.inputs)


def _start_call(
    handler: BaseCallbackHandler, family: str, event: RunStart
) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
    run = event.run
    inputs = event.inputs
    extra: dict[str, Any] = {"metadata": run.metadata, "name": run.name}
    serialized: dict[str, Any] = {"name": run.name}
    if run.type == "chat_model":
        if handler.ignore_chat_model:
            return None
        if type(handler).on_chat_model_start is not BaseCallbackHandler.on_chat_model_start:
            return "on_chat_model_start", (serialized, inputs["messages"]), extra
        prompts = ["\n".join(str(message.text) for message in messages) for messages in inputs["messages"]]
        return "on_llm_start", (serialized, prompts), extra
    if run.type == "llm":
        return "on_llm_start", (serialized, inputs["prompts"]), extra
    if family == "retriever":
        return "on_retriever_start", (serialized, inputs["query"]), extra
    if family == "tool":
        return "on_tool_start", (serialized, str(inputs)), {**extra, "inputs": inputs}
    shown = {"input": ""} if inputs is MISSING else inputs
    return "on_chain_start", (serialized, shown), {**extra, "run_type": None if run.type == "chain" else run.type}


def _inputs(family: str, inputs: Any) -> dict[str, Any]:
    return {"inputs": inputs} if family == "chain" and inputs is not MISSING else {}


__all__ = ["AsyncCallbackHandler", "BaseCallbackHandler", "CallbackSink"]
