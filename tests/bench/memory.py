"""What a recorded event takes beside its payload."""

from __future__ import annotations

import gc
import tracemalloc

import chainviz

RUNS = 2_000


def bytes_of_an_event() -> float:
    """The bytes that a trace holds for each event of a chain whose values are small and shared."""
    chain = chainviz.RunnableLambda(lambda x: x) | (lambda x: x) | (lambda x: x)
    chain.invoke(1, {"callbacks": [chainviz.Trace()]})
    trace = chainviz.Trace()
    gc.collect()
    tracemalloc.start()
    for _ in range(RUNS):
        chain.invoke(1, {"callbacks": [trace]})
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(trace.recorder.events)
