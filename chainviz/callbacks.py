"""Callback handlers and custom events, under the reference implementation's name for them."""

from chainviz.tracing.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from chainviz.tracing.custom import adispatch_custom_event, dispatch_custom_event

__all__ = ["AsyncCallbackHandler", "BaseCallbackHandler", "adispatch_custom_event", "dispatch_custom_event"]
