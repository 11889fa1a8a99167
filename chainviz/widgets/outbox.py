"""The outbox: one background thread that sends what is new in each trace, at most 40 frames a second.

Events only mark their trace; reading them, encoding and sending happen here, away from the user's run. The pace follows
what a round costs: a fifth of the kernel's time at most, from 40 rounds a second down to 20.
"""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread
from time import perf_counter
from typing import Protocol

logger = logging.getLogger("chainviz")

SHORTEST = 0.025
LONGEST = 0.05
SHARE = 5


class Sender(Protocol):
    """Sends what is new; returns whether there is more to send already."""

    def flush(self) -> bool: ...


class Outbox:
    """Holds the senders that have something to send. Its thread starts with the first of them."""

    def __init__(self) -> None:
        self._waiting: dict[Sender, None] = {}
        self._lock = Lock()
        self._awake = Event()
        self._thread: Thread | None = None

    def add(self, sender: Sender) -> None:
        """Have a sender flushed soon. Quick, from any thread, as often as one likes."""
        if sender in self._waiting:
            return
        with self._lock:
            self._waiting[sender] = None
            if self._thread is None:
                self._thread = Thread(target=self._work, name="chainviz outbox", daemon=True)
                self._thread.start()
        self._awake.set()

    def _work(self) -> None:
        pause = Event()
        while True:
            self._awake.wait()
            self._awake.clear()
            began = perf_counter()
            self._round()
            pause.wait(min(max(SHARE * (perf_counter() - began), SHORTEST), LONGEST))

    def _round(self) -> None:
        with self._lock:
            senders = list(self._waiting)
            self._waiting.clear()
        for sender in senders:
            try:
                if sender.flush():
                    self.add(sender)
            except Exception:
                logger.debug("%r could not send; the page will ask for what it lacks", sender, exc_info=True)


OUTBOX = Outbox()
DRAWERS = Outbox()
"""For what takes long to make: tokens do not wait for it."""
