"""What all views of a trace share on the screen: which run is selected, the filter, the time cursor."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from chainviz.errors import FilterError, InvalidConfigError, shorten
from chainviz.tracing.events import Run
from chainviz.tracing.filter_terms import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = "kernel"


class Screen:
    """The shared state, set by the user's code or by a page; `origin` tells which of them set it last."""

    def __init__(self) -> None:
        self.selected: str | None = None
        self.filter = ""
        self.cursor: int | None = None
        self.origin = KERNEL
        self._watchers: tuple[Callable[[], None], ...] = ()
        self._lock = Lock()

    def state(self) -> dict[str, Any]:
        """All of it, as data."""
        with self._lock:
            return {
                "selected": self.selected,
                "filter": self.filter,
                "cursor": self.cursor,
                "origin": self.origin,
            }

    def set(self, origin: str = KERNEL, **values: Any) -> None:
        """Change some of it and tell those who watch.

        Raises InvalidConfigError for a value that can't be selected or gone to, FilterError for a filter that does not
        parse.
        """
        checked = {name: _CHECKS[name](value) for name, value in values.items()}
        # A page shows what is wrong while somebody types.
        if origin == KERNEL and (fault := fault_of(checked.get("filter", ""))) is not None:
            raise FilterError(f"filter: {fault}")
        with self._lock:
            for name, value in checked.items():
                setattr(self, name, value)
            self.origin = origin
        for changed in self._watchers:
            changed()

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call `changed` after each change, on whatever thread; it must be quick."""
        self._watchers = (*self._watchers, changed)


def _run_id(value: Any) -> str | None:
    if isinstance(value, Run):
        return str(value.id)
    if value is None or isinstance(value, str):
        return value
    raise InvalidConfigError(f"selected: expected a run, the id of one, or None, got {shorten(value)}")


def _source(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise InvalidConfigError(f"filter: expected text like 'type:retriever >500ms', got {shorten(value)}")


def _seq(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise InvalidConfigError(f"cursor: expected how many events have happened, or None for all, got {shorten(value)}")


_CHECKS: dict[str, Callable[[Any], Any]] = {"selected": _run_id, "filter": _source, "cursor": _seq}

__all__ = ["KERNEL", "Screen"]
