"""The two cores under one set of names, and what is compared of their values."""

from __future__ import annotations

import importlib
import re
from types import SimpleNamespace
from typing import Any

NAMES = {
    "runnables": (
        "Runnable RunnableBranch RunnableGenerator RunnableLambda RunnableParallel RunnablePassthrough RunnableSequence"
        " RunnablePick ConfigurableField ConfigurableFieldMultiOption ConfigurableFieldSingleOption"
        " ConfigurableFieldSpec RouterRunnable RunnableSerializable RunnableWithMessageHistory chain"
    ),
    "chat_history": "BaseChatMessageHistory InMemoryChatMessageHistory",
    "messages": "AIMessage AIMessageChunk HumanMessage SystemMessage",
    "prompts": "ChatPromptTemplate MessagesPlaceholder PromptTemplate",
    "language_models": ("BaseChatModel FakeListChatModel FakeListLLM GenericFakeChatModel LLM ParrotFakeChatModel"),
    "output_parsers": "StrOutputParser JsonOutputParser CommaSeparatedListOutputParser",
    "outputs": "ChatGeneration ChatGenerationChunk ChatResult GenerationChunk",
    "documents": "Document",
    "embeddings": "DeterministicFakeEmbedding",
    "retrievers": "BaseRetriever",
    "vectorstores": "InMemoryVectorStore",
    "tools": "tool",
    "callbacks": "AsyncCallbackHandler BaseCallbackHandler adispatch_custom_event dispatch_custom_event",
}


def core(package: str) -> SimpleNamespace:
    """The names of one core."""
    names: dict[str, Any] = {"package": package}
    for part, words in NAMES.items():
        module = importlib.import_module(f"{package}.{part}")
        names.update({name: getattr(module, name) for name in words.split()})
    return SimpleNamespace(**names)


REFERENCE = core("langchain_core")
OURS = core("chainviz")

MESSAGE_FIELDS = (
    "content",
    "additional_kwargs",
    "response_metadata",
    "name",
    "tool_calls",
    "invalid_tool_calls",
    "usage_metadata",
    "tool_call_chunks",
    "tool_call_id",
)
PROVIDER = re.compile(r"ls_|lc_versions")


def plain(value: Any) -> Any:
    """A value of either core as data that can be compared: ids, times and what providers add are left out."""
    kind = type(value).__name__
    bases = {base.__name__ for base in type(value).__mro__}
    if "BaseMessage" in bases:
        fields = {name: plain(getattr(value, name, None)) for name in MESSAGE_FIELDS}
        return {"$": kind, **{name: field for name, field in fields.items() if field}}
    if "PromptValue" in bases:
        return {"$": kind.removesuffix("Concrete"), "messages": plain(value.to_messages())}
    if "Document" in bases:
        return {"$": kind, "page_content": value.page_content, "metadata": value.metadata}
    if "Generation" in bases:
        message = plain(getattr(value, "message", None))
        return {"$": kind, "text": value.text, "info": value.generation_info, "message": message}
    if "LLMResult" in bases:
        return {"$": kind, "generations": plain(value.generations), "llm_output": value.llm_output}
    if isinstance(value, BaseException):
        return {"$": kind, "text": str(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if not PROVIDER.match(str(key))}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
