"""The two cores under one set of names, and what is compared of their values."""

from __future__ import annotations

import importlib
import re
from types import ModuleType
from typing import Any

PARTS = (
    "runnables",
    "messages",
    "prompts",
    "prompt_values",
    "language_models",
    "output_parsers",
    "outputs",
    "documents",
    "embeddings",
    "retrievers",
    "vectorstores",
    "tools",
    "callbacks",
    "chat_history",
    # Where the reference keeps what we name with the rest.
    "runnables.base",
    "exceptions",
    "runnables.retry",
    "tracers.log_stream",
)
ALIASES = {"langchain_core": {"ToolError": "ToolException"}}


class Core:
    """The names of one core, looked up as they are needed."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __repr__(self) -> str:
        return self.package

    def __getattr__(self, name: str) -> Any:
        there = ALIASES.get(self.package, {}).get(name, name)
        for part in ("", *(f".{part}" for part in PARTS), ".errors"):
            try:
                module = importlib.import_module(self.package + part)
            except ModuleNotFoundError:
                continue
            value = getattr(module, there, None)
            if value is not None and not isinstance(value, ModuleType):
                setattr(self, name, value)
                return value
        raise AttributeError(f"{self.package} has no {there}")


REFERENCE = Core("langchain_core")
OURS = Core("chainviz")

MESSAGE_FIELDS = (
    "id",
    "content",
    "additional_kwargs",
    "response_metadata",
    "name",
    "tool_calls",
    "invalid_tool_calls",
    "usage_metadata",
    "tool_call_chunks",
    "tool_call_id",
    "status",
    "artifact",
    "role",
    "example",
    "chunk_position",
)
PROVIDER = re.compile(r"ls_|lc_versions")
MADE_UP = re.compile(r"lc_|run-|[0-9a-f]{8}-[0-9a-f]{4}-")
"""The ids that a core gives of its own accord."""


class Raised:
    """An exception. Our own kinds, and pydantic's, must be of the reference's kind, and have texts of their own; those
    of a program must be the same."""

    def __init__(self, error: BaseException) -> None:
        self.kinds = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
        self.text = None if type(error).__module__.startswith(("chainviz", "pydantic")) else str(error)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Raised):
            return NotImplemented
        if self.text is not None and other.text is not None:
            return (self.kinds, self.text) == (other.kinds, other.text)
        ours, reference = (self, other) if self.text is None else (other, self)
        return reference.kinds[0] in ours.kinds or ours.kinds == reference.kinds

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Raised({self.kinds[0]}, {self.text!r})"


def given_id(value: Any) -> str | None:
    """The id that somebody gave to a message or a document."""
    return None if MADE_UP.match(str(value.id)) else value.id


def plain(value: Any) -> Any:
    """A value of either core as data that can be compared: ids, times and what providers add are left out."""
    kind = type(value).__name__
    bases = {base.__name__ for base in type(value).__mro__}
    if isinstance(value, type):
        return value.__name__
    if "BaseMessage" in bases:
        fields = {name: plain(getattr(value, name, None)) for name in MESSAGE_FIELDS}
        fields["id"] = given_id(value)
        return {"$": kind, **{name: field for name, field in fields.items() if field}}
    if "PromptValue" in bases:
        return {"$": kind.removesuffix("Concrete"), "messages": plain(value.to_messages())}
    if "Document" in bases:
        return {"$": kind, "id": given_id(value), "page_content": value.page_content, "metadata": value.metadata}
    if "Generation" in bases:
        message = plain(getattr(value, "message", None))
        return {"$": kind, "text": value.text, "info": value.generation_info, "message": message}
    if "LLMResult" in bases:
        return {"$": kind, "generations": plain(value.generations), "llm_output": value.llm_output}
    if "BaseModel" in bases:
        return {"$": kind, "fields": plain(value.model_dump())}
    if isinstance(value, BaseException):
        return Raised(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if not PROVIDER.match(str(key))}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
