"""The outbox: what is new is sent soon, at a bounded pace, whatever a sender does."""

from __future__ import annotations

from itertools import pairwise
from threading import Event
from time import perf_counter, sleep

from chainviz.widgets.outbox import SHORTEST, Outbox


class Note:
    """A sender that notes when it was flushed; it asks for `more` further rounds, and takes `cost` seconds for each."""

    def __init__(self, *, more: int = 0, cost: float = 0) -> None:
        self.times: list[float] = []
        self.flushed = Event()
        self._more = more
        self._cost = cost

    def flush(self) -> bool:
        self.times.append(perf_counter())
        sleep(self._cost)
        self.flushed.set()
        return len(self.times) <= self._more


def gaps(note: Note) -> list[float]:
    """Seconds between two flushes that follow each other."""
    return [later - earlier for earlier, later in pairwise(note.times)]


class Broken(Note):
    def flush(self) -> bool:
        super().flush()
        raise RuntimeError("no front end")


def test_what_is_marked_is_flushed_soon() -> None:
    outbox, note = Outbox(), Note()
    outbox.add(note)
    assert note.flushed.wait(5)


def test_many_marks_make_few_rounds() -> None:
    outbox, note = Outbox(), Note()
    while len(note.times) < 6:
        outbox.add(note)
        sleep(0.0005)
    assert min(gaps(note)) >= SHORTEST


def test_a_sender_with_more_goes_on_by_itself() -> None:
    outbox, note = Outbox(), Note(more=3)
    outbox.add(note)
    end = perf_counter() + 5
    while len(note.times) < 4 and perf_counter() < end:
        sleep(0.005)
    sleep(0.05)
    assert len(note.times) == 4


def test_a_costly_round_slows_the_pace() -> None:
    outbox, note = Outbox(), Note(more=5, cost=0.008)
    outbox.add(note)
    end = perf_counter() + 5
    while len(note.times) < 6 and perf_counter() < end:
        sleep(0.005)
    assert min(gaps(note)) > 0.03


def test_a_sender_that_raises_stops_nobody() -> None:
    outbox, broken, note = Outbox(), Broken(), Note()
    outbox.add(broken)
    outbox.add(note)
    assert note.flushed.wait(5)
    outbox.add(note)
    broken.flushed.clear()
    outbox.add(broken)
    assert broken.flushed.wait(5)
