"""The journal under fire: kill -9, a full disk, short writes, a clock set back, forks. The run goes on unharmed."""

from __future__ import annotations

import errno
import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import chainviz
from chainviz import RunnableGenerator, RunnableLambda
from chainviz.tracing import events
from chainviz.tracing import trace as tracing
from chainviz.tracing.journal import writer
from chainviz.tracing.journal.reader import INTERRUPTED
from chainviz.tracing.trace import trace

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(chainviz.__file__).parents[1])}

PROGRAM = """
import os, sys
from chainviz import RunnableGenerator, RunnableLambda
from chainviz.tracing.trace import trace

def tokens(_):
    for number in range(20):
        yield "token " * number

def acknowledge(event):
    os.write(1, b"%d\\n" % t.recorder.count)

chain = RunnableLambda(str) | RunnableGenerator(tokens)
acknowledge.streaming = True
with trace(journal=sys.argv[1]) as t:
    while True:
        for _ in chain.stream(1, {"callbacks": [acknowledge]}):
            pass
"""


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, env=ENVIRONMENT)


def lines_of(path: Path) -> list[Any]:
    """Its whole lines."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


@pytest.mark.parametrize("attempt", range(20))
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path, attempt: int) -> None:
    """The trace is the first sink and the acknowledging one the second: what it tells has been written."""
    path, chance = tmp_path / "t", random.Random(attempt)
    with start(PROGRAM, str(path)) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        time.sleep(chance.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read()
    acknowledged = int(said[: said.rindex(b"\n")].splitlines()[-1])
    t = chainviz.load(path)
    there = [event for event in t.recorder.events if getattr(event, "reason", None) != INTERRUPTED]
    assert acknowledged <= len(there) <= acknowledged + 1
    assert [line["seq"] for line in lines_of(path)[1:]] == list(range(len(there)))
    assert t.dropped == 0
    assert {node.status for node in t.tree} <= {"done", "cancelled"}


def test_a_full_disk_stops_the_journal_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "chainviz"), trace(journal="/dev/full") as t:
        assert (RunnableLambda(len) | str).invoke("abc") == "3"
        assert list(RunnableLambda(len).stream("abc")) == [3]
    assert t.journal is not None and not t.journal.is_open
    assert isinstance(t.journal.error, OSError) and t.journal.error.errno == errno.ENOSPC
    (warning,) = caplog.messages
    assert warning.startswith("the journal /dev/full ends after 0 events: OSError: [Errno 28]")
    assert len(t.tree) == 2 and t.closed


LIMITED = """
import resource, sys
from chainviz import RunnableLambda
from chainviz.tracing.trace import trace
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
with trace(journal=sys.argv[1]) as t:
    print([RunnableLambda(len).invoke("x" * n) for n in range(100)] == list(range(100)), t.recorder.count)
