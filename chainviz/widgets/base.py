"""The hidden widgets that carry the code and the messages, and the base of the views that are seen.

One bundle a kernel holds the JavaScript. A trace has one Feed, which only publishes, and one Control, which only
answers, so that requests are answered while a cell is busy.
"""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, cast

import anywidget
import traitlets

from chainviz.errors import InvalidConfigError, InvalidInputError, nearest, shorten
from chainviz.tracing.trace import Trace
from chainviz.widgets.outbox import OUTBOX
from chainviz.wire.assets import asset
from chainviz.wire.frames import FRAME_SIZE, Framer, frame
from chainviz.wire.requests import answer

if TYPE_CHECKING:
    from typing import Self


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
    """The two hidden widgets of one trace, shared by all its views."""

    _open: ClassVar[dict[str, Channel]] = {}
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, trace: Trace) -> None:
        self.feed = Feed(trace)
        self.control = Control(trace)

    @classmethod
    def of(cls, trace: Trace) -> Self:
        with cls._lock:
            channel = cls._open.get(trace.id)
            if channel is None:
                channel = cls._open[trace.id] = cls(trace)
            return channel  # type: ignore[return-value]


class View(Stub):
    """A view of a trace, or of a chain that is not running. `height` (pixels) limits it; it grows freely without."""

    kind: ClassVar[str]

    view = traitlets.Unicode().tag(sync=True)
    bundle = traitlets.Unicode().tag(sync=True)
    feed = traitlets.Unicode().tag(sync=True)
    control = traitlets.Unicode().tag(sync=True)
    trace = traitlets.Unicode().tag(sync=True)
    graph = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    OPTIONS: ClassVar[tuple[str, ...]] = ("height",)

    def __init__(self, subject: Any, **options: Any) -> None:
        name, known = type(self).__name__, self.OPTIONS
        for option in options:
            if option not in known:
                hint = nearest(option, known)
                raise InvalidConfigError(f"{name}: expected the keywords {', '.join(known)}, got {option!r}{hint}")
        height = options.get("height")
        if height is not None and (isinstance(height, bool) or not isinstance(height, int) or height <= 0):
            raise InvalidConfigError(f"{name}: expected height to be a number of pixels, got {shorten(height)}")
        super().__init__(view=self.kind, bundle=reference(bundle()), **self._state_of(subject))
        self._subject = subject
        self.on_msg(self._send_bundle)
        if height is not None:
            self.layout.height = f"{height}px"

    def _send_bundle(self, _: Any, content: Any, __: Any) -> None:
        """Where the page cannot reach other widgets, its stub asks for the bundle itself."""
        if content == {"type": "bundle"}:
            self.send({"type": "bundle", "source": asset("assets.js").read_text(encoding="utf-8")})

    def _state_of(self, subject: Any) -> dict[str, Any]:
        """The traits that say what the view shows."""
        if not isinstance(subject, Trace):
            raise InvalidInputError(f"{type(self).__name__}: expected a Trace, got {shorten(subject)}")
        channel = Channel.of(subject)
        return {"trace": subject.id, "feed": reference(channel.feed), "control": reference(channel.control)}

    def picture(self) -> tuple[str, str]:
        """What viewers without widgets show: HTML, and plain text."""
        from chainviz.widgets.picture import trace_html

        return trace_html(self._subject), repr(self._subject)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = cast("tuple[Any, Any]", super()._repr_mimebundle_(**kwargs))
        html, text = self.picture()
        return {**data, "text/html": html, "text/plain": text}, metadata


def reference(widget: anywidget.AnyWidget) -> str:
    """How the page finds a widget."""
    return f"anywidget:{widget.model_id}"
