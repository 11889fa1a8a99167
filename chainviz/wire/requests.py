"""Answers to what the page asks of a trace: each request gets exactly one reply, whatever becomes of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from chainviz.errors import ChainvizError, InvalidInputError, shorten
from chainviz.tracing.events import MISSING, RunChunk, RunEnd, RunError
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import guarded_repr, visible
from chainviz.wire.encode import encode
from chainviz.wire.frames import snapshot
from chainviz.wire.messages import VERSION, DetailRequest, Request, Stop, Sync

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

DETAIL = 5_000_000
"""Characters that a value asked for by a detail request may take."""


def answer(trace: Trace, content: Any) -> dict[str, Any]:
    """The `messages.Reply` to one message of the page. Raises nothing."""
    id = cast("dict[str, Any]", content).get("id") if isinstance(content, dict) else None
    reply: dict[str, Any] = {"v": VERSION, "type": "reply", "id": id if isinstance(id, str) else ""}
    try:
        return {**reply, "ok": True, "value": _value(trace, _parse(content))}
    except ChainvizError as error:
        return {**reply, "ok": False, "error": visible(str(error))}
    except Exception as error:
        return {**reply, "ok": False, "error": guarded_repr(error)}


@cache
def _adapter() -> TypeAdapter[Sync | DetailRequest | Stop]:
    from pydantic import TypeAdapter

    return TypeAdapter(Request)


def _parse(content: Any) -> Sync | DetailRequest | Stop:
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the message"
        raise InvalidInputError(f"request from the page: {where}: {first['msg']}, got {shorten(content)}") from None


def _value(trace: Trace, request: Sync | DetailRequest | Stop) -> dict[str, Any]:
    if isinstance(request, Sync):
        return snapshot(trace, max(0, request.have_seq))
    if isinstance(request, Stop):
        trace.stop()
        return {"done": True}
    return {"value": _detail(trace, request)}


def _detail(trace: Trace, request: DetailRequest) -> Any:
    events = [event for event in list(trace.recorder.events) if _is_of(event, request.run)]
    if not events:
        raise InvalidInputError(f"detail: expected the id of a run of this trace, got {shorten(request.run)}")
    for event in reversed(events):
        if request.what == "input" and getattr(event, "inputs", MISSING) is not MISSING:
            return encode(cast("Any", event).inputs, DETAIL)
        if request.what == "output" and isinstance(event, RunEnd):
            return encode(event.output, DETAIL)
        if request.what == "error" and isinstance(event, RunError):
            return encode_error(event.error, DETAIL)
    raise InvalidInputError(f"detail: the run {request.run} has no {request.what} (yet)")


def _is_of(event: RunEvent, run: str) -> bool:
    return not isinstance(event, RunChunk) and str(event.run.id) == run
