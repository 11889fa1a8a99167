"""What the programs are built of: our core, and the reference, under one name each."""

from __future__ import annotations

import warnings
from importlib import import_module
from types import SimpleNamespace
from typing import Any

Kit = Any

_NAMES = {
    "runnables": ("RunnableLambda", "RunnableParallel", "RunnablePassthrough"),
    "prompts": ("ChatPromptTemplate",),
    "language_models": ("BaseChatModel",),
    "output_parsers": ("StrOutputParser",),
    "messages": ("AIMessage", "AIMessageChunk"),
    "outputs": ("ChatGeneration", "ChatGenerationChunk", "ChatResult"),
    "retrievers": ("BaseRetriever",),
    "documents": ("Document",),
    "callbacks": ("BaseCallbackHandler",),
}


def kit(core: str) -> Kit:
    """The names of `chainviz` or of `langchain_core`."""
    warnings.simplefilter("ignore")  # the reference warns of its own verbs
    return SimpleNamespace(
        **{name: getattr(import_module(f"{core}.{module}"), name) for module, names in _NAMES.items() for name in names}
    )
