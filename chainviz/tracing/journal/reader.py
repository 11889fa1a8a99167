"""Reading a journal back as a trace. A file is data from outside: it is checked, and nothing in it is executed."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from typing import TYPE_CHECKING, Any, cast, get_args
from uuid import UUID

from chainviz.errors import JournalError, shorten
from chainviz.outputs import LLMResult
from chainviz.tracing.events import (
    MISSING,
    CustomEvent,
    Run,
    RunCancel,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
    RunType,
)
from chainviz.tracing.journal.lines import FORMAT, VERSION
from chainviz.tracing.journal.values import Decoder
from chainviz.tracing.recorded_error import RecordedError
from chainviz.tracing.trace import Trace
from chainviz.tracing.values import no_json, visible

if TYPE_CHECKING:
    from os import PathLike

Fields = dict[str, Any]

MAX_BYTES = 64_000_000
MAX_DEPTH = 64
INTERRUPTED = "interrupted: the journal ends here"

_NESTING = 300
"""How deep runs may be nested: about as deep as calls can be."""
_LAST_MOMENT = 250_000_000_000_000_000_000
"""A time in ns since the epoch that is still a date."""
_ID = 1_000
"""Characters of a run's id."""
_TYPES = frozenset(get_args(RunType))
_ERRORS = 1_000
"""How many classes of exceptions get a class of their own."""


class LoadedTrace(Trace):
    """A trace read from a file: closed, with the whole reading surface of a live one.

    Runs that were open where the file ends are cancelled there. `notes` says in sentences what is not as it was.
    """

    def __init__(
        self, path: str, name: str | None, anchor: int, events: list[RunEvent], dropped: int, notes: list[str]
    ) -> None:
        super().__init__(name)
        self._state = "closed"
        self.path = path
        self.notes = tuple(notes)
        self.recorder.take(events, anchor, dropped)

    def __repr__(self) -> str:
        notes = f"; {'; '.join(self.notes)}" if self.notes else ""
        return f"{super().__repr__()[:-1]}, from {self.path}{notes}>"


