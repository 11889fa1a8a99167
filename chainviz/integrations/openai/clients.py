"""The clients of the package `openai`: one for all that ask for the same server in the same way."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import AsyncGenerator, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI
    from pydantic import SecretStr

LIMIT = 32
"""How many clients are kept; one that is dropped while it works is finished first."""


class Options(NamedTuple):
    """How to reach a server; None leaves the choice to the client."""

    api_key: SecretStr | None
    base_url: str | None
    organization: str | None
    timeout: float | None
    max_retries: int
    default_headers: tuple[tuple[str, SecretStr], ...]

    def arguments(self) -> dict[str, Any]:
        """What a client is made with."""
        secrets = {
            "api_key": self.api_key and self.api_key.get_secret_value(),
            "default_headers": {name: value.get_secret_value() for name, value in self.default_headers},
        }
        given = {**self._asdict(), **secrets}
        return {name: value for name, value in given.items() if value is not None}


def client(options: Options) -> OpenAI:
    """The client for these options. Raises the client's own error where it has no key."""
    # A connection must not be used on both sides of a fork.
    return _client(os.getpid(), options)


async def async_client(options: Options) -> AsyncOpenAI:
    """The client for these options in the running event loop, which closes it at its end."""
    loop = asyncio.get_running_loop()
    clients = _async_clients.get(loop)
    if clients is None:
        clients = _async_clients[loop] = lru_cache(LIMIT)(_new_async_client)
    found = clients(options)
    if found not in _closers:
        # A loop that ends closes the asynchronous generators that were begun in it.
        _closers[found] = closer = _closed_with_loop(weakref.ref(found))
        await anext(closer)
    return found


@lru_cache(LIMIT)
def _client(process: int, options: Options) -> OpenAI:
    from openai import OpenAI

    return OpenAI(**options.arguments())


def _new_async_client(options: Options) -> AsyncOpenAI:
    from openai import AsyncOpenAI

    return AsyncOpenAI(**options.arguments())


async def _closed_with_loop(found: weakref.ref[AsyncOpenAI]) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        if (client := found()) is not None:
            await client.close()


_async_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Callable[[Options], AsyncOpenAI]]
_async_clients = weakref.WeakKeyDictionary()
_closers: weakref.WeakKeyDictionary[AsyncOpenAI, AsyncGenerator[None]] = weakref.WeakKeyDictionary()

__all__ = ["Options", "async_client", "client"]
