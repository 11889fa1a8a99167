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
    for link in sorted(_merged(links), key=lambda link: abs(link.target - link.source)):
        if link.target == link.source + 1:
            routing.straight.append(link)
            continue
        free = next((track for track in routing.tracks if not any(_meet(link, other) for other in track)), None)
        if free is None:
            routing.tracks.append([link])
        else:
            free.append(link)
    return routing


def _merged(links: Iterable[Link]) -> Iterable[Link]:
    between: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        between.setdefault((link.source, link.target), []).append(link)
    for (source, target), same in between.items():
        label = ", ".join(link.label for link in same if link.label)
        yield Link(source, target, label, all(link.conditional for link in same))


def _meet(one: Link, other: Link) -> bool:
    return max(one[:2]) >= min(other[:2]) and max(other[:2]) >= min(one[:2])


__all__ = ["Routing", "route"]
