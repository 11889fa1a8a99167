"""Steps whose verbs do more than those of their class. Which these are is known when a step is made, so that all others
pay nothing for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from chainviz.runnables.step import Step


class Variant(Step[Any, Any]):
    """Verbs that stand before those of a step's class. The step keeps that class's name, is copied and pickled as one
    of it, and opens runs as it does where `opens_as_its_class` says that these verbs pass every config on."""

    opens_as_its_class = False

    def __reduce_ex__(self, protocol: Any, /) -> Any:
        _, (cls, *arguments), *rest = cast("Any", super().__reduce_ex__(protocol))
        variant, base = cls.__bases__
        return _remade, (variant, base, *arguments), *rest


@lru_cache(maxsize=256)
def varied(variant: type[Variant], cls: Any) -> Any:
    """The class `cls` with the verbs of `variant` before its own."""
    if issubclass(cls, variant):
        return cls
    own = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    made = type(cls)(cls.__name__, (variant, cls), own)
    if variant.opens_as_its_class:
        made.opens_runs = cls.opens_runs
    return made


def _remade(variant: type[Variant], base: Any, *arguments: Any) -> Any:
    """An empty step, as `copy` and `pickle` fill it."""
    cls = varied(variant, base)
    return cls.__new__(cls, *arguments)


__all__ = ["Variant", "varied"]
