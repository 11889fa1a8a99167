"""A server on loopback that streams 50 tokens to whoever asks, in OpenAI's protocol: prints its address."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from tests.integrations.server import Server, chunks, stream


class Always(deque[Any]):
    """A plan that says the same each time."""

    def __init__(self, answer: Callable[[Any], None]) -> None:
        super().__init__()
        self._answer = answer

    def popleft(self) -> Any:
        return self._answer


if __name__ == "__main__":
    server = Server()
    server.plan = Always(stream(chunks(*["token "] * 50)))
    print(server.url, flush=True)
    server.over.wait()
