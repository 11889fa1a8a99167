"""The base of the views: what they have in common, and what they show where there are no widgets."""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from typing import Any, ClassVar, cast

import traitlets

from chainviz.errors import InvalidConfigError, InvalidInputError, nearest, shorten
from chainviz.tracing.trace import Trace
from chainviz.widgets.hidden import Channel, Stub, bundle, reference
from chainviz.widgets.saved import marked, new_mark, show_picture
from chainviz.wire.assets import asset
from chainviz.wire.language import told
from chainviz.wire.requests import answer_without_trace

_LOST = "This view of chainviz could not be loaded: run the cell again, or restart the kernel."


class View(Stub):
    """A view of a trace, or of a chain that is not running. `height` (pixels) limits it; it grows freely without."""

    kind: ClassVar[str]

    view = traitlets.Unicode(help="which view: trace, graph, tokens, state, timeline or builder").tag(sync=True)
    bundle = traitlets.Unicode(help="reference to the bundle").tag(sync=True)
    feed = traitlets.Unicode(help="reference to the feed of the trace or the builder, '' without one").tag(sync=True)
    control = traitlets.Unicode(help="reference to the control of the trace or the builder, '' without one").tag(
        sync=True
    )
    trace = traitlets.Unicode(help="the trace's id, '' without a trace").tag(sync=True)
    graph = traitlets.Dict(allow_none=True, default_value=None, help="a wire Graph; None with a trace").tag(sync=True)
    lost = traitlets.Unicode(help="what the page says where the bundle does not come to it").tag(sync=True)
    mark = traitlets.Unicode(help="what its picture bears too, which is hidden while the view is seen").tag(sync=True)

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
        common = {"view": self.kind, "bundle": reference(bundle()), "lost": told(_LOST), "mark": new_mark()}
        super().__init__(**common, **self._state_of(subject))
        self._subject = subject
        self.on_msg(self._answer)
        if height is not None:
            self.layout.height = f"{height}px"

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """Where the page cannot reach other widgets, its stub asks for the bundle itself; a view without a trace asks
        here for all else too."""
        if content == {"type": "bundle"}:
            self.send({"type": "bundle", "source": asset("assets.js").read_text(encoding="utf-8")})
        elif not self.control:
            reply, buffers = answer_without_trace(content)
            self.send(reply, buffers or None)

    def _state_of(self, subject: Any) -> dict[str, Any]:
        """The traits that say what the view shows."""
        if not isinstance(subject, Trace):
            raise InvalidInputError(f"{type(self).__name__}: expected a Trace, got {shorten(subject)}")
        channel = Channel.of(subject, self)
        return {"trace": subject.id, "feed": reference(channel.feed), "control": reference(channel.control)}

    def close(self) -> None:
        """Take the view off every page. A trace without a view is not held."""
        was_open = self.comm is not None
        super().close()
        subject = getattr(self, "_subject", None)  # there is none where the view could not be made
        if was_open and isinstance(subject, Trace):
            Channel.left(subject, self)

    def picture(self) -> tuple[str, str]:
        """What viewers without widgets show: HTML, and plain text."""
        from chainviz.widgets.picture import trace_picture

        return trace_picture(self._subject, self.kind)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The view and its picture in one output, for who asks for that; IPython does not."""
        data, metadata = cast("tuple[Any, Any]", super()._repr_mimebundle_(**kwargs))
        html, text = self.picture()
        return {**data, "text/html": html, "text/plain": text}, metadata

    def _ipython_display_(self) -> None:
        """The view, then its picture (see `saved`)."""
        from IPython.display import display

        data, metadata = cast("tuple[Any, Any]", super()._repr_mimebundle_())
        name = f"<{type(self).__name__}>"
        display({**data, "text/html": "<div></div>", "text/plain": name}, metadata=metadata, raw=True)
        show_picture(self._marked_picture, self._subject if isinstance(self._subject, Trace) else None)

    def _marked_picture(self) -> tuple[str, str]:
        html, text = self.picture()
        return marked(html, self.mark), text
