"""Build, watch and understand LLM chains in the notebook."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

_MODULES = {
    "chainviz.callbacks": (
        "AsyncCallbackHandler",
        "BaseCallbackHandler",
        "adispatch_custom_event",
        "dispatch_custom_event",
    ),
    "chainviz.config": ("RunnableConfig",),
    "chainviz.documents": ("Document",),
    "chainviz.embeddings": ("DeterministicFakeEmbedding", "Embeddings", "HashingEmbeddings"),
    "chainviz.errors": ("ChainvizError",),
    "chainviz.language_models": (
        "LLM",
        "BaseChatModel",
        "BaseLLM",
        "FakeListChatModel",
        "FakeListLLM",
        "FakeMessagesListChatModel",
        "FakeStreamingListLLM",
        "GenericFakeChatModel",
        "LocalChatModel",
        "ParrotFakeChatModel",
    ),
    "chainviz.messages": (
        "AIMessage",
        "AIMessageChunk",
        "BaseMessage",
        "BaseMessageChunk",
        "ChatMessage",
        "ChatMessageChunk",
        "FunctionMessage",
        "FunctionMessageChunk",
        "HumanMessage",
        "HumanMessageChunk",
        "SystemMessage",
        "SystemMessageChunk",
        "ToolMessage",
        "ToolMessageChunk",
    ),
    "chainviz.output_parsers": (
        "CommaSeparatedListOutputParser",
        "JsonOutputParser",
        "MarkdownListOutputParser",
        "NumberedListOutputParser",
        "PydanticOutputParser",
        "StrOutputParser",
    ),
    "chainviz.prompts": (
        "ChatPromptTemplate",
        "ChatPromptValue",
        "FewShotPromptTemplate",
        "MessagesPlaceholder",
        "PromptTemplate",
        "PromptValue",
        "StringPromptValue",
    ),
    "chainviz.retrievers": ("BaseRetriever",),
    "chainviz.runnables": (
        "AddableDict",
        "Runnable",
        "RunnableAssign",
        "RunnableBinding",
        "RunnableBranch",
        "RunnableEach",
        "RunnableGenerator",
        "RunnableLambda",
        "RunnableMap",
        "RunnableParallel",
        "RunnablePassthrough",
        "RunnablePick",
        "RunnableRetry",
        "RunnableSequence",
        "RunnableWithFallbacks",
        "chain",
    ),
    "chainviz.tools": ("BaseTool", "StructuredTool", "tool"),
    "chainviz.tracing.run_log": ("LogEntry", "RunLog", "RunLogPatch", "RunState"),
    "chainviz.tracing.stream_events": ("StreamEvent",),
    "chainviz.tracing.trace": ("Trace", "trace"),
    "chainviz.vectorstores": ("InMemoryVectorStore", "VectorStore"),
    "chainviz.widgets": ("EventTimeline", "GraphView", "RunStateTree", "TokenStreams", "TracePanel"),
    "chainviz.notebook": ("watch",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = ["load_ipython_extension", "unload_ipython_extension", *_HOME]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """A public name's module is imported when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'chainviz' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext chainviz` does: chains and traces show themselves, and `%%trace` is there."""
    import_module("chainviz.notebook.extension").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What `%unload_ext chainviz` does: takes back just what loading did."""
    import_module("chainviz.notebook.extension").unload(shell)
