"""`max_concurrency` is one limit for all that is inside."""

from __future__ import annotations

import threading
from typing import Any

from ...cores import OURS, REFERENCE, Core


def test_max_concurrency_is_one_limit_for_all_that_is_inside() -> None:
    def most_at_once(core: Core) -> int:
        lock, now, most = threading.Lock(), 0, 0

        def work(x: Any) -> Any:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.02)
            with lock:
                now -= 1

        inner = core.RunnableParallel(a=work, b=work, c=work)
        core.RunnableLambda(lambda x: inner.invoke(x)).batch([1, 2, 3], {"max_concurrency": 3})
        return most

    assert most_at_once(REFERENCE) > 3
    assert most_at_once(OURS) <= 3
