"""Runs and run events: the only source of every projection and every panel.

An event is a slotted record with a monotonic time and references, never copies. Its `seq` is its place in the trace
that keeps it, so several traces may keep the same event.
"""

from __future__ import annotations

import os
from itertools import count
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from chainviz.forks import after_fork
from chainviz.missing import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from chainviz.outputs import LLMResult

RunType: TypeAlias = Literal["chain", "chat_model", "llm", "prompt", "retriever", "tool", "parser"]


_new = object.__new__
_uuid_class: type[Any] = object
_set_int: Any = None
_set_is_safe: Any = None
_unknown: Any = None
_wall_ahead = time_ns() - perf_counter_ns()
_millisecond = (0, 0, 0)
"""The last one in which an id was made: its first nanosecond, the first after it, the upper half of its ids."""


def _count_from_chance() -> None:
    """Have this process count its runs from a random start: the lower 80 bits of their ids."""
    global _numbers
    chance = int.from_bytes(os.urandom(10))
    _numbers = count(0x7 << 76 | (chance >> 62 & 0xFFF) << 64 | 0x2 << 62 | chance & _COUNTED >> 1)


_COUNTED = (1 << 62) - 1
_numbers: count[int]
_count_from_chance()
after_fork(_count_from_chance)


def _of_millisecond(start: int) -> int:
    """The upper half of the ids of runs that start then."""
    global _millisecond
    wall = start + _wall_ahead
    first = start - wall % 1_000_000
    upper = wall // 1_000_000 << 80
    _millisecond = (first, first + 1_000_000, upper)
    return upper


def _import_uuid() -> None:
    global _uuid_class, _set_int, _set_is_safe, _unknown
    from uuid import UUID, SafeUUID

    slots: Any = UUID  # which refuses to be changed otherwise
    _set_int, _set_is_safe, _unknown = slots.int.__set__, slots.is_safe.__set__, SafeUUID.unknown
    _uuid_class = UUID


def escape_segment(text: str) -> str:
    """A key as one segment of a path, escaped as in a JSON Pointer (RFC 6901)."""
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text


class Run:
    """One execution of one step.

    `start` is monotonic nanoseconds. `segment` is the run's place under its parent in the static graph, None where it
    was called by the parent's own code. `step` is the object that runs, None where it is not known. `id` is made when
    somebody reads it, and is then the `known_id`. `result` is a model's LLMResult, where it says more than the output.
    """

    __slots__ = (
        *("_number", "known_id", "metadata", "name", "parent"),
        *("result", "segment", "start", "step", "tags", "type"),
    )

    def __init__(
        self,
        type: RunType,
        name: str,
        parent: Run | None = None,
        segment: str | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        step: Any = None,
        id: UUID | None = None,
        start: int | None = None,
    ) -> None:
        self.type: RunType = type
        self.name = name
        self.parent = parent
        self.segment = segment
        self.tags: list[str] = [] if tags is None else tags
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.step = step
        self.start = perf_counter_ns() if start is None else start
        self.known_id = id
        self.result: LLMResult | None = None
        self._number = next(_numbers)

    @property
    def id(self) -> UUID:
        return self.known_id or self.make_id()

    def make_id(self) -> UUID:
        """A UUID of version 7 (RFC 9562, 5.7) for the time of the start: its random bits count up from a random start
        (6.2), one for each run of this process."""
        if _uuid_class is object:
            _import_uuid()
        first, after, upper = _millisecond
        if not first <= self.start < after:
            upper = _of_millisecond(self.start)
        id: Any = _new(_uuid_class)  # its own constructor takes longer than all that a run does
        _set_int(id, upper + self._number)
        _set_is_safe(id, _unknown)
        self.known_id = id  # whichever thread makes it, it is the same
        return id

    @property
    def path(self) -> str:
        """The path id of the step in the root's graph: '' for the root, 'seq:1/map:context' for a step inside."""
        if self.parent is None:
            return ""
        segment = f"call:{escape_segment(self.name)}" if self.segment is None else self.segment
        above = self.parent.path
        return f"{above}/{segment}" if above and segment else above or segment

    def path_below(self, root: Run) -> str:
        """The path id in the graph of the root of a trace, which may itself be a step of a larger run."""
        path, above = self.path, root.path
        return path[len(above) :].lstrip("/") if above else path

    @property
    def parent_ids(self) -> list[str]:
        """The ids of the runs around this one, the root's first."""
        ids: list[str] = []
        run = self.parent
        while run is not None:
            ids.append(str(run.id))
            run = run.parent
        return ids[::-1]

    @property
    def root(self) -> Run:
        run = self
        while run.parent is not None:
            run = run.parent
        return run

    def __repr__(self) -> str:
        return f"<Run {self.type} {self.name!r} at {self.path!r}>"