def load(path: str | PathLike[str], *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> LoadedTrace:
    """The trace that `Trace.save` or a live journal wrote. Reading it executes nothing.

    A last line that is torn is left out. Raises JournalError, naming the line, for what is no journal, is larger than
    `max_bytes` or holds values nested deeper than `max_depth`; OSError where the file can't be read.
    """
    name = os.fspath(path)
    try:
        return _Reader(name, max_depth).read(_bytes(name, max_bytes))
    except RecursionError:
        raise JournalError(f"{name}: nested too deeply to be read") from None


def _bytes(path: str, most: int) -> bytes:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise JournalError(f"{path}: expected a file, got a folder or a device")
    with open(path, "rb") as file:  # not raw: one read of the system's gives 2 GB at most, and says nothing of the rest
        data = file.read(most + 1)
    if len(data) > most:
        raise JournalError(f"{path}: expected {most:,} bytes at most, got more; a larger `max_bytes` lets it in")
    return data


class _Reader:
    """Reads one file: its lines in turn, then its events in order."""

    def __init__(self, path: str, depth: int) -> None:
        self._path = path
        self._line = 0
        self._decoder = Decoder(depth)
        self._runs: dict[str, Run] = {}
        self._nesting: dict[Run, int] = {}
        self._open: dict[Run, None] = {}
        self._errors: dict[str, type[RecordedError]] = {}
        self._unknown: Counter[str] = Counter()
        self._notes: list[str] = []
        self._anchor = 0

    def read(self, data: bytes) -> LoadedTrace:
        lines = data.split(b"\n")
        name = self._header(lines[0])
        torn = lines.pop() if len(lines) > 1 else b""
        numbered: list[tuple[int, int, Fields]] = []
        for self._line, line in enumerate(lines[1:], 2):
            fields = self._parse(line)
            numbered.append((self._number(fields, "seq", 0, None), self._line, fields))
        if torn:
            self._line = len(lines) + 1
            try:
                numbered.append((self._number(fields := self._parse(torn), "seq", 0, None), self._line, fields))
            except JournalError:
                self._notes.append(f"line {self._line} is torn and left out")
        return self._trace(name, numbered)

    def _trace(self, name: str | None, numbered: list[tuple[int, int, Fields]]) -> LoadedTrace:
        numbered.sort(key=lambda item: item[0])  # as written, unless a thread was interrupted while it wrote
        events: list[RunEvent] = []
        last = -1
        for seq, self._line, fields in numbered:
            if seq == last:
                raise self._wrong(f"the event {seq} was there before")
            last = seq
            if (event := self._event(fields)) is not None:
                events.append(event)
        end = max((event.t for event in events), default=0)
        events += [RunCancel(end, run, INTERRUPTED) for run in reversed(self._open)]
        dropped = last + 1 - len(numbered)
        return LoadedTrace(self._path, name, self._anchor, events, dropped, [*self._notes, *self._remarks()])

    def _remarks(self) -> list[str]:
        unknown = [f"{count} events of the unknown kind {kind!r} are left out" for kind, count in self._unknown.items()]
        cuts = self._decoder.cuts
        open_ = len(self._open)
        if open_:
            unknown.append(f"{open_} run{'s were' if open_ > 1 else ' was'} open where it ends")
        return unknown + ([f"{cuts} value{'s were' if cuts > 1 else ' was'} cut when written"] if cuts else [])

    # --- lines -------------------------------------------------------------------------------------------------

    def _header(self, line: bytes) -> str | None:
        self._line = 1
        fields = self._parse(line) if line.strip() else {}
        if fields.get("format") != FORMAT:
            raise self._wrong(f"expected a journal of chainviz, got {shorten(line.decode(errors='replace'))}")
        if fields.get("version") != VERSION:
            raise self._wrong(f"expected version {VERSION} of the format, got {shorten(fields.get('version'))}")
        self._anchor = self._number(fields, "anchor", 0, _LAST_MOMENT)
        name = fields.get("name")
        return name if name is None else self._text(fields, "name")

    def _parse(self, line: bytes) -> Fields:
        try:
            fields = json.loads(line.decode(), parse_constant=no_json)
        except ValueError:
            raise self._wrong(f"expected JSON, got {shorten(line[:100].decode(errors='replace'))}") from None
        except RecursionError:
            raise self._wrong("nested too deeply to be read") from None
        if not isinstance(fields, dict):
            raise self._wrong(f"expected a JSON object, got {shorten(fields)}")
        return cast("Fields", fields)

    # --- events ------------------------------------------------------------------------------------------------

    def _event(self, fields: Fields) -> RunEvent | None:
        kind = self._text(fields, "kind")
        if kind not in ("start", "chunk", "end", "error", "cancel", "custom"):
            self._unknown[kind[:80]] += 1
            return None
        t = self._number(fields, "t", -self._anchor, _LAST_MOMENT - self._anchor)
        if kind == "start":
            run = self._start(fields, t)
            return RunStart(t, run, self._input(fields))
        run = self._runs.get(self._text(fields, "run"))
        if run is None:
            raise self._wrong(f"expected a run that has started, got {shorten(fields['run'])}")
        if kind == "custom":
            return self._custom(fields, t, run)
        if run not in self._open:
            raise self._wrong(f"expected a run that is open, got {shorten(fields['run'])}")
        if kind == "chunk":
            return RunChunk(t, run, self._value(fields, "chunk"))
        del self._open[run]
        if kind == "end":
            result = self._value(fields, "result") if "result" in fields else None
            run.result = result if isinstance(result, LLMResult) else None
            return RunEnd(t, run, self._value(fields, "output"), self._input(fields))
        if kind == "error":
            return RunError(t, run, self._error(self._object(fields, "error")), self._input(fields))
        return RunCancel(t, run, self._text(fields, "reason"), self._input(fields))

    def _start(self, fields: Fields, t: int) -> Run:
        id = self._id(fields.get("run"), "run")
        if (before := self._runs.get(str(id))) is not None and before in self._open:
            raise self._wrong(f"the run {id} has started before, and is open")
        type = self._text(fields, "type")
        if type not in _TYPES:
            raise self._wrong(f"type: expected one of {', '.join(sorted(_TYPES))}, got {shorten(type)}")
        parent = self._parent(fields)
        run = Run(
            cast("RunType", type),
            self._text(fields, "name"),
            parent=parent,
            segment=self._segment(self._text(fields, "path"), parent),
            tags=self._tags(fields),
            metadata=self._metadata(fields),
            id=id,
            start=t,
        )
        self._runs[str(id)] = run
        self._nesting[run] = self._nesting.get(parent, 0) + 1 if parent else 0
        self._open[run] = None
        return run

    def _custom(self, fields: Fields, t: int, run: Run) -> CustomEvent:
        tags = self._tags(fields) if "tags" in fields else ()
        metadata = self._metadata(fields) if "metadata" in fields else None
        return CustomEvent(t, run, self._text(fields, "name"), self._value(fields, "data"), tags, metadata)

    def _parent(self, fields: Fields) -> Run | None:
        """The run around, of this trace or of one around the trace, which is known by its id alone."""
        ids = fields.get("parent_ids")
        if not isinstance(ids, list) or len(cast("list[Any]", ids)) > _NESTING:
            raise self._wrong(f"parent_ids: expected a list of at most {_NESTING} ids, got {shorten(ids)}")
        above = [str(self._id(id, "parent_ids")) for id in cast("list[Any]", ids)]
        if not above:
            return None
        if (parent := self._runs.get(above[-1])) is not None:
            if self._nesting[parent] >= _NESTING:
                raise self._wrong(f"expected at most {_NESTING} runs inside one another, got more")
            return parent
        outside: Run | None = None
        for id in above:
            outside = Run("chain", "", parent=outside, segment="", id=self._id(id, "parent_ids"))
        return outside

    def _segment(self, path: str, parent: Run | None) -> str:
        """What the path adds to the parent's."""
        above = "" if parent is None else parent.path
        if not above or path == above:
            return path[len(above) :]
        if not path.startswith(f"{above}/"):
            raise self._wrong(f"path: expected one below {shorten(above)}, got {shorten(path)}")
        return path[len(above) + 1 :]

    def _error(self, fields: Fields) -> RecordedError:
        name = visible(self._text(fields, "type")[:200]).replace("\0", "")
        if name not in self._errors:
            known = len(self._errors) < _ERRORS
            self._errors[name] = RecordedError.named(name) if known else RecordedError
        error = self._errors[name](self._text(fields, "message"))
        error.traceback = self._text(fields, "traceback")
        return error

    # --- fields ------------------------------------------------------------------------------------------------

    def _input(self, fields: Fields) -> Any:
        return self._value(fields, "input") if "input" in fields else MISSING

    def _value(self, fields: Fields, name: str) -> Any:
        if name not in fields:
            raise self._wrong(f"{name}: expected a value, got nothing")
        return self._decode(fields[name])

    def _decode(self, data: Any) -> Any:
        try:
            return self._decoder.value(data)
        except JournalError as error:
            raise self._wrong(str(error)) from None

    def _text(self, fields: Fields, name: str) -> str:
        return self._of(str, "a text", fields, name)

    def _object(self, fields: Fields, name: str) -> Fields:
        return cast("Fields", self._of(dict, "an object", fields, name))

    def _tags(self, fields: Fields) -> list[str]:
        tags = fields.get("tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in cast("list[Any]", tags)):
            raise self._wrong(f"tags: expected a list of texts, got {shorten(tags)}")
        return cast("list[str]", tags)

    def _metadata(self, fields: Fields) -> dict[str, Any]:
        return {name: self._decode(item) for name, item in self._object(fields, "metadata").items()}

    def _of(self, cls: type[Any], what: str, fields: Fields, name: str) -> Any:
        value = fields.get(name)
        if not isinstance(value, cls):
            raise self._wrong(f"{name}: expected {what}, got {shorten(value)}")
        return value

    def _number(self, fields: Fields, name: str, least: int, most: int | None) -> int:
        value = fields.get(name)
        if type(value) is not int or value < least or (most is not None and value > most):
            bounds = f"{least:,} or more" if most is None else f"between {least:,} and {most:,}"
            raise self._wrong(f"{name}: expected a whole number, {bounds}, got {shorten(value)}")
        return value

    def _id(self, value: Any, name: str) -> UUID:
        """The id of a run: any text may be one, as any `run_id` of a config is."""
        if not isinstance(value, str) or not 0 < len(value) <= _ID:
            raise self._wrong(f"{name}: expected the id of a run, got {shorten(value)}")
        try:
            return UUID(value)
        except ValueError:
            return cast("UUID", value)

    def _wrong(self, what: str) -> JournalError:
        return JournalError(f"{self._path}, line {self._line}: {what}")


__all__ = ["INTERRUPTED", "LoadedTrace", "load"]
