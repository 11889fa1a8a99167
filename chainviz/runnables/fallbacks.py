"""Other steps to try when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.errors import InvalidInputError, shorten
from chainviz.runnables.attempts import Attempt, Attempts
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.inner_handlers import open_for_handlers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class RunnableWithFallbacks(Attempts[Input, Output]):
    """Tries `runnable`, then each of `fallbacks`, until one does not raise one of `exceptions_to_handle`; raises what
    the first step raised where all of them failed.

    With `exception_key`, a fallback finds the last exception under that key of its input dict; raises
    InvalidInputError where the input is none.
    """

    _graph_kind = "fallbacks"

    def __init__(
        self,
        runnable: Any,
        fallbacks: Sequence[Any],
        *,
        exceptions_to_handle: tuple[type[BaseException], ...] = (Exception,),
        exception_key: str | None = None,
    ) -> None:
        self.runnable: Runnable[Any, Any] = as_step(runnable, "a step with fallbacks")
        self.fallbacks: list[Runnable[Any, Any]] = [
            as_step(step, f"fallback {number}") for number, step in enumerate(fallbacks, 1)
        ]
        self.exceptions_to_handle = exceptions_to_handle
        self.exception_key = exception_key
        self._handled = exceptions_to_handle
        open_for_handlers(self, self.runnables)

    @property
    def runnables(self) -> list[Runnable[Any, Any]]:
        """The step and its fallbacks, in the order in which they are tried."""
        return [self.runnable, *self.fallbacks]

    @property
    def blocks(self) -> bool:
        return any(step.blocks for step in self.runnables)

    def __repr__(self) -> str:
        parts: dict[str, Any] = {"runnable": self.runnable, "fallbacks": self.fallbacks}
        if self.exceptions_to_handle != (Exception,):
            parts["exceptions_to_handle"] = self.exceptions_to_handle
        if self.exception_key is not None:
            parts["exception_key"] = self.exception_key
        return f"RunnableWithFallbacks({', '.join(f'{name}={value!r}' for name, value in parts.items())})"

    def _attempts(self) -> Iterator[Attempt]:
        for number, step in enumerate(self.runnables):
            yield Attempt(step, None, f"fallback:{number}")

    def _raised(self, errors: list[BaseException]) -> BaseException:
        return errors[0]

    def _input(self, input: Any, errors: list[BaseException]) -> Any:
        if self.exception_key is None:
            return input
        if not isinstance(input, dict):
            got = shorten(input)
            raise InvalidInputError(f"{self.get_name()}: expected a dict, as `exception_key` is set, got {got}")
        given = cast("dict[str, Any]", input)
        return {**given, self.exception_key: errors[-1]} if errors else given

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [
            (f"fallback:{number}", f"fallback {number}" if number else "first", step)
            for number, step in enumerate(self.runnables)
        ]


__all__ = ["RunnableWithFallbacks"]
