"""GraphView: the graph of a chain, or of a trace's chain while it runs."""

from __future__ import annotations

from typing import Any

from chainviz.errors import InvalidInputError, shorten
from chainviz.graph import Graph
from chainviz.runnables.base import Runnable
from chainviz.runnables.coerce import adopted
from chainviz.tracing.redact import Redactor
from chainviz.tracing.trace import Trace
from chainviz.widgets.base import View
from chainviz.wire.graph import encode_graph
from chainviz.wire.redacted import redacted_graph


class GraphView(View):
    """The graph of a Runnable, of LangChain's too, of a Graph, or of a Trace, which lights up as its steps run."""

    kind = "graph"

    def _state_of(self, subject: Any) -> dict[str, Any]:
        if isinstance(subject, Trace):
            return super()._state_of(subject)
        self._graph = _graph_of(subject)
        if not isinstance(self._graph, Graph):
            raise InvalidInputError(f"GraphView: expected a Runnable, a Graph or a Trace, got {shorten(subject)}")
        redactor = Redactor.of_steps(node.data for node in self._graph.root.walk())
        return {"graph": redacted_graph(encode_graph(self._graph), redactor)}

    def picture(self) -> tuple[str, str]:
        if isinstance(self._subject, Trace):
            return super().picture()
        from chainviz.widgets.picture import graph_html, graph_text

        return graph_html(self._graph), graph_text(self._graph)


def _graph_of(subject: Any) -> Any:
    if isinstance(subject, Runnable):
        return subject.get_graph()
    step = adopted(subject)
    return subject if step is None else step.get_graph()
