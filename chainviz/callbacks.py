"""Callback handlers, run managers and custom events, under the reference implementation's names for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from chainviz.tracing.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from chainviz.tracing.custom import adispatch_custom_event, dispatch_custom_event
from chainviz.tracing.manager import RunManager
from chainviz.tracing.printing import StdOutCallbackHandler, StreamingStdOutCallbackHandler
from chainviz.tracing.usage import UsageMetadataCallbackHandler, get_usage_metadata_callback

if TYPE_CHECKING:
    from chainviz.tracing.scope import Scope

Callbacks: TypeAlias = "list[BaseCallbackHandler] | list[Any] | Scope | None"
"""What `config["callbacks"]` may be."""

# There is one kind of run manager: it knows its run, and what it does may be awaited or not.
CallbackManagerForChainRun = AsyncCallbackManagerForChainRun = RunManager
CallbackManagerForLLMRun = AsyncCallbackManagerForLLMRun = RunManager
CallbackManagerForRetrieverRun = AsyncCallbackManagerForRetrieverRun = RunManager
CallbackManagerForToolRun = AsyncCallbackManagerForToolRun = RunManager

__all__ = [
    "AsyncCallbackHandler",
    "AsyncCallbackManagerForChainRun",
    "AsyncCallbackManagerForLLMRun",
    "AsyncCallbackManagerForRetrieverRun",
    "AsyncCallbackManagerForToolRun",
    "BaseCallbackHandler",
    "CallbackManagerForChainRun",
    "CallbackManagerForLLMRun",
    "CallbackManagerForRetrieverRun",
    "CallbackManagerForToolRun",
    "Callbacks",
    "StdOutCallbackHandler",
    "StreamingStdOutCallbackHandler",
    "UsageMetadataCallbackHandler",
    "adispatch_custom_event",
    "dispatch_custom_event",
    "get_usage_metadata_callback",
]
