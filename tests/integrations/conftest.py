from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chainviz import ChatOpenAI
from tests.integrations.server import Server


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """One server for all tests, and clients that read no certificates: that would be most of the tests' time."""
    server = Server()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
        yield server
    server.close()


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that answers, and an environment that says nothing of another one."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running.begin()
    yield running
    assert not running.plan, "the test expected more requests"


@pytest.fixture
def chat(server: Server) -> Callable[..., ChatOpenAI]:
    """A model that asks the server."""

    def made(**parameters: Any) -> ChatOpenAI:
        return ChatOpenAI(**{"api_key": "sk-secret", "base_url": server.url, "model": "test", **parameters})

    return made
