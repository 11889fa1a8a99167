"""Undo and redo: the trees before and after, which share what did not change."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from chainviz.builder.tree import Node

LONGEST = 1_000
"""Edits that can be undone."""


class Moment(NamedTuple):
    """A tree, and what the edit was called that led away from it, or back to it."""

    label: str
    root: Node


class History:
    """Where an editor has been."""

    def __init__(self) -> None:
        self._past: deque[Moment] = deque(maxlen=LONGEST)
        self._future: list[Moment] = []

    @property
    def undo_label(self) -> str | None:
        return self._past[-1].label if self._past else None

    @property
    def redo_label(self) -> str | None:
        return self._future[-1].label if self._future else None

    def note(self, label: str, before: Node) -> None:
        """An edit was made; what was undone before it is gone."""
        self._past.append(Moment(label, before))
        self._future.clear()

    def undo(self, now: Node) -> Node | None:
        """The tree before the last edit; None where there was none."""
        if not self._past:
            return None
        moment = self._past.pop()
        self._future.append(Moment(moment.label, now))
        return moment.root

    def redo(self, now: Node) -> Node | None:
        """The tree after the edit that was undone last; None where there was none."""
        if not self._future:
            return None
        moment = self._future.pop()
        self._past.append(Moment(moment.label, now))
        return moment.root


__all__ = ["LONGEST", "History"]
