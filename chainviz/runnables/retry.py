"""A step that is tried again when it fails."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from chainviz.errors import InvalidConfigError, nearest
from chainviz.runnables.attempts import Attempt, Attempts
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.rewind import ARewound, Rewound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from chainviz.tracing.active import ActiveRun, Unwatched


_JITTER = {"initial": 1.0, "exp_base": 2.0, "max": float("inf"), "jitter": 1.0}


class RunnableRetry(Attempts[Input, Output]):
    """Tries `bound` up to `max_attempt_number` times, or with 0 as often as it takes, while it raises one of
    `retry_exception_types`, or an exception for which this, a function, is true; raises what the last attempt raised.

    Between attempts it waits 1, 2, 4 … seconds and up to one more by chance, or as `initial`, `exp_base`, `jitter` and
    `max` in `exponential_jitter_params` say; not at all where `wait_exponential_jitter` is False. Raises
    InvalidConfigError where a parameter is not one of these.
    """

    _graph_kind = "retry"

    def __init__(
        self,
        bound: Any,
        *,
        retry_exception_types: tuple[type[BaseException], ...] | Callable[[BaseException], bool] = (Exception,),
        wait_exponential_jitter: bool = True,
        exponential_jitter_params: Mapping[str, float] | None = None,
        max_attempt_number: int = 3,
    ) -> None:
        self.bound: Runnable[Any, Any] = as_step(bound, "a step to retry")
        self.retry_exception_types = retry_exception_types
        self.wait_exponential_jitter = wait_exponential_jitter
        self.exponential_jitter_params = dict(exponential_jitter_params or {})
        for name in self.exponential_jitter_params:
            if name not in _JITTER:
                known = ", ".join(_JITTER)
                raise InvalidConfigError(
                    f"a retry: expected exponential_jitter_params out of {known}, got {name!r}{nearest(name, _JITTER)}"
                )
        self.max_attempt_number = max_attempt_number
        kinds = () if callable(retry_exception_types) else retry_exception_types
        self._handled = kinds or (Exception,)
        open_for_handlers(self, [self.bound])

    @property
    def blocks(self) -> bool:
        return self.bound.blocks or self.wait_exponential_jitter

    def _default_name(self) -> str:
        return self.bound.get_name()

    def __repr__(self) -> str:
        given: dict[str, tuple[Any, Any]] = {
            "retry_exception_types": (self.retry_exception_types, (Exception,)),
            "wait_exponential_jitter": (self.wait_exponential_jitter, True),
            "exponential_jitter_params": (self.exponential_jitter_params, {}),
            "max_attempt_number": (self.max_attempt_number, 3),
        }
        options = "".join(f", {name}={value!r}" for name, (value, usual) in given.items() if value != usual)
        return f"RunnableRetry(bound={self.bound!r}, kwargs={{}}, config={{}}, config_factories=[]{options})"

    def _attempts(self) -> Iterator[Attempt]:
        yield Attempt(self.bound, None, "retry")
        last = self.max_attempt_number
        for number in range(2, last + 1) if last else count(2):
            yield Attempt(self.bound, f"retry:attempt:{number}", "retry", self._pause(number))

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        given = Rewound(chunks)
        return self._begin_until_one(
            run, lambda step, config, errors: step.transform(given.again(), config, **kwargs), given
        )

    def _atransform(self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        given = ARewound(chunks)
        return self._abegin_until_one(
            run, lambda step, config, errors: step.atransform(given.again(), config, **kwargs), given
        )

    def _pause(self, number: int) -> float:
        """The seconds before an attempt, from the second on."""
        if not self.wait_exponential_jitter:
            return 0.0
        given = {**_JITTER, **self.exponential_jitter_params}
        chance = random.uniform(0, given["jitter"])
        try:
            wait = given["initial"] * given["exp_base"] ** (number - 2) + chance
        except OverflowError:
            wait = given["max"]
        return max(0.0, min(wait, given["max"]))

    def _note(self, error: BaseException, errors: list[BaseException]) -> None:
        decides = self.retry_exception_types
        if callable(decides) and not decides(error):
            raise error
        errors[:] = [error]

    def _raised(self, errors: list[BaseException]) -> BaseException:
        return errors[-1]

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        often = f"up to {self.max_attempt_number} attempts" if self.max_attempt_number else "until it does not fail"
        return [("retry", often, self.bound)]

    def _graph_params(self) -> dict[str, Any]:
        return {"attempts": self.max_attempt_number}


__all__ = ["RunnableRetry"]
