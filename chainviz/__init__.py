"""Build, watch and understand LLM chains in the notebook."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

_MODULES = {
    "chainviz.builder": ("register",),
    "chainviz.callbacks": (
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
    ),
    "chainviz.chat_history": (
        "BaseChatMessageHistory",
        "InMemoryChatMessageHistory",
    ),
    "chainviz.config": ("RunnableConfig",),
    "chainviz.documents": ("Document",),
    "chainviz.embeddings": (
        "DeterministicFakeEmbedding",
        "Embeddings",
        "HashingEmbeddings",
    ),
    "chainviz.errors": ("ChainvizError",),
    "chainviz.integrations.dask": ("DaskExecutor",),
    "chainviz.integrations.faiss": ("FAISS",),
    "chainviz.integrations.langchain.bridge": ("to_langchain",),
    "chainviz.integrations.openai": (
        "ChatOpenAI",
        "OpenAIEmbeddings",
    ),
    "chainviz.language_models": (
        "BaseChatModel",
        "BaseLLM",
        "BaseLanguageModel",
        "FakeListChatModel",
        "FakeListChatModelError",
        "FakeListLLM",
        "FakeListLLMError",
        "FakeMessagesListChatModel",
        "FakeStreamingListLLM",
        "GenericFakeChatModel",
        "LLM",
        "LanguageModelInput",
        "LanguageModelLike",
        "LocalChatModel",
        "ParrotFakeChatModel",
        "SimpleChatModel",
    ),
    "chainviz.messages": (
        "AIMessage",
        "AIMessageChunk",
        "AnyMessage",
        "BaseMessage",
        "BaseMessageChunk",
        "ChatMessage",
        "ChatMessageChunk",
        "FunctionMessage",
        "FunctionMessageChunk",
        "HumanMessage",
        "HumanMessageChunk",
        "InvalidToolCall",
        "MessageLikeRepresentation",
        "RemoveMessage",
        "SystemMessage",
        "SystemMessageChunk",
        "ToolCall",
        "ToolCallChunk",
        "ToolMessage",
        "ToolMessageChunk",
        "UsageMetadata",
        "convert_to_messages",
        "count_tokens_approximately",
        "filter_messages",
        "get_buffer_string",
        "merge_content",
        "merge_message_runs",
        "message_chunk_to_message",
        "message_to_dict",
        "messages_from_dict",
        "messages_to_dict",
        "trim_messages",
    ),
    "chainviz.notebook": (
        "build",
        "watch",
    ),
    "chainviz.output_parsers": (
        "BaseCumulativeTransformOutputParser",
        "BaseGenerationOutputParser",
        "BaseLLMOutputParser",
        "BaseOutputParser",
        "BaseTransformOutputParser",
        "CommaSeparatedListOutputParser",
        "JsonOutputKeyToolsParser",
        "JsonOutputParser",
        "JsonOutputToolsParser",
        "ListOutputParser",
        "MarkdownListOutputParser",
        "NumberedListOutputParser",
        "OutputParserException",
        "PydanticOutputParser",
        "PydanticToolsParser",
        "SimpleJsonOutputParser",
        "StrOutputParser",
    ),
    "chainviz.prompts": (
        "AIMessagePromptTemplate",
        "BaseChatPromptTemplate",
        "BaseMessagePromptTemplate",
        "BasePromptTemplate",
        "ChatMessagePromptTemplate",
        "ChatPromptTemplate",
        "ChatPromptValue",
        "ChatPromptValueConcrete",
        "FewShotChatMessagePromptTemplate",
        "FewShotPromptTemplate",
        "HumanMessagePromptTemplate",
        "MessagesPlaceholder",
        "PromptTemplate",
        "PromptValue",
        "StringPromptTemplate",
        "StringPromptValue",
        "SystemMessagePromptTemplate",
        "aformat_document",
        "format_document",
    ),
    "chainviz.retrievers": ("BaseRetriever",),
    "chainviz.runnables": (
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
    ),
    "chainviz.tools": (
        "BaseTool",
        "InjectedToolArg",
        "InjectedToolCallId",
        "StructuredTool",
        "Tool",
        "ToolException",
        "convert_runnable_to_tool",
        "create_retriever_tool",
        "render_text_description",
        "render_text_description_and_args",
        "tool",
    ),
    "chainviz.tracing.journal.reader": ("load",),
    "chainviz.tracing.otel": ("OpenTelemetrySink",),
    "chainviz.tracing.run_log": (
        "LogEntry",
        "RunLog",
        "RunLogPatch",
        "RunState",
    ),
    "chainviz.tracing.stream_events": ("StreamEvent",),
    "chainviz.tracing.trace": (
        "Trace",
        "trace",
    ),
    "chainviz.vectorstores": (
        "InMemoryVectorStore",
        "VectorStore",
        "VectorStoreRetriever",
    ),
    "chainviz.widgets": (
        "ChainBuilder",
        "EventTimeline",
        "GraphView",
        "RunStateTree",
        "TokenStreams",
        "TracePanel",
    ),
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


_COMPANIONS = {
    "langchain_core.runnables.base": ("chainviz.integrations.langchain.step", "adopt_steps"),
    "langchain_core.tracers.context": ("chainviz.integrations.langchain.capture", "capture_runs"),
    "langgraph.callbacks": ("chainviz.integrations.langchain.capture", "hear_graphs"),
}
"""Modules of frameworks whose objects are at home here, and what is called right after somebody has imported one."""


class _Companions:
    """The finder that sees to it. It finds nothing itself, and what goes wrong on our side stops nobody's import."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in _COMPANIONS:
            return None
        others: list[Any] = [finder for finder in sys.meta_path if finder is not cls]
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            load: Any = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                cls.welcome(name)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    @staticmethod
    def welcome(name: str) -> None:
        module, function = _COMPANIONS[name]
        try:
            getattr(import_module(module), function)()
        except Exception as error:
            import logging

            logging.getLogger("chainviz").warning("%s is not supported in this version: %s", name, error)


sys.meta_path.insert(0, _Companions)  # type: ignore[arg-type]
for _name in _COMPANIONS:
    if _name in sys.modules:
        _Companions.welcome(_name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext chainviz` does: chains and traces show themselves, and `%%trace` is there."""
    import_module("chainviz.notebook.extension").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What `%unload_ext chainviz` does: takes back just what loading did."""
    import_module("chainviz.notebook.extension").unload(shell)
