"""The Runnable interface and its combinators. Each is imported when it is first asked for: most programs need few."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainviz.addable import AddableDict
    from chainviz.config import RunnableConfig, ensure_config, get_config_list, patch_config
    from chainviz.runnables.base import Runnable
    from chainviz.runnables.binding import RunnableBinding
    from chainviz.runnables.branch import RunnableBranch
    from chainviz.runnables.each import RunnableEach
    from chainviz.runnables.fallbacks import RunnableWithFallbacks
    from chainviz.runnables.fields import (
        ConfigurableField,
        ConfigurableFieldMultiOption,
        ConfigurableFieldSingleOption,
        ConfigurableFieldSpec,
    )
    from chainviz.runnables.functions import RunnableLambda, chain
    from chainviz.runnables.generator import RunnableGenerator
    from chainviz.runnables.history import RunnableWithMessageHistory
    from chainviz.runnables.parallel import RunnableMap, RunnableParallel
    from chainviz.runnables.passthrough import RunnableAssign, RunnablePassthrough, RunnablePick
    from chainviz.runnables.retry import RunnableRetry
    from chainviz.runnables.router import RouterInput, RouterRunnable
    from chainviz.runnables.sequence import RunnableSequence
    from chainviz.runnables.serializable import RunnableSerializable
    from chainviz.runnables.sums import aadd, add
    from chainviz.runnables.work import run_in_executor

_MODULES = {
    "chainviz.addable": ("AddableDict",),
    "chainviz.config": (
        "RunnableConfig",
        "ensure_config",
        "get_config_list",
        "patch_config",
    ),
    "chainviz.runnables.base": ("Runnable",),
    "chainviz.runnables.binding": ("RunnableBinding",),
    "chainviz.runnables.branch": ("RunnableBranch",),
    "chainviz.runnables.each": ("RunnableEach",),
    "chainviz.runnables.fallbacks": ("RunnableWithFallbacks",),
    "chainviz.runnables.fields": (
        "ConfigurableField",
        "ConfigurableFieldMultiOption",
        "ConfigurableFieldSingleOption",
        "ConfigurableFieldSpec",
    ),
    "chainviz.runnables.functions": (
        "RunnableLambda",
        "chain",
    ),
    "chainviz.runnables.generator": ("RunnableGenerator",),
    "chainviz.runnables.history": ("RunnableWithMessageHistory",),
    "chainviz.runnables.parallel": (
        "RunnableMap",
        "RunnableParallel",
    ),
    "chainviz.runnables.passthrough": (
        "RunnableAssign",
        "RunnablePassthrough",
        "RunnablePick",
    ),
    "chainviz.runnables.retry": ("RunnableRetry",),
    "chainviz.runnables.router": (
        "RouterInput",
        "RouterRunnable",
    ),
    "chainviz.runnables.sequence": ("RunnableSequence",),
    "chainviz.runnables.serializable": ("RunnableSerializable",),
    "chainviz.runnables.sums": (
        "aadd",
        "add",
    ),
    "chainviz.runnables.work": ("run_in_executor",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

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
    if name not in _HOME:
        raise AttributeError(f"module 'chainviz.runnables' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value
