"""Answers to what the page asks of a trace: each request gets exactly one reply, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zlib import compress

from chainviz.errors import ChainvizError, InvalidInputError, shorten
from chainviz.tracing.events import MISSING, Run, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.redact import TraceRedactor
from chainviz.tracing.values import guarded_repr, visible
from chainviz.wire.assets import asset
from chainviz.wire.columns import MANY, ColumnReader
from chainviz.wire.encode import encode
from chainviz.wire.frames import Framer, about, snapshot
from chainviz.wire.language import speak, told
from chainviz.wire.lookups import values_of
from chainviz.wire.messages import (
    VERSION,
    DetailRequest,
    LayoutRequest,
    Request,
    ScreenRequest,
    SearchRequest,
    StateRequest,
    Stop,
    Sync,
    ValuesRequest,
)
from chainviz.wire.redacted import Batches, redacted, redacted_columns, redacted_values
from chainviz.wire.search import Texts

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

Json = dict[str, Any]
Message = TypeVar("Message")

DETAIL = 5_000_000
"""Characters that a value asked for by a detail request may take."""
STATE_SIZE = 2_000_000
"""Characters that one part of a run state may take, about."""


class Answers:
    """Answers the requests about one trace, from any thread; knows how far it has read for those that come in parts."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._columns = ColumnReader(trace)
        self._texts = Texts(trace)
        self._part: tuple[Json, list[bytes]] | None = None
        self._state: tuple[Run, Framer] | None = None
        self._redactor = TraceRedactor(trace)
        self._lock = Lock()

    def to(self, content: Any) -> tuple[Json, list[bytes]]:
        """The `messages.Reply` to one message of the page, and its buffers. Raises nothing."""
        with self._lock:
            return replied(content, lambda: self._answer(_parse(content)))

    def _answer(self, request: Request) -> tuple[Json, list[bytes]]:
        if isinstance(request, Sync):
            speak(request.language)
            return self._sync(max(0, request.have_seq))
        if isinstance(request, SearchRequest):
            found, bits = self._texts.search(request.text, request.from_seq)
            return found, [bits]
        if isinstance(request, LayoutRequest):
            return script("layout.js")
        return self._value(request), []

    def _sync(self, have: int) -> tuple[Json, list[bytes]]:
        """The trace from `have` on; in columns where that is much, or the rest of what came in columns."""
        lacking = self._trace.recorder.count - have
        if lacking > MANY or (lacking > 0 and have == self._columns.seq > 0):
            # A page that loses patience asks for the same again, while all the machine is busy.
            if self._part and have == self._part[0]["from_seq"] and lacking == self._part[0]["end_seq"] - have:
                return {**self._part[0], **about(self._trace)}, self._part[1]
            if have < self._columns.seq:
                self._columns = ColumnReader(self._trace)
            header, buffers = self._columns.part(have)
            self._part = redacted_columns(header, self._redactor.upto_now()), buffers
            return self._part
        whole = snapshot(self._trace, have)
        return redacted(whole, self._redactor.upto_now()), []

    def _value(self, request: Request) -> Json:
        if isinstance(request, ValuesRequest):
            values, chunks = values_of(self._trace, request.seqs)
            return redacted_values(values, chunks, self._redactor.upto_now(), over=self._trace.closed)
        if isinstance(request, StateRequest):
            return self._state_part(request)
        if isinstance(request, ScreenRequest):
            changed = request.model_dump(include={"selected", "filter", "cursor"})
            self._trace.screen.set(request.origin, **changed)
            return {"done": True}
        if isinstance(request, Stop):
            self._trace.stop()
            return {"done": True}
        return {"value": self._redactor.upto_now().value(_detail(self._trace, cast("DetailRequest", request)))}

    def _state_part(self, request: StateRequest) -> Json:
        start = max(0, request.from_seq)
        # Mostly they are asked for from where the run began, so that what was before need not be walked through.
        _, first = next(self._trace.recorder.numbered(start), (0, None))
        if isinstance(first, RunStart) and first.run.parent is None and str(first.run.id) == request.root:
            self._state = first.run, Framer(self._trace, only=first.run, seq=start)
        elif self._state is None or str(self._state[0].id) != request.root or self._state[1].seq != start:
            root = next((root for root in self._trace.roots if str(root.id) == request.root), None)
            if root is None:
                raise InvalidInputError(
                    f"state: expected the id of a root run of this trace, got {shorten(request.root)}"
                )
            self._state = root, Framer(self._trace, only=root)
        batch = self._state[1].batch(start, STATE_SIZE)
        batches = Batches(self._redactor.upto_now())
        batch = batches.redacted({**batch, "events": [], "graphs": []}, over=self._trace.closed)
        kept = {name: batch[name] for name in ("from_seq", "to_seq", "chunks", "patches")}
        return {**kept, "end_seq": self._trace.recorder.count}


def answer_without_trace(content: Any) -> tuple[Json, list[bytes]]:
    """The reply to one message of a page that shows a graph and no trace, and its buffers. Raises nothing."""

    def value() -> tuple[Json, list[bytes]]:
        request = _parse(content)
        if not isinstance(request, LayoutRequest):
            raise InvalidInputError(f"{request.type}: expected a view of a trace, got one of a graph alone")
        return script("layout.js")

    return replied(content, value)


def replied(content: Any, answer: Callable[[], tuple[Json, list[bytes]]]) -> tuple[Json, list[bytes]]:
    """The reply to a message and its buffers: what `answer` gives, or why it failed. Raises nothing."""
    id = cast("Json", content).get("id") if isinstance(content, dict) else None
    reply: Json = {"v": VERSION, "type": "reply", "id": id if isinstance(id, str) else ""}
    try:
        value, buffers = answer()
        return {**reply, "ok": True, "value": value}, buffers
    except ChainvizError as error:
        return {**reply, "ok": False, "error": visible(told(str(error)))}, []
    except Exception as error:
        return {**reply, "ok": False, "error": guarded_repr(error)}, []


def script(name: str) -> tuple[Json, list[bytes]]:
    """A `messages.Script` of the front end and its buffer: deflated, for Jupyter's socket compresses nothing."""
    text = asset(name).read_bytes()
    return {"size": len(text)}, [compress(text, 9)]


@cache
def _adapter() -> TypeAdapter[Request]:
    from pydantic import TypeAdapter

    return TypeAdapter(Request)


def _parse(content: Any) -> Request:
    return parsed(_adapter(), content)


def parsed(adapter: TypeAdapter[Message], content: Any) -> Message:
    """A message of the page as what it is. Raises InvalidInputError for what is none."""
    from pydantic import ValidationError

    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the message"
        raise InvalidInputError(f"request from the page: {where}: {first['msg']}, got {shorten(content)}") from None


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
