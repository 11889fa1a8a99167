"""A document as text, as a prompt has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingVariableError

if TYPE_CHECKING:
    from chainviz.documents import Document
    from chainviz.prompts.base import BasePromptTemplate


def format_document(doc: Document, prompt: BasePromptTemplate | None = None) -> str:
    """The prompt filled in with `page_content` and the metadata; without a prompt, the text.

    Raises MissingVariableError where the metadata lacks a variable of the prompt.
    """
    return doc.page_content if prompt is None else prompt.format(**_variables(doc, prompt))


async def aformat_document(doc: Document, prompt: BasePromptTemplate | None = None) -> str:
    """`format_document` without blocking the event loop."""
    return doc.page_content if prompt is None else await prompt.aformat(**_variables(doc, prompt))


def _variables(doc: Document, prompt: BasePromptTemplate) -> dict[str, Any]:
    known: dict[str, Any] = {"page_content": doc.page_content, **doc.metadata}
    for name in prompt.input_variables:
        if name not in known:
            raise MissingVariableError(
                f"format_document: expected the document's metadata to have {name!r}, got {sorted(doc.metadata)}"
            )
    return {name: known[name] for name in prompt.input_variables}


__all__ = ["aformat_document", "format_document"]
