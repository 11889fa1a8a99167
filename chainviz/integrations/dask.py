"""Dask: the items of a batch on a cluster.

Any executor of a Dask client serves as `config["executor"]`; DaskExecutor knows how many items the cluster runs at
once, and sends a chain once a batch instead of with every item. The workers need chainviz, and what the chain imports.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Executor, Future
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
    (`distributed.scheduler.allowed-failures`); then it fails. Raises MissingPackageError where `distributed` is not
    installed.
    """

    def __init__(self, client: Any) -> None:
        require("distributed", "dask", "DaskExecutor")
        self._client = client
        self._plain: Any = client.get_executor(pure=False)
        self._steps: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    @property
    def workers(self) -> int:
        """How many items the cluster runs at once."""
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin a call on the cluster."""
        return self._plain.submit(fn, *args, **kwargs)

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
        """Begin no more calls, and wait for those that have begun; the client stays open."""
        self._plain.shutdown(wait=wait)
        self._steps.clear()


__all__ = ["DaskExecutor"]
