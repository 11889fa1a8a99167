"""A retriever as a tool, and tools as text for a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from chainviz.prompts.documents import aformat_document, format_document
from chainviz.tools.structured import StructuredTool

if TYPE_CHECKING:
    from chainviz.documents import Document
    from chainviz.prompts.base import BasePromptTemplate
    from chainviz.retrievers import BaseRetriever
    from chainviz.tools.base import BaseTool


class RetrieverInput(BaseModel):
    """Input to the retriever."""

    query: Annotated[str, Field(description="query to look up in retriever")]


def create_retriever_tool(
    retriever: BaseRetriever,
    name: str,
    description: str,
    *,
    document_prompt: BasePromptTemplate | None = None,
    document_separator: str = "\n\n",
    response_format: Literal["content", "content_and_artifact"] = "content",
) -> StructuredTool:
    """A tool that looks a query up: it answers with the texts of the documents, each as `document_prompt` has it.

    With `content_and_artifact`, the documents themselves are the artifact.
    """

    def answer(texts: list[str], documents: list[Document]) -> Any:
        content = document_separator.join(texts)
        return (content, documents) if response_format == "content_and_artifact" else content

    def look_up(query: str, callbacks: Any = None) -> Any:
        documents = retriever.invoke(query, config={"callbacks": callbacks})
        return answer([format_document(document, document_prompt) for document in documents], documents)

    async def alook_up(query: str, callbacks: Any = None) -> Any:
        documents = await retriever.ainvoke(query, config={"callbacks": callbacks})
        return answer([await aformat_document(document, document_prompt) for document in documents], documents)

    return StructuredTool.from_function(
        look_up,
        alook_up,
        name=name,
        description=description,
        args_schema=RetrieverInput,
        response_format=response_format,
    )


def render_text_description(tools: Sequence[BaseTool]) -> str:
    """The tools as lines of `name(parameters) - description`."""
    lines: list[str] = []
    for tool in tools:
        function = getattr(tool, "func", None)
        parameters = str(signature(function)) if function else ""
        lines.append(f"{tool.name}{parameters} - {tool.description}")
    return "\n".join(lines)


def render_text_description_and_args(tools: Sequence[BaseTool]) -> str:
    """The tools as lines of `name(parameters) - description, args: {…}`."""
    return "\n".join(f"{render_text_description([tool])}, args: {tool.args}" for tool in tools)


__all__ = ["create_retriever_tool", "render_text_description", "render_text_description_and_args"]
