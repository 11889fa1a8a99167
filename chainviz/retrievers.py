"""Retrievers: steps that find documents for a query."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from chainviz.documents import Document
from chainviz.runnables.serializable import RunnableSerializable
from chainviz.runnables.signature import signature, takes_run_manager
from chainviz.runnables.work import in_thread
from chainviz.tracing.manager import NO_RUN, RunManager

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType


class BaseRetriever(RunnableSerializable[str, list[Document]]):
    """A class of one's own gives `_get_relevant_documents`; `_aget_relevant_documents` spares async verbs a thread."""

    run_type: ClassVar[RunType] = "retriever"
    _graph_kind: ClassVar[str] = "retriever"

    tags: list[str] | None = None
    metadata: dict[str, Any] | None = None

    @abstractmethod
    def _get_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        """The documents for a query, the best first."""

    async def _aget_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        """The documents for a query, without blocking the event loop."""
        return await in_thread(self.__find, query, run_manager, kwargs)

    def __find(self, query: str, run_manager: Any, kwargs: dict[str, Any]) -> list[Document]:
        if takes_run_manager(type(self)._get_relevant_documents):
            return self._get_relevant_documents(query, run_manager=run_manager, **kwargs)
        return self._get_relevant_documents(query, **kwargs)  # type: ignore[call-arg]

    def _invoke_plain(self, input: Any) -> list[Document]:
        return self.__find(input, NO_RUN, {})

    def _plain_call(self) -> Callable[[Any], list[Document]]:
        if not takes_run_manager(type(self)._get_relevant_documents):
            return self._invoke_plain
        return lambda query: self._get_relevant_documents(query, run_manager=NO_RUN)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Document]:
        return self.__find(input, RunManager(run), self.__taken(kwargs))

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Document]:
        kwargs = self.__taken(kwargs)
        if takes_run_manager(type(self)._aget_relevant_documents):
            kwargs["run_manager"] = RunManager(run)
        return await self._aget_relevant_documents(input, **kwargs)

    def __taken(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a call, where it looks for documents by more than a query."""
        if not kwargs:
            return kwargs
        names = {*signature(type(self)._get_relevant_documents).parameters}
        return kwargs if names - {"self", "query", "run_manager"} else {}

    @property
    def InputType(self) -> Any:
        return str

    @property
    def OutputType(self) -> Any:
        return list[Document]

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return {"query": input}

    def _run_tags(self) -> list[str]:
        return self.tags or []

    def _run_metadata(self) -> dict[str, Any]:
        return self.metadata or {}


__all__ = ["BaseRetriever"]
