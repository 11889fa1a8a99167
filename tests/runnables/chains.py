"""Random chains whose steps fail, dawdle and stream, and a sink that checks what is reported of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from hypothesis import strategies as st

from chainviz import RunnableBranch, RunnableGenerator, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.tracing.events import RunCancel, RunEnd, RunError, RunEvent, RunStart


class Trouble(Exception):
    """What the steps raise."""


class Watcher:
    """A sink that keeps the events and knows which rules they break."""

    streaming = True

    def __init__(self) -> None:
        self.events: list[RunEvent] = []

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)

    def violations(self) -> list[str]:
        """Each start has one terminal event, nothing follows that, and children end before their parents."""
        open_runs: dict[Any, RunStart] = {}
        ended: set[Any] = set()
        wrong: list[str] = []
        for event in list(self.events):
            run = event.run
            if isinstance(event, RunStart):
                if run in open_runs or run in ended:
                    wrong.append(f"{run} began twice")
                if run.parent is not None and run.parent not in open_runs:
                    wrong.append(f"{run} began outside of its parent")
                open_runs[run] = event
            elif run not in open_runs:
                wrong.append(f"{type(event).__name__} of {run} came while it was not open")
            elif isinstance(event, (RunEnd, RunError, RunCancel)):
                wrong += [f"{run} ended before {other}" for other in open_runs if other.parent is run]
                del open_runs[run]
                ended.add(run)
        return wrong + [f"{run} never ended" for run in open_runs]


class Stage:
    """Makes the steps of one example, and counts those that are still at work: `blocking` those that no cancel reaches
    when they run in a thread, `busy` the others."""

    def __init__(self) -> None:
        self.raised: list[Trouble] = []
        self.busy = 0
        self.blocking = 0

    def _fail(self) -> None:
        error = Trouble(str(len(self.raised)))
        self.raised.append(error)
        raise error

    def function(self, fails: bool, slow: bool) -> Any:
        def work(x: Any) -> Any:
            self.blocking += 1
            try:
                if slow:
                    time.sleep(0.002)
                if fails:
                    self._fail()
                return f"{str(x)[:20]}."
            finally:
                self.blocking -= 1

        return RunnableLambda(work)

    def coroutine(self, fails: bool, slow: bool) -> Any:
        async def awork(x: Any) -> Any:
            self.busy += 1
            try:
                await asyncio.sleep(0.002 if slow else 0)
                if fails:
                    self._fail()
                return f"{str(x)[:20]}."
            finally:
                self.busy -= 1

        return RunnableLambda(self.function(fails, slow).func, awork)

    def generator(self, fails: bool, slow: bool, count: int) -> Any:
        def work(chunks: Iterator[Any]) -> Iterator[Any]:
            self.blocking += 1
            try:
                for chunk in chunks:
                    for number in range(count):
                        if slow:
                            time.sleep(0.001)
                        if fails and number == count - 1:
                            self._fail()
                        yield f"{str(chunk)[:9]}{number}"
            finally:
                self.blocking -= 1

        async def awork(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
            self.busy += 1
            try:
                async for chunk in chunks:
                    for number in range(count):
                        if slow:
                            await asyncio.sleep(0.001)
                        if fails and number == count - 1:
                            self._fail()
                        yield f"{str(chunk)[:9]}{number}"
            finally:
                self.busy -= 1

        return RunnableGenerator(work, awork)

    def build(self, plan: Any) -> Any:
        """The chain of a plan."""
        kind, *rest = plan
        if kind in ("function", "coroutine", "generator"):
            return getattr(self, kind)(*rest)
        if kind == "passthrough":
            return RunnablePassthrough()
        steps = [self.build(part) for part in rest[0]]
        if kind == "sequence":
            chain = steps[0]
            for step in steps[1:]:
                chain = chain | step
            return chain
        if kind == "parallel":
            return RunnableParallel({str(number): step for number, step in enumerate(steps)})
        if kind == "branch":
            return RunnableBranch((lambda x: len(str(x)) % 2, steps[0]), steps[-1])
        if kind == "map":
            return RunnableLambda(lambda x: [x, x, x]) | steps[0].map()
        if kind == "fallbacks":
            return steps[0].with_fallbacks(steps[1:])
        if kind == "retry":
            return steps[0].with_retry(wait_exponential_jitter=False, stop_after_attempt=2)
        return RunnableLambda(lambda x, step=steps[0]: step if kind == "returned" else step.invoke(x))


_fails = st.sampled_from([False, False, False, True])
_leaves = st.one_of(
    st.tuples(st.just("function"), _fails, st.booleans()),
    st.tuples(st.just("coroutine"), _fails, st.booleans()),
    st.tuples(st.just("generator"), _fails, st.booleans(), st.integers(1, 4)),
    st.just(("passthrough",)),
)


def _groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(parts, min_size=2, max_size=3)
    single = st.lists(parts, min_size=1, max_size=1)
    return st.one_of(
        st.tuples(st.just("sequence"), several),
        st.tuples(st.just("sequence"), several),
        st.tuples(st.sampled_from(["parallel", "branch", "fallbacks"]), several),
        st.tuples(st.sampled_from(["map", "retry", "returned", "called"]), single),
    )


plans = st.recursive(_leaves, _groups, max_leaves=8)
