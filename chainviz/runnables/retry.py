"""A step that is tried again when it fails."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from chainviz.errors import InvalidConfigError
from chainviz.runnables.attempts import Attempt, Attempts
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step

if TYPE_CHECKING:
    from collections.abc import Iterator


class RunnableRetry(Attempts[Input, Output]):
    """Tries `bound` up to `max_attempt_number` times while it raises one of `retry_exception_types`; raises what the
    last attempt raised.

    Between attempts it waits 1, 2, 4 … seconds, at most 60, plus up to one second by chance, unless
    `wait_exponential_jitter` is False. Raises InvalidConfigError where there is to be no attempt at all.
    """

    _graph_kind = "retry"

    def __init__(
        self,
        bound: Any,
        *,
        retry_exception_types: tuple[type[BaseException], ...] = (Exception,),
        wait_exponential_jitter: bool = True,
        max_attempt_number: int = 3,
    ) -> None:
        if max_attempt_number < 1:
            raise InvalidConfigError(f"a retry: expected at least 1 attempt, got {max_attempt_number}")
        self.bound: Runnable[Any, Any] = as_step(bound, "a step to retry")
        self.retry_exception_types = retry_exception_types
        self.wait_exponential_jitter = wait_exponential_jitter
        self.max_attempt_number = max_attempt_number
        self._handled = retry_exception_types

    def _default_name(self) -> str:
        return self.bound.get_name()

    def __repr__(self) -> str:
        return f"{self.bound!r}.with_retry(stop_after_attempt={self.max_attempt_number})"

    def _attempts(self) -> Iterator[Attempt]:
        yield Attempt(self.bound, None, "retry")
        for number in range(2, self.max_attempt_number + 1):
            pause = min(2.0 ** (number - 2) + random.random(), 60.0) if self.wait_exponential_jitter else 0.0
            yield Attempt(self.bound, f"retry:attempt:{number}", "retry", pause)

    def _raised(self, errors: list[BaseException]) -> BaseException:
        return errors[-1]

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("retry", f"up to {self.max_attempt_number} attempts", self.bound)]

    def _graph_params(self) -> dict[str, Any]:
        return {"attempts": self.max_attempt_number}


__all__ = ["RunnableRetry"]
