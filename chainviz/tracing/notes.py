"""Notes: what happens in a trace, jotted down where it happens and made events of when somebody reads.

For what is told of somebody else's runs, which must not be held up: to take a note costs next to nothing.
"""

from __future__ import annotations

from collections import deque
from contextvars import Context
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Any

from chainviz.config import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainviz.config import RunnableConfig


class Teller:
    """What makes events of a note: `tell`, which raises nothing, and how many arguments it takes."""

    __slots__ = ("takes", "tell")

    def __init__(self, tell: Callable[..., None], takes: int) -> None:
        self.tell = tell
        self.takes = takes


class Notes(deque[Any]):
    """The notes for one trace: a Teller and what it takes, then the next Teller. They lie flat, each added by one
    `extend`, as every object that is kept is one more for the garbage collector to go through.

    They are taken where `context` is the ambient config, as there nothing but the trace listens. `begun` are the roots
    of which a note says that they began, and none that they ended. Who makes them longer than `limit` calls `added`.
    """

    __slots__ = ("_length", "_lock", "_settler", "_watchers", "begun", "context", "limit")

    def __init__(self, length: int = 0) -> None:
        super().__init__()
        self.context: RunnableConfig | object = object()
        self.begun: set[int] = set()
        self.limit = self._length = length
        self._settler: int | None = None
        self._watchers: tuple[Callable[[], None], ...] = ()
        self._lock = RLock()

    def open(self, context: RunnableConfig) -> None:
        """Take notes where this config is the ambient one."""
        self.context = context
        OPEN.append(self)

    def close(self) -> None:
        """Take no more notes."""
        self.context = object()
        OPEN[:] = [notes for notes in OPEN if notes is not self]

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called after each note."""
        if changed not in self._watchers:
            self._watchers = (*self._watchers, changed)
        self.limit = -1

    def added(self) -> None:
        """See that those who watch know, and that there are not too many."""
        if len(self) > self._length:
            self.settle()
        for changed in self._watchers:
            changed()

    def settle(self) -> None:
        """Make events of the notes, in a context of its own: who reads has nothing to do with what ran."""
        if self:
            with self._lock:
                if self._settler is None:
                    self._settler = get_ident()
                    try:
                        Context().run(self._tell)
                    finally:
                        self._settler = None

    @property
    def settling(self) -> bool:
        """Whether it is this thread that makes events of notes."""
        return self._settler is not None and self._settler == get_ident()

    def _tell(self) -> None:
        take = self.popleft
        while self:
            teller = take()
            teller.tell(*[take() for _ in range(teller.takes)])

    def after_fork(self) -> None:
        """In a forked process: wait for no thread that is not here."""
        self._lock = RLock()
        self._settler = None


OPEN: list[Notes] = [Notes()]
"""Those that are taken now, the innermost last; the first is nobody's."""


def taken_here() -> Notes | None:
    """The notes that are taken in this context."""
    current = CURRENT.get()
    return next((notes for notes in OPEN if notes.context is current), None)


__all__ = ["OPEN", "Notes", "Teller", "taken_here"]
