"""Dask: the items of a batch on a cluster.

Any executor of a Dask client serves as `config["executor"]`. DaskExecutor also knows how many items the cluster runs
at once, sends a chain once a batch instead of with every item, and survives that a worker dies with a result that
nobody has fetched yet, for which `client.get_executor()` waits for ever. The workers need chainviz, and what the chain
imports.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Executor, Future
from concurrent.futures import wait as wait_for
from threading import Lock
from typing import TYPE_CHECKING, Any

from chainviz.integrations.packages import require

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS_KEPT = 8
"""How many chains stay on the cluster after their batch."""


class DaskExecutor(Executor):
    """The executor of a `distributed.Client`.

        chain.batch(inputs, config={"executor": DaskExecutor(client)})

    An item whose worker dies is begun again on another one, as often as the scheduler allows it
    (`distributed.scheduler.allowed-failures`); then it fails. Where no worker is left it waits for one, as long as
    `distributed.scheduler.no-workers-timeout` says. Raises MissingPackageError where `distributed` is not
    installed.
    """

    def __init__(self, client: Any) -> None:
        require("distributed", "dask", "DaskExecutor")
        self._client = client
        self._steps: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()
        self._open: set[Future[Any]] = set()
        self._closed = False

    @property
    def workers(self) -> int:
        """How many items the cluster runs at once."""
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin a call on the cluster. Raises RuntimeError after `shutdown`."""
        if self._closed:
            raise RuntimeError("a DaskExecutor begins no calls after its shutdown")
        task = self._client.submit(fn, *args, pure=False, **kwargs)
        future = asyncio.run_coroutine_threadsafe(self._result(task), self._client.loop.asyncio_loop)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    async def _result(self, task: Any) -> Any:
        try:
            return await self._client.gather(task, asynchronous=True)
        except asyncio.CancelledError:
            await self._client.cancel([task], asynchronous=True)
            raise

    def once(self, key: str, data: bytes) -> Any:
        """What to give `submit` as an argument that is `data`, so that `data` is sent once only."""
        # A task that returns the bytes: unlike scattered data, it is made again when its worker dies.
        with self._lock:
            if key not in self._steps:
                self._steps[key] = self._client.submit(bytes, data, key=f"chainviz-{key}", pure=False)
                while len(self._steps) > STEPS_KEPT:
                    self._steps.popitem(last=False)
            return self._steps[key]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin no more calls; the client stays open."""
        self._closed = True
        pending = list(self._open)
        if cancel_futures:
            for future in pending:
                future.cancel()
        if wait:
            wait_for(pending)
        self._steps.clear()


__all__ = ["DaskExecutor"]
