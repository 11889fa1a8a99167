"""What a user's own function or model is given as `run_manager`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.tracing.active import UNWATCHED, Unwatched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from chainviz.tracing.active import ActiveRun


class Reported:
    """What a report gives: it may be awaited, and is done already."""

    __slots__ = ()

    def __await__(self) -> Iterator[Any]:
        return iter(())


REPORTED = Reported()


class RunManager:
    """The run in which the code is called: its id, and a way to pass it on by `config["callbacks"]`."""

    def __init__(self, run: ActiveRun | Unwatched) -> None:
        self._run = run

    @property
    def run_id(self) -> UUID | None:
        return self._run.record.id if self._run.record else None

    @property
    def tags(self) -> list[str]:
        return self._run.record.tags if self._run.record else []

    @property
    def metadata(self) -> dict[str, Any]:
        return self._run.record.metadata if self._run.record else {}

    def get_child(self, tag: str | None = None) -> Any:
        """The value for `config["callbacks"]` of what is called inside."""
        return None if isinstance(self._run, Unwatched) else self._run.at(tag, None)

    def get_sync(self) -> RunManager:
        """This one: it serves code that awaits what it calls here, and code that does not."""
        return self

    def on_llm_new_token(self, token: str, *, chunk: Any = None, **kwargs: Any) -> Reported:
        """Report a token that a model made while it was invoked."""
        self._run.chunk(token if chunk is None else getattr(chunk, "message", chunk))
        return REPORTED

    def on_text(self, text: str, **kwargs: Any) -> Reported:
        """A text that some handlers print; a run says nothing of it."""
        return REPORTED

    def on_custom_event(self, name: str, data: Any, **kwargs: Any) -> Reported:
        self._run.custom(name, data)
        return REPORTED


NO_RUN = RunManager(UNWATCHED)
"""What they are given where nobody watches."""

__all__ = ["NO_RUN", "REPORTED", "Reported", "RunManager"]
