"""The hidden widgets that carry the code and the messages.

One bundle a kernel holds the JavaScript. A trace has one Feed, which only publishes, and one Control, which only
answers, so that requests are answered while a cell is busy.
"""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets

from chainviz.tracing.redact import TraceRedactor
from chainviz.widgets.outbox import DRAWERS, OUTBOX
from chainviz.wire.assets import asset
from chainviz.wire.frames import FRAME_SIZE, Framer, frame, screen_message
from chainviz.wire.redacted import Waiting, redacted_screen
from chainviz.wire.requests import Answers

if TYPE_CHECKING:
    from chainviz.tracing.trace import Trace

_bundle_lock = Lock()
_bundle: anywidget.AnyWidget | None = None


def bundle() -> anywidget.AnyWidget:
    """The hidden widget with the front end's code, one a kernel; made anew where it was closed.

    In marimo it is made anew each time: several visitors share a process there, but no widgets, and the page keeps
    code that it has seen.

    Raises MissingBundleError where the front end was not built.
    """
    global _bundle
    with _bundle_lock:
        if _bundle is None or not is_open(_bundle) or getattr(_bundle.comm, "kernel", None) == "marimo":
            # The class reads the file when it is made, and makes it reload in development.
            _bundle = type("Bundle", (anywidget.AnyWidget,), {"_esm": asset("assets.js")})()
        return _bundle


def is_open(widget: anywidget.AnyWidget) -> bool:
    """Whether the page can have it still: marimo closes a widget with the cell that made it, behind its back."""
    return widget.comm is not None and not getattr(widget.comm, "_closed", False)


class Stub(anywidget.AnyWidget):
    """A widget whose module is the stub, which finds the bundle, or lends its model where it is hidden."""

    _esm = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(_esm=asset("stub.js").read_text(encoding="utf-8"), **state)


class Feed(Stub):
    """Publishes the frames of one trace, from where it stands now on, and what is set on its screen."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._framer = Framer(trace, live=True)
        self._redactor = TraceRedactor(trace)
        self._waiting = Waiting(self._redactor)
        self._drawer = _Drawer(self._framer, self)
        self._start = trace.recorder.count
        self._closed = trace.closed
        self._screen = trace.screen
        self._screen_changed = False
        trace.subscribe(self._changed)
        trace.screen.subscribe(self._set)
        self._changed()

    def _changed(self) -> None:
        OUTBOX.add(self)

    def _set(self) -> None:
        self._screen_changed = True
        OUTBOX.add(self)

    def flush(self) -> bool:
        """Send what is new, as far as it fits one frame; whether more is there already. Called by the outbox only."""
        if self._screen_changed:
            self._screen_changed = False
            self.send(redacted_screen(screen_message(self._screen), self._redactor))
        if self._closed:
            return False
        batch = self._framer.batch(self._start, FRAME_SIZE)
        if batch["to_seq"] > batch["from_seq"] or batch["graphs"] or batch["closed"] or self._waiting:
            self._redactor.upto_now()
            if (clean := self._waiting.redacted(batch)) is not None:
                self._closed = clean["closed"]
                self.send(frame(clean))
        if self._framer.briefed:
            DRAWERS.add(self._drawer)
        return self._framer.is_behind or bool(self._waiting)


class _Drawer:
    """Draws what a feed has told in brief, and has it sent."""

    def __init__(self, framer: Framer, feed: Feed) -> None:
        self._framer = framer
        self._feed = feed

    def flush(self) -> bool:
        for drawing in self._framer.briefed:
            drawing.complete()
        OUTBOX.add(self._feed)
        return False


def answering(widget: Stub) -> None:
    """Have a widget's messages answered while a cell is busy.

    ipykernel 7.4 hands a comm's messages to the shell that last published on it: here the main one, which opened it and
    may be busy for long. Without this attribute they go where the page sent them, as on other versions.
    """
    if hasattr(widget.comm, "_reply_subshell_for"):
        widget.comm._reply_subshell_for = None  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]


class Control(Stub):
    """Answers the page's requests about one trace, on whatever thread they arrive."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._answers = Answers(trace)
        answering(self)
        self.on_msg(self._answer)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        reply, buffers = self._answers.to(content)
        self.send(reply, buffers or None)


class Channel:
    """The two hidden widgets of one trace, shared by all its views until the last of them is closed; made anew where
    they were closed."""

    _open: ClassVar[dict[str, Channel]] = {}
    _lock: ClassVar[Any] = RLock()  # the garbage collector may close a view while another is made

    def __init__(self, trace: Trace) -> None:
        self.feed = Feed(trace)
        self.control = Control(trace)
        self._views: set[int] = set()

    @classmethod
    def of(cls, trace: Trace, view: object) -> Channel:
        with cls._lock:
            channel = cls._open.get(trace.id)
            if channel is None or not (is_open(channel.feed) and is_open(channel.control)):
                channel = cls._open[trace.id] = cls(trace)
            channel._views.add(id(view))
            return channel

    @classmethod
    def left(cls, trace: Trace, view: object) -> None:
        """A view was closed: the last one frees the trace."""
        with cls._lock:
            channel = cls._open.get(trace.id)
            if channel is None:
                return
            channel._views.discard(id(view))
            if channel._views:
                return
            del cls._open[trace.id]
        channel.feed.close()
        channel.control.close()


def reference(widget: anywidget.AnyWidget) -> str:
    """How the page finds a widget."""
    return f"anywidget:{widget.model_id}"
