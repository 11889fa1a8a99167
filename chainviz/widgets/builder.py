"""The chain builder as a widget."""

# ipywidgets is untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.builder.editor import Editor
from chainviz.errors import InvalidInputError, shorten
from chainviz.widgets.base import View
from chainviz.widgets.hidden import Stub, answering, reference
from chainviz.widgets.outbox import OUTBOX
from chainviz.widgets.picture import graph_html, graph_text
from chainviz.wire.builder import StateEncoder
from chainviz.wire.builder_requests import BuilderAnswers

if TYPE_CHECKING:
    from chainviz.runnables.base import Runnable


class BuilderFeed(Stub):
    """Publishes the states of one editor."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._states = StateEncoder(editor)
        editor.subscribe(lambda: OUTBOX.add(self))

    def flush(self) -> bool:
        """Send the state as it is now. Called by the outbox only."""
        self.send(self._states.state())
        return False


class BuilderControl(Stub):
    """Answers the page's requests about one editor, on whatever thread they arrive."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._answers = BuilderAnswers(editor)
        answering(self)
        self.on_msg(self._answer)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        self.send(self._answers.to(content))


class ChainBuilder(View):
    """The builder of a chain: `chain` is at every moment a Runnable, `code` its Python.

    Assigning to `chain` or `code` redraws the page; what is done on the page changes them.
    """

    kind = "builder"

    def _state_of(self, subject: Any) -> dict[str, Any]:
        if not isinstance(subject, Editor):
            raise InvalidInputError(f"ChainBuilder: expected an Editor, got {shorten(subject)}")
        self._editor = subject
        self._feed, self._control = BuilderFeed(subject), BuilderControl(subject)
        return {"feed": reference(self._feed), "control": reference(self._control)}

    def picture(self) -> tuple[str, str]:
        graph = self.chain.get_graph()
        return graph_html(graph), graph_text(graph)

    @property
    def chain(self) -> Runnable[Any, Any]:
        """The chain. Assigning another one shows that; neither object is changed by what is done here."""
        return self._editor.chain

    @chain.setter
    def chain(self, chain: Any) -> None:
        self._editor.chain = chain

    @property
    def code(self) -> str:
        """The chain as Python. Assigned code is read, and never run."""
        return self._editor.code

    @code.setter
    def code(self, code: str) -> None:
        self._editor.code = code
