"""A process that times the work of one core, so that neither core's garbage burdens the other.

It reads lines of JSON, `[name, size, seconds]`, and answers each with the seconds that one call took.
"""

from __future__ import annotations

import json
import sys
import time

from .kits import kit
from .programs import WORK, Call

BY_HAND = "by hand"


def main(core: str) -> None:
    works = {work.name: work for work in WORK}
    names = None if core == BY_HAND else kit(core)
    calls: dict[tuple[str, int], Call] = {}
    for line in sys.stdin:
        name, size, seconds = json.loads(line)
        if (name, size) not in calls:
            work = works[name]
            by_hand = work.by_hand
            calls[name, size] = work.build(names, size) if names else by_hand(size) if by_hand else lambda: None
        print(json.dumps(timed(calls[name, size], seconds)), flush=True)


def timed(call: Call, seconds: float) -> float:
    """The seconds of one call, from as many as fit into `seconds`, but at least one."""
    number, spent = 0, 0.0
    while spent < seconds:
        several = max(1, min(10_000, number))
        started = time.process_time()
        for _ in range(several):
            call()
        spent += time.process_time() - started
        number += several
    return spent / number


if __name__ == "__main__":
    main(sys.argv[1])
