"""Leaving a stream stops the work behind it, and its runs end."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from ...cores import OURS, REFERENCE, Core


def test_leaving_a_stream_stops_the_work_and_ends_its_runs() -> None:
    async def leave(core: Core) -> tuple[bool, list[str]]:
        stopped = False

        async def count(chunks: Any) -> Any:
            nonlocal stopped
            try:
                async for _ in chunks:
                    for number in range(100):
                        yield number
                        await asyncio.sleep(0)
            finally:
                stopped = True

        seen: list[str] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_error(self, error: BaseException, **kwargs: Any) -> None:
                seen.append("ended")

            def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
                seen.append("ended")

        chain = core.RunnableGenerator(count) | core.RunnablePassthrough()
        stream = chain.astream("x", {"callbacks": [Handler()]})
        async for _ in stream:
            break
        await stream.aclose()
        return stopped, list(seen)

    gc.disable()
    try:
        assert asyncio.run(leave(OURS)) == (True, ["ended"] * 3)
        assert asyncio.run(leave(REFERENCE)) != (True, ["ended"] * 3)
    finally:
        gc.enable()
