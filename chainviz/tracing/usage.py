"""How many tokens each model took: a callback handler that adds them up, and a block that has one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chainviz.config import RunnableConfig, ambient, inherited, merge_callbacks
from chainviz.tracing.callbacks import BaseCallbackHandler

if TYPE_CHECKING:
    from chainviz.messages.ai import UsageMetadata


class UsageMetadataCallbackHandler(BaseCallbackHandler):
    """`usage_metadata`: what the messages of each model say of their tokens, added up, by the model's name."""

    def __init__(self) -> None:
        self.usage_metadata: dict[str, UsageMetadata] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        return str(self.usage_metadata)

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        from chainviz.messages.ai import AIMessage, add_usage
        from chainviz.tracing.outputs import answer_of

        message = answer_of(response)
        if not isinstance(message, AIMessage) or not message.usage_metadata:
            return
        if name := message.response_metadata.get("model_name"):
            with self._lock:
                self.usage_metadata[name] = add_usage(self.usage_metadata.get(name), message.usage_metadata)


@contextmanager
def get_usage_metadata_callback(name: str = "usage_metadata_callback") -> Generator[UsageMetadataCallbackHandler]:
    """Within the block, the handler that is given counts what every model in this context takes. `name` is for programs
    written for the reference implementation, and says nothing here."""
    handler = UsageMetadataCallbackHandler()
    around: RunnableConfig = inherited() or {}
    with ambient({**around, "callbacks": merge_callbacks(around.get("callbacks"), [handler])}):
        yield handler


__all__ = ["UsageMetadataCallbackHandler", "get_usage_metadata_callback"]
