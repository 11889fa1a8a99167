"""Which runs a projection shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chainviz.tracing.events import CustomEvent, Run

Names: TypeAlias = "tuple[Sequence[str] | None, Sequence[str] | None]"
Values: TypeAlias = "tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]"


class RunFilter:
    """Chooses runs by name, type, tags and metadata, each given as (include, exclude).

    The includes are a union, and one that is empty matches nothing; the excludes then win. Metadata matches a run
    that has all of the keys with these values.
    """

    def __init__(
        self,
        names: Names = (None, None),
        types: Names = (None, None),
        tags: Names = (None, None),
        metadata: Values = (None, None),
    ) -> None:
        self._names = names
        self._types = types
        self._tags = tags
        self._metadata = metadata
        self._including = any(pair[0] is not None for pair in (names, types, tags, metadata))

    def chooses(self, run: Run, run_type: str | None = None) -> bool:
        """Whether the run is shown; `run_type` is what the projection calls its type, where that differs."""
        return self._chooses(run, run.name, run_type or run.type, run.tags)

    def chooses_called(self, run: Run, name: str, tags: list[str]) -> bool:
        """Whether a run is shown that is called by another name, and with other tags, than it has."""
        return self._chooses(run, name, run.type, tags)

    def chooses_custom(self, event: CustomEvent) -> bool:
        """Whether a custom event is shown: its name is its type too."""
        return self._chooses(event.run, event.name, event.name, event.tags)

    def _chooses(self, run: Run, name: str, kind: str, own: list[str]) -> bool:
        if self._including and not self._matches(run, name, kind, own, 0):
            return False
        return not self._matches(run, name, kind, own, 1)

    def _matches(self, run: Run, name: str, kind: str, own: list[str], side: int) -> bool:
        names, types, tags, metadata = self._names[side], self._types[side], self._tags[side], self._metadata[side]
        return bool(
            (names and name in names)
            or (types and kind in types)
            or (tags and any(tag in tags for tag in own))
            or (metadata and all(key in run.metadata and run.metadata[key] == metadata[key] for key in metadata))
        )


ALL_RUNS = RunFilter()

__all__ = ["ALL_RUNS", "RunFilter"]
