"""The Runnable interface and its combinators."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chainviz.addable import AddableDict
from chainviz.config import RunnableConfig, ensure_config, get_config_list, patch_config
from chainviz.runnables.base import Runnable
from chainviz.runnables.binding import RunnableBinding
from chainviz.runnables.branch import RunnableBranch
from chainviz.runnables.each import RunnableEach
from chainviz.runnables.fallbacks import RunnableWithFallbacks
from chainviz.runnables.functions import RunnableGenerator, RunnableLambda, chain
from chainviz.runnables.parallel import RunnableMap, RunnableParallel
from chainviz.runnables.passthrough import RunnableAssign, RunnablePassthrough, RunnablePick
from chainviz.runnables.retry import RunnableRetry
from chainviz.runnables.sequence import RunnableSequence

if TYPE_CHECKING:
    from chainviz.runnables.fields import (
        ConfigurableField,
        ConfigurableFieldMultiOption,
        ConfigurableFieldSingleOption,
        ConfigurableFieldSpec,
    )
    from chainviz.runnables.history import RunnableWithMessageHistory
    from chainviz.runnables.router import RouterInput, RouterRunnable
    from chainviz.runnables.serializable import RunnableSerializable
    from chainviz.runnables.sums import aadd, add
    from chainviz.runnables.work import run_in_executor

# What most chains do without, pydantic among it, is imported when it is first asked for.
_LATER = {
    "ConfigurableField": "fields",
    "ConfigurableFieldMultiOption": "fields",
    "ConfigurableFieldSingleOption": "fields",
    "ConfigurableFieldSpec": "fields",
    "RouterInput": "router",
    "RouterRunnable": "router",
    "RunnableSerializable": "serializable",
    "RunnableWithMessageHistory": "history",
    "aadd": "sums",
    "add": "sums",
    "run_in_executor": "work",
}

__all__ = [
    "AddableDict",
    "ConfigurableField",
    "ConfigurableFieldMultiOption",
    "ConfigurableFieldSingleOption",
    "ConfigurableFieldSpec",
    "RouterInput",
    "RouterRunnable",
    "Runnable",
    "RunnableAssign",
    "RunnableBinding",
    "RunnableBranch",
    "RunnableConfig",
    "RunnableEach",
    "RunnableGenerator",
    "RunnableLambda",
    "RunnableMap",
    "RunnableParallel",
    "RunnablePassthrough",
    "RunnablePick",
    "RunnableRetry",
    "RunnableSequence",
    "RunnableSerializable",
    "RunnableWithFallbacks",
    "RunnableWithMessageHistory",
    "aadd",
    "add",
    "chain",
    "ensure_config",
    "get_config_list",
    "patch_config",
    "run_in_executor",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'chainviz.runnables' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"chainviz.runnables.{_LATER[name]}"), name)
    return value
