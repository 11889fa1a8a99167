"""Runs of what is built: the whole chain or a part of it, and what each step gave last."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from chainviz.builder.parts import Part, since, until
from chainviz.builder.slots import HISTORY, placed
from chainviz.errors import InvalidInputError
from chainviz.tracing.events import RunEnd

if TYPE_CHECKING:
    from chainviz.builder.editor import Editor
    from chainviz.builder.tree import Node
    from chainviz.runnables.base import Runnable
    from chainviz.tracing.trace import Trace


Start = Callable[["Runnable[Any, Any]", Any], "Trace"]
"""Runs a chain on an input in the background, and gives the trace at once."""


class Runs:
    """The runs of one editor, one at a time."""

    def __init__(self, editor: Editor, start: Start) -> None:
        self._editor = editor
        self._start = start
        self._seen = 0
        self._lock = Lock()
        self._listeners: list[Callable[[], None]] = []
        self.trace: Trace | None = None
        self.nodes: dict[str, str] = {}
        """The step of each path of the last run."""
        self.outputs: dict[str, Any] = {}
        """What the steps gave last, by id."""

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function after each event of a run, on whatever thread; it must be quick."""
        self._listeners.append(listener)

    @property
    def is_running(self) -> bool:
        return self.trace is not None and not self.trace.closed

    def run(self, input: Any, upto: str | None = None, onward: str | None = None) -> Trace:
        """Start the chain: up to a step, or from a step on with what those before it gave last.

        Raises InvalidInputError while another run goes on.
        """
        with self._editor.lock:
            if self.is_running:
                raise InvalidInputError("run: expected the last run to have ended, it is still going on: stop it first")
            part = self._part(upto, onward)
            trace = self._start(in_session(part.root, self._editor.part(part)), input)
            with self._lock:  # who asks for news has those of one run, or of the other
                self.nodes = {path: node.id for node, path in placed(part.root)}
                self._seen, self.trace = 0, trace
        trace.subscribe(self._follow)
        self._follow()
        return trace

    def _follow(self) -> None:
        for listener in self._listeners:
            listener()

    def _part(self, upto: str | None, onward: str | None) -> Part:
        root = self._editor.root
        self.news()
        if onward is not None:
            part = since(root, onward, self.outputs)
            return part if upto is None else Part(until(part.root, upto).root, part.given)
        return Part(root, {}) if upto is None else until(root, upto)

    def stop(self) -> None:
        """Stop the run that goes on. Raises InvalidInputError where none does."""
        if self.trace is None or self.trace.closed:
            raise InvalidInputError("stop: expected a run that is going on, got none")
        self.trace.stop()

    def news(self) -> dict[str, Any]:
        """The outputs that came since the last time, by the ids of their steps; `outputs` has them then."""
        new: dict[str, Any] = {}
        with self._lock:
            for seq, event in self.trace.recorder.numbered(self._seen) if self.trace else ():
                self._seen = seq + 1
                if isinstance(event, RunEnd) and (id := self.nodes.get(event.run.path)) is not None:
                    new[id] = event.output
            self.outputs.update(new)
        return new


def in_session(root: Node, chain: Runnable[Any, Any]) -> Runnable[Any, Any]:
    """The chain of a tree, in the session `builder` where a message history in it is told of no other."""
    nodes = list(root.walk())
    if not any(node.component == HISTORY for node in nodes) or any("configurable" in node.options for node in nodes):
        return chain
    return chain.with_config(configurable={"session_id": "builder"})


__all__ = ["Runs", "Start"]
