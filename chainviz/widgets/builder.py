"""The chain builder as a widget."""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.builder.editor import Editor
from chainviz.builder.fixes import RETYPED
from chainviz.builder.runs import Runs
from chainviz.builder.tree import find
from chainviz.errors import InvalidInputError, shorten
from chainviz.widgets.base import View
from chainviz.widgets.hidden import Channel, Stub, answering, reference
from chainviz.widgets.outbox import OUTBOX
from chainviz.wire.builder import StateEncoder, encode_previews
from chainviz.wire.builder_messages import VERSION
from chainviz.wire.builder_requests import BuilderAnswers

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainviz.builder.problems import Problem
    from chainviz.builder.runs import Start
    from chainviz.runnables.base import Runnable
    from chainviz.tracing.trace import Trace

Json = dict[str, Any]


class BuilderFeed(Stub):
    """Publishes the states of one builder, and while its chain runs what the steps give."""

    def __init__(self, editor: Editor, runs: Runs) -> None:
        super().__init__()
        self._editor = editor
        self._runs = runs
        self._encoder = StateEncoder(editor)
        self._previews: Json = {}
        self._run_shown: tuple[Any, ...] = ()
        self._held: Trace | None = None
        self._revision_shown = editor.revision
        editor.subscribe(self._changed)
        runs.subscribe(self._changed)

    def _changed(self) -> None:
        OUTBOX.add(self)

    def state(self) -> Json:
        """A `BuilderState`."""
        state, run = self._encoder.state(), self._run()
        self._take_previews()
        ids = {node.id for node in self._editor.root.walk()}
        self._previews = {id: value for id, value in self._previews.items() if id in ids}
        return {**state, "run": run, "previews": dict(self._previews)}

    def _take_previews(self) -> Json:
        new = encode_previews(self._runs.news(), self._editor)
        self._previews.update(new)
        return new

    def _run(self) -> Json | None:
        trace = self._runs.trace
        if trace is None:
            return None
        channel = Channel.of(trace, self)
        if self._held is not trace:
            self._let_go()
            self._held = trace
        return {
            "trace": trace.id,
            "feed": reference(channel.feed),
            "control": reference(channel.control),
            "running": self._runs.is_running,
            "nodes": self._runs.nodes,
        }

    def flush(self) -> bool:
        """Send what is new. Called by the outbox only."""
        if self.comm is None:
            return False
        run = (self._runs.trace, self._runs.is_running)
        new = self._take_previews()
        if self._editor.revision != self._revision_shown or run != self._run_shown:
            self._revision_shown, self._run_shown = self._editor.revision, run
            self.send(self.state())
        elif new:
            self.send({"v": VERSION, "type": "previews", "previews": new})
        return False

    def close(self) -> None:
        """Take it off every page. A trace that it ran is held no more."""
        was_open = self.comm is not None
        super().close()
        if was_open:
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            Channel.left(self._held, self)


class BuilderControl(Stub):
    """Answers the page's requests about one builder, on whatever thread they arrive."""

    def __init__(self, answers: BuilderAnswers) -> None:
        super().__init__()
        self._answers = answers
        answering(self)
        self.on_msg(self._answer)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        reply, buffers = self._answers.to(content)
        self.send(reply, buffers or None)


class ChainBuilder(View):
    """The builder of a chain. `chain` is at every moment a Runnable, `code` its Python, `spec` its JSON: what is done
    on the page changes them, and what is assigned to them is shown there. `editor` has the edits as methods.

    `start` runs a chain in the background, `put_code` puts code into the notebook's next cell, `cell` tells the cells
    of the notebook apart: one shows the builder once.
    """

    kind = "builder"

    def __init__(
        self,
        editor: Editor,
        start: Start,
        put_code: Callable[[str], None] | None = None,
        cell: Callable[[], Any] | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(editor, Editor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"ChainBuilder: expected an Editor, got {shorten(editor)}")
        self.editor = editor
        self._runs = Runs(editor, start)
        self._feed = BuilderFeed(editor, self._runs)
        self._control = BuilderControl(BuilderAnswers(editor, self._runs, self._feed.state, put_code))
        self._cell = cell
        self._shown_in: Any = None
        super().__init__(editor, **options)

    def _ipython_display_(self) -> None:
        cell = self._cell() if self._cell else None
        if cell is None or cell != self._shown_in:
            self._shown_in = cell
            super()._ipython_display_()

    def _state_of(self, subject: Any) -> Json:
        return {"feed": reference(self._feed), "control": reference(self._control)}

    def close(self) -> None:
        """Take the builder off every page."""
        super().close()
        for hidden in (getattr(self, "_feed", None), getattr(self, "_control", None)):
            if hidden is not None:  # there is none where the builder could not be made
                hidden.close()

    def picture(self) -> tuple[str, str]:
        from chainviz.widgets.picture import graph_html, graph_text

        graph = self.chain.get_graph()
        return graph_html(graph), graph_text(graph)

    # --- the chain -------------------------------------------------------------------------------------------

    @property
    def chain(self) -> Runnable[Any, Any]:
        """The chain. An object that is assigned is shown, and never changed."""
        return self.editor.chain

    @chain.setter
    def chain(self, chain: Any) -> None:
        self.editor.chain = chain

    @property
    def code(self) -> str:
        """The chain as Python. Code that is assigned is read, and never run."""
        return self.editor.code

    @code.setter
    def code(self, code: str) -> None:
        self.editor.code = code

    @property
    def spec(self) -> Json:
        """The chain as JSON. A spec that is assigned, as a dict or as text, is read, and nothing in it is run."""
        return self.editor.spec

    @spec.setter
    def spec(self, spec: Any) -> None:
        self.editor.spec = spec

    @property
    def problems(self) -> list[str]:
        """What is wrong, a sentence for each step or edge; the chain exists and runs nevertheless."""
        with self.editor.lock:
            editor = self.editor
            found = [(find(editor.root, each.node), each.message) for each in editor.problems(editor.edges())]
            return [f"{editor.label(node)} {message}" for node, message in found]

    def mend(self) -> list[str]:
        """Apply the first fix that is proposed for each problem, but change no step's type; what is left is returned, a
        sentence for each."""
        with self.editor.lock:
            mended: set[tuple[str, str]] = set()
            while (problem := self._mendable(mended)) is not None:
                mended.add((problem.node, problem.message))
                self.editor.fix(problem.node, problem.fixes[0].id)
            return self.problems

    def _mendable(self, mended: set[tuple[str, str]]) -> Problem | None:
        """The first problem with a fix that was not tried yet: to mend one may take away the next, or change it."""
        for each in self.editor.problems(self.editor.edges()):
            if each.fixes and each.fixes[0].id != RETYPED and (each.node, each.message) not in mended:
                return each
        return None

    # --- running it ------------------------------------------------------------------------------------------

    def run(self, input: Any, *, until: str | None = None, since: str | None = None) -> Trace:
        """Run the chain in the background, seen live in the builder: up to the step with the id `until`, or from the
        step `since` on, with what the steps before it gave last. Returns the trace at once.

        Raises InvalidInputError while another run goes on.
        """
        return self._runs.run(input, until, since)

    def stop(self) -> None:
        """Stop the run that goes on. Raises InvalidInputError where none does."""
        self._runs.stop()


__all__ = ["ChainBuilder"]
