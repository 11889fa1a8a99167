"""The hidden widgets that carry the code and the messages.

One bundle a kernel holds the JavaScript. A trace has one Feed, which only publishes, and one Control, which only
answers, so that requests are answered while a cell is busy.
"""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets

from chainviz.widgets.outbox import OUTBOX
from chainviz.wire.assets import asset
from chainviz.wire.frames import FRAME_SIZE, Framer, frame
from chainviz.wire.requests import answer

if TYPE_CHECKING:
    from chainviz.tracing.trace import Trace

_bundle_lock = Lock()
_bundle: anywidget.AnyWidget | None = None


def bundle() -> anywidget.AnyWidget:
    """The hidden widget with the front end's code, one a kernel; made anew where it was closed.

    Raises MissingBundleError where the front end was not built.
    """
    global _bundle
    with _bundle_lock:
        if _bundle is None or _bundle.comm is None:
            # The class reads the file when it is made, and makes it reload in development.
            _bundle = type("Bundle", (anywidget.AnyWidget,), {"_esm": asset("assets.js")})()
        return _bundle


class Stub(anywidget.AnyWidget):
    """A widget whose module is the stub, which finds the bundle, or lends its model where it is hidden."""

    _esm = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(_esm=asset("stub.js").read_text(encoding="utf-8"), **state)


class Feed(Stub):
    """Publishes the frames of one trace."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._framer = Framer(trace)
        self._closed = False
        trace.subscribe(self._changed)
        self._changed()

    def _changed(self) -> None:
        OUTBOX.add(self)

    def flush(self) -> bool:
        """Send what is new, as far as it fits one frame; whether more is there already. Called by the outbox only."""
        if self._closed:
            return False
        batch = self._framer.batch(size=FRAME_SIZE)
        if batch["to_seq"] > batch["from_seq"] or batch["closed"]:
            self._closed = batch["closed"]
            self.send(frame(batch))
        return self._framer.is_behind


class Control(Stub):
    """Answers the page's requests about one trace, on whatever thread they arrive."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace
        # ipykernel 7.4 hands a comm's messages to the shell that last published on it: here the main one, which opened
        # it and may be busy for long. Without this attribute they go where the page sent them, as on other versions.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = None  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
        self.on_msg(self._answer)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        self.send(answer(self._trace, content))


class Channel:
    """The two hidden widgets of one trace, shared by all its views; made anew where they were closed."""

    _open: ClassVar[dict[str, Channel]] = {}
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, trace: Trace) -> None:
        self.feed = Feed(trace)
        self.control = Control(trace)

    @classmethod
    def of(cls, trace: Trace) -> Channel:
        with cls._lock:
            channel = cls._open.get(trace.id)
            if channel is None or channel.feed.comm is None:
                channel = cls._open[trace.id] = cls(trace)
            return channel


def reference(widget: anywidget.AnyWidget) -> str:
    """How the page finds a widget."""
    return f"anywidget:{widget.model_id}"