print(t.journal.error.errno)
"""


@pytest.mark.parametrize("limit", [50, 1_000, 4_097, 9_999])
def test_a_write_that_gets_only_so_far_leaves_a_prefix(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "t"
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(limit)],
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT,
    )
    assert run.stdout == f"True 200\n{errno.EFBIG}\n"
    assert run.stderr.count("the journal") == 1 and "goes on without it" in run.stderr
    assert path.stat().st_size == limit
    if limit < 100:
        with pytest.raises(chainviz.ChainvizError, match="line 1: expected"):
            chainviz.load(path)
        return
    t = chainviz.load(path)
    ended = [node.output for node in t.tree if node.status == "done"]
    assert ended == list(range(len(ended))) and len(t.tree) - len(ended) in (0, 1)
    assert any("torn" in note for note in t.notes)


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(writer.os, "write", lambda file, data: write(file, data[:7]))
    with trace(journal=tmp_path / "t") as t:
        (RunnableLambda(len) | str).invoke("abc")
    monkeypatch.undo()
    again = chainviz.load(tmp_path / "t")
    assert again.events() == t.events() and again.notes == ()


def test_a_write_of_nothing_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with trace(journal=tmp_path / "t") as t:
        monkeypatch.setattr(writer.os, "write", lambda file, data: 0)
        assert RunnableLambda(len).invoke("abc") == 3
    assert "nothing was written" in str(t.journal and t.journal.error)
    assert len(caplog.messages) == 1


def test_what_cannot_be_written_at_all_stops_the_journal_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Tag(str):
        def __str__(self) -> str:
            raise ValueError("no tag")

    with trace(journal=tmp_path / "t") as t:
        assert RunnableLambda(len).invoke("abc", {"tags": [Tag("x")]}) == 3
    assert len(caplog.messages) == 1 and "no tag" in caplog.messages[0]
    assert t.result() == 3


def test_a_clock_that_is_set_back_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**18, 0, -(10**12)))
    with trace(journal=tmp_path / "t"):
        for module in (events, sys.modules["chainviz.tracing.recorder"]):
            monkeypatch.setattr(module, "time_ns", lambda: next(clock))
        for word in ("a", "bb", "ccc"):
            (RunnableLambda(len) | str).invoke(word)
    monkeypatch.undo()
    again = chainviz.load(tmp_path / "t")
    assert [node.output for node in again.tree] == ["1", "2", "3"]
    times = [line["t"] for line in lines_of(tmp_path / "t")[1:]]
    assert times == sorted(times)
    assert all(node.seconds is not None and node.seconds >= 0 for node in again.tree)


FORKING = """
import os, sys
from threading import Thread
from chainviz import RunnableLambda
from chainviz.tracing.trace import trace

step = RunnableLambda(len)
with trace(journal=sys.argv[1]) as t:
    busy = True
    def work():
        while busy:
            step.invoke("thread", {"callbacks": [t]})
    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(10):
        step.invoke("parent")
        child = os.fork()
        if not child:
            step.invoke("child")
            os._exit(0 if not t.journal.is_open else 1)
        assert os.waitpid(child, 0)[1] == 0
    busy = False
    for thread in threads:
        thread.join()
"""


def test_a_forked_child_does_not_write_to_its_parents_journal(tmp_path: Path) -> None:
    """Nor does it wait for a lock that a thread held which was not forked."""
    path = tmp_path / "t"
    options = ["-W", "ignore"]
    subprocess.run([sys.executable, *options, "-c", FORKING, str(path)], check=True, timeout=60, env=ENVIRONMENT)
    t = chainviz.load(path)
    inputs = [node.inputs for node in t.tree]
    assert inputs.count("parent") == 10 and "child" not in inputs
    assert [line["seq"] for line in lines_of(path)[1:]] == list(range(2 * len(inputs)))


def test_an_interrupt_while_it_writes_passes_and_harms_no_other_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    calls = 0

    def interrupted(file: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        written = write(file, data)
        if calls == 3:
            raise KeyboardInterrupt
        return written

    def tokens(_: Any) -> Any:
        yield from "abcdef"

    with trace(journal=tmp_path / "t") as t:
        monkeypatch.setattr(writer.os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(RunnableGenerator(tokens).stream(1))
        monkeypatch.undo()
        assert RunnableLambda(len).invoke("abc") == 3
    again = chainviz.load(tmp_path / "t")
    assert [node.status for node in again.tree] == [node.status for node in t.tree]
    assert again.result() == 3


def test_a_save_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "t"
    with trace() as t:
        RunnableLambda(len).invoke("abc")
    t.save(path)
    before = path.read_bytes()
    program = (
        "import resource, sys\nfrom chainviz import load\nt = load(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: t.save(sys.argv[1])\nexcept OSError as error: print(error.errno)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60, env=ENVIRONMENT
    )
    assert run.stdout == f"{errno.EFBIG}\n"
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["t"]


def test_a_journal_is_closed_with_its_trace(tmp_path: Path) -> None:
    with tracing.trace(journal=tmp_path / "t") as t:
        assert t.journal is not None and t.journal.is_open
    assert not t.journal.is_open
    RunnableLambda(len).invoke("abc", {"callbacks": [t]})
    assert chainviz.load(tmp_path / "t").tree == []