def open_run(
    type: RunType,
    name: str,
    parent: Run | None,
    segment: str | None,
    tags: list[str],
    metadata: dict[str, Any],
    step: Any,
    id: UUID | None,
) -> Run:
    """A Run that starts now: the same as `Run(…)`, at two thirds of what a call of a class costs."""
    run = _new(Run)
    run.type = type
    run.name = name
    run.parent = parent
    run.segment = segment
    run.tags = tags
    run.metadata = metadata
    run.step = step
    run.start = perf_counter_ns()
    run.known_id = id
    run.result = None
    run._number = next(_numbers)  # pyright: ignore[reportPrivateUsage]
    return run


class RunStart:
    """A run began. `inputs` is MISSING while they still stream in; of a root that is given a whole as a stream they are
    known at once, `streamed` then says so."""

    __slots__ = ("inputs", "run", "streamed", "t")

    def __init__(self, t: int, run: Run, inputs: Any = MISSING, streamed: bool = False) -> None:
        self.t = t
        self.run = run
        self.inputs = inputs
        self.streamed = streamed

    @property
    def inputs_in_hand(self) -> Any:
        """The inputs as handlers and listeners are told of them: MISSING while they stream in."""
        return MISSING if self.streamed else self.inputs


class RunChunk:
    """A run gave a part of its output."""

    __slots__ = ("chunk", "run", "t")

    def __init__(self, t: int, run: Run, chunk: Any) -> None:
        self.t = t
        self.run = run
        self.chunk = chunk


class RunEnd:
    """A run came to its end. `inputs` is MISSING where they could not be added up."""

    __slots__ = ("inputs", "output", "run", "t")

    def __init__(self, t: int, run: Run, output: Any, inputs: Any = MISSING) -> None:
        self.t = t
        self.run = run
        self.output = output
        self.inputs = inputs


class RunError:
    """A run raised `error`."""

    __slots__ = ("error", "inputs", "run", "t")

    def __init__(self, t: int, run: Run, error: BaseException, inputs: Any = MISSING) -> None:
        self.t = t
        self.run = run
        self.error = error
        self.inputs = inputs


WAITING = "waiting for an answer"
"""How the reason of a run begins that has stopped to ask a person, and is to be taken up again."""


class RunCancel:
    """A run was stopped from outside: its consumer left, its task was cancelled, its user interrupted it. One that
    `waits` has asked a person for something, and may have given an `output` so far."""

    __slots__ = ("inputs", "output", "reason", "run", "t")

    @property
    def waits(self) -> bool:
        return self.reason.startswith(WAITING)

    def __init__(self, t: int, run: Run, reason: str, inputs: Any = MISSING, output: Any = MISSING) -> None:
        self.t = t
        self.run = run
        self.reason = reason
        self.inputs = inputs
        self.output = output


class CustomEvent:
    """A step's own event, sent by `dispatch_custom_event` from within `run`. `tags` and `metadata` are those that a run
    called there would have: not the tag of this run's place."""

    __slots__ = ("data", "metadata", "name", "run", "t", "tags")

    def __init__(
        self,
        t: int,
        run: Run,
        name: str,
        data: Any,
        tags: Iterable[str] = (),
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.t = t
        self.run = run
        self.name = name
        self.data = data
        self.tags = [*tags]
        self.metadata = run.metadata if metadata is None else metadata


TerminalEvent: TypeAlias = RunEnd | RunError | RunCancel
RunEvent: TypeAlias = RunStart | RunChunk | RunEnd | RunError | RunCancel | CustomEvent
Told: TypeAlias = RunEvent | tuple[Run, Any]
"""What a projection is fed: an event, or a chunk with its run, where nobody asks for its time."""

__all__ = [
    "MISSING",
    "WAITING",
    "CustomEvent",
    "Run",
    "RunCancel",
    "RunChunk",
    "RunEnd",
    "RunError",
    "RunEvent",
    "RunStart",
    "RunType",
    "TerminalEvent",
    "Told",
    "escape_segment",
    "open_run",
]
