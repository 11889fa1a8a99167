"""One call on each of many items, several at once; none is left running when the whole returns or raises."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from threading import Condition
from typing import Any, Generic, TypeVar

from chainviz.runnables.signature import is_coroutine_function
from chainviz.runnables.work import depth_here, new_gate, submit_from
from chainviz.slots import Slots
from chainviz.tracing.tasks import Group

Item = TypeVar("Item")
T = TypeVar("T")

HELPERS = 32
"""How many calls go on at once where nothing limits them."""


class _Crew(Generic[Item, T]):
    """Threads that take items from one queue. The caller works too, so crews inside crews cannot starve; a helper
    recruits the next one only when it gets to run, so calls that never wait cost no threads."""

    def __init__(self, function: Callable[[Item], T], items: Sequence[Item], slots: Slots, spared: int) -> None:
        self._function = function
        self._spared = spared
        self._pending = deque(enumerate(items))
        self._slots = slots
        self._results: list[Any] = [None] * len(items)
        self._error: BaseException | None = None
        self._failed = len(items)
        self._helping = 0
        self._recruited = False
        self._closed = False
        self._changed = Condition()
        self._gate = new_gate()
        self._depth = depth_here()

    def run(self) -> list[T]:
        try:
            self._work()
            with self._changed:
                self._closed = True
                self._changed.wait_for(lambda: self._helping == 0 or isinstance(self._error, KeyboardInterrupt))
            if isinstance(self._error, KeyboardInterrupt):
                raise self._error
        except BaseException:
            self._pending.clear()
            self._closed = True
            self._gate.close("interrupted")
            raise
        if self._error is not None:
            raise self._error
        return self._results

    def _work(self) -> None:
        pending, results, function, slots = self._pending, self._results, self._function, self._slots
        while True:
            if not self._recruited and slots.free:
                self._recruit()
            try:
                index, item = pending.popleft()
            except IndexError:
                return
            try:
                results[index] = function(item)
            except BaseException as error:
                self._fail(index, error)

    def _fail(self, index: int, error: BaseException) -> None:
        plain = isinstance(error, Exception)
        with self._changed, suppress(IndexError):  # meanwhile others may take the last of them
            if not plain or (index < self._failed and (self._error is None or isinstance(self._error, Exception))):
                self._error, self._failed = error, index
            while not plain or self._pending[-1][0] >= self._spared:
                self._pending.pop()

    def _recruit(self) -> None:
        if len(self._pending) > 1 and self._slots.take():
            self._recruited = True
            submit_from(self._depth, self._gate, self._help)

    def _help(self) -> None:
        with self._changed:
            self._recruited = False
            begins = not self._closed
            self._helping += begins
        try:
            if begins:
                self._work()
        finally:
            self._slots.give()
            with self._changed:
                self._helping -= begins
                self._changed.notify_all()


def map_all(
    function: Callable[[Item], T], items: Sequence[Item], slots: Slots | None = None, *, spares: bool = False
) -> list[T]:
    """The results of the calls, in the order of the items.

    The exception of the first item that has one is raised as it is, once the calls that had begun have ended; the
    others never begin, or with `spares` only those that could not have begun at once. An interrupt is raised at once.
    """
    if len(items) < 2 or (slots is not None and slots.number == 1):
        return [function(item) for item in items]
    slots = slots or Slots(HELPERS)
    return _Crew(function, items, slots, slots.number if spares else 0).run()


async def amap_all(
    function: Callable[[Item], Coroutine[Any, Any, T]], items: Sequence[Item], slots: Slots | None = None
) -> list[T]:
    """`map_all` with coroutines, all at once where `slots` does not limit them.

    The first exception is raised as it is, once the others have been cancelled and have ended.
    """
    if len(items) == 1:
        return [await function(items[0])]
    group = Group()
    if slots is None and is_coroutine_function(function):
        tasks = [group.start(function(item)) for item in items]
        await group.ended()
        return [task.result() for task in tasks]
    results: list[Any] = [None] * len(items)
    pending = deque(enumerate(items))

    async def call(index: int, item: Item) -> None:
        results[index] = await function(item)

    async def work(limit: Slots) -> None:
        while pending:
            if len(pending) > 1 and limit.take():
                group.start(work(limit)).add_done_callback(lambda _: limit.give())
            await call(*pending.popleft())

    if slots is None:
        for index, item in pending:
            group.start(call(index, item))
    elif pending:
        group.start(work(slots))  # its slot is the caller's, who only waits
    await group.ended()
    return results


__all__ = ["amap_all", "map_all"]
