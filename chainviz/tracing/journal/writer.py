"""Writing journals: event by event while a trace runs, or a whole trace at once."""

from __future__ import annotations

import logging
import os
import stat
from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4
from weakref import finalize

from chainviz.errors import InvalidConfigError
from chainviz.tracing.events import RunCancel, RunEnd, RunError, RunStart
from chainviz.tracing.journal.lines import Writer, line
from chainviz.tracing.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from chainviz.tracing.bus import Sink
    from chainviz.tracing.events import Run, RunEvent

logger = logging.getLogger("chainviz")


class Journal:
    """Writes each event to a file as it happens: one line, one `write` straight to the file.

    What was written outlives the process, however it ends (not the machine: nothing waits for the disk). Where writing
    fails, the journal stops with one warning of the logger "chainviz"; `error` has what went wrong, and the run goes
    on.

    Raises OSError where the file cannot be opened, InvalidConfigError where something stands in it already.
    """

    def __init__(self, path: str | PathLike[str], trace: str, name: str | None, anchor: tuple[int, int]) -> None:
        self.path = os.fspath(path)
        self.error: Exception | None = None
        self._writer = Writer(anchor[0], Redactor.of_steps())
        self._seq = 0
        self._open_runs: dict[Run, str] = {}
        self._lock = RLock()
        self._file = _open(self.path)
        self._close = finalize(self, os.close, self._file)
        self._put(self._writer.header(trace, name, anchor[1]))

    @property
    def is_open(self) -> bool:
        """True while events are being written."""
        return self._close.alive

    def is_at(self, path: str | PathLike[str]) -> bool:
        """Whether it is being written at this path."""
        return self.is_open and os.path.realpath(path) == os.path.realpath(self.path)

    def record(self, event: RunEvent, sink: Sink) -> None:
        """Write the event and hand it to `sink`, to both in the same order."""
        run = event.run
        # None where the run began before the trace: such a one can still send custom events.
        id = str(run.id) if isinstance(event, RunStart) else self._open_runs.get(run)
        said = None if id is None or not self.is_open else self._text(event, id)
        with self._lock:
            sink(event)
            if id is None or said is None:
                return
            seq, self._seq = self._seq, self._seq + 1
            self._put(line(seq, said))
            if isinstance(event, RunStart):
                self._open_runs[run] = id
            elif isinstance(event, RunEnd | RunError | RunCancel):
                self._open_runs.pop(run, None)

    def _text(self, event: RunEvent, id: str) -> str | None:
        try:
            return self._writer.text(event, id)
        except Exception as error:
            self._fail(error)
            return None

    def _put(self, data: bytes) -> None:
        try:
            while data and self._close.alive:
                written = os.write(self._file, data)
                if not written:
                    raise OSError("nothing was written")
                data = data[written:]
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        with self._lock:
            first, self.error = self.error is None, self.error or error
            self.close()
        if first:
            what = "the journal %s ends after %d events: %s: %s; the run goes on without it"
            logger.warning(what, self.path, self._seq, type(error).__name__, error)

    def close(self) -> None:
        """Write nothing more."""
        with self._lock:
            self._close()

    def leave_to_parent(self) -> None:
        """In a forked process: close this process's hold on the file, without waiting for a thread that is not here."""
        self._lock = RLock()
        self._close()

    def __repr__(self) -> str:
        return f"<Journal {self.path!r}: {self._seq} events>"


def _open(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, 0o666)
    found = os.fstat(file)
    if stat.S_ISREG(found.st_mode) and found.st_size:
        os.close(file)
        raise InvalidConfigError(
            f"trace(journal={path!r}): expected a new file, got one with {found.st_size:,} bytes in it; "
            "read it with chainviz.load, then remove it or choose another name"
        )
    return file


def save(
    path: str | PathLike[str],
    trace: str,
    name: str | None,
    anchor: tuple[int, int],
    events: Iterable[tuple[int, RunEvent]],
    *,
    redact: bool,
) -> str:
    """Write numbered events as a journal, in place of what is there under the path; returns the path.

    The file appears whole or not at all. Raises OSError where it cannot be written.
    """
    target = os.fspath(path)
    folder, base = os.path.split(target)
    beside = os.path.join(folder, f".{base}.{uuid4().hex}.tmp")
    writer = Writer(anchor[0], Redactor.of_steps() if redact else None)
    try:
        with open(beside, "xb") as file:
            file.write(writer.header(trace, name, anchor[1]))
            file.writelines(_lines(events, writer))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    return target


def _lines(events: Iterable[tuple[int, RunEvent]], writer: Writer) -> Iterator[bytes]:
    ids: dict[Run, str] = {}
    for seq, event in events:
        if isinstance(event, RunStart):
            ids[event.run] = str(event.run.id)
        if event.run in ids:
            yield line(seq, writer.text(event, ids[event.run]))


__all__ = ["Journal", "save"]
