"""What a chat model and embeddings have in common: the server that they ask."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chainviz.integrations.openai.clients import Options, async_client, client
from chainviz.integrations.packages import require

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI


def _key() -> SecretStr | None:
    key = os.environ.get("OPENAI_API_KEY")
    return SecretStr(key) if key else None


def _url() -> str | None:
    return os.environ.get("OPENAI_BASE_URL") or None


class Connection(BaseModel):
    """A server that speaks OpenAI's protocol.

    `api_key` and `base_url` default to OPENAI_API_KEY and OPENAI_BASE_URL. `timeout` is how many seconds the server
    may stay silent; `max_retries` how often the client asks again after 408, 409, 429, 5xx and failed connections.
    """

    model_config = ConfigDict(populate_by_name=True)

    api_key: SecretStr | None = Field(default_factory=_key, validation_alias="openai_api_key")
    base_url: str | None = Field(default_factory=_url, validation_alias="openai_api_base")
    organization: str | None = Field(default=None, validation_alias="openai_organization")
    timeout: float | None = Field(default=None, gt=0, validation_alias="request_timeout")
    max_retries: int = Field(default=2, ge=0)
    default_headers: dict[str, SecretStr] = Field(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        require("openai", "openai", type(self).__name__)

    def _options(self) -> Options:
        headers = tuple(self.default_headers.items())
        return Options(self.api_key, self.base_url, self.organization, self.timeout, self.max_retries, headers)

    def _client(self) -> OpenAI:
        return client(self._options())

    async def _async_client(self) -> AsyncOpenAI:
        return await async_client(self._options())


__all__ = ["Connection"]
