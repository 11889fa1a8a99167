"""Where the links of a state graph run beside a column of boxes: to the next box straight down, elsewhere in tracks.

A track is a line down the right side of the column. Links that would meet in one track have tracks of their own, the
shorter ones further inside; links between the same two boxes are drawn as one, with the labels of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chainviz.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterable


class Routing(NamedTuple):
    """The links that go straight down, and those in each track, the innermost track first."""

    straight: list[Link]
    tracks: list[list[Link]]


def route(links: Iterable[Link]) -> Routing:
    routing = Routing([], [])
    taken: list[int] = []
    for link in sorted(_merged(links), key=lambda link: abs(link.target - link.source)):
        if link.target == link.source + 1:
            routing.straight.append(link)
            continue
        places = _places(link)
        track = next((number for number, bits in enumerate(taken) if not bits & places), len(taken))
        if track == len(taken):
            taken.append(0)
            routing.tracks.append([])
        taken[track] |= places
        routing.tracks[track].append(link)
    return routing


def _places(link: Link) -> int:
    """The boxes that a link passes, as bits."""
    first, last = sorted(link[:2])
    return (1 << last + 1) - (1 << first)


def _merged(links: Iterable[Link]) -> Iterable[Link]:
    between: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        between.setdefault((link.source, link.target), []).append(link)
    for (source, target), same in between.items():
        label = ", ".join(link.label for link in same if link.label)
        yield Link(source, target, label, all(link.conditional for link in same))


__all__ = ["Routing", "route"]
