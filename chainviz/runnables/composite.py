"""Steps made of others, each of which they call by the shortest way where nobody watches."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from chainviz.runnables.base import Input, Output
from chainviz.runnables.compared import Compared
from chainviz.runnables.step import Step


class Composite(Step[Input, Output], Compared):
    """The base of such steps. What `_plan` notes is not copied or pickled, but noted anew."""

    _plain_calls: Any
    _aplain_calls: Any = None

    @abstractmethod
    def _plan(self) -> None:
        """Note what to call of each step inside: in `_plain_calls`, and in `_aplain_calls` for the async verbs."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_plain_calls", "_aplain_calls")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._plan()


__all__ = ["Composite"]
