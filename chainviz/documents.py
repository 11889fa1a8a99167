"""Document: a passage of text with what is known about it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from chainviz.errors import InvalidInputError, shorten
from chainviz.records import Record


class Document(Record):
    """A passage of text and associated metadata."""

    __slots__ = ("page_content", "metadata", "id")  # noqa: RUF023 (the order of the fields)
    type: ClassVar[str] = "Document"
    schema_fields: ClassVar[dict[str, tuple[Any, Any]]] = {
        "page_content": (str, ...),
        "metadata": (dict[str, Any], dict),
        "type": (Literal["Document"], "Document"),
    }

    def __init__(
        self,
        page_content: str,
        metadata: dict[str, Any] | None = None,
        id: str | None = None,
        **more: Any,
    ) -> None:
        if not isinstance(page_content, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"Document: expected page_content to be a str, got {shorten(page_content)}")
        if more.get("type", self.type) != self.type:
            raise self.unknown(["type"])
        self.page_content = page_content
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.id = None if id is None else str(id)

    def __repr__(self) -> str:
        if type(self) is not Document:
            return super().__repr__()
        # What Record would write, at a sixth of its cost: prompts write many documents.
        more = f", metadata={self.metadata!r}" if self.metadata else ""
        return f"Document(page_content={self.page_content!r}{more})"

    def __str__(self) -> str:
        text = f"page_content='{self.page_content}'"
        return f"{text} metadata={self.metadata}" if self.metadata else text


__all__ = ["Document"]
