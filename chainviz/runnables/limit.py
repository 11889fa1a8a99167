"""What the calls of one batch share: a limit of how many go on at once, and an executor to go on in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from chainviz.config import RunnableConfig, check_config, config_list, ensure_config, inherited
from chainviz.slots import Slots
from chainviz.tracing.scope import as_scope

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from chainviz.runnables.base import Runnable


class Call(NamedTuple):
    """One item of a batch."""

    step: Runnable[Any, Any]
    input: Any
    config: RunnableConfig | None


@contextmanager
def arranged(
    step: Runnable[Any, Any], inputs: Sequence[Any], config: RunnableConfig | Sequence[RunnableConfig] | None
) -> Generator[tuple[Slots | None, list[Call]]]:
    """The calls of a batch while the block lasts, and the limit that they share, None where there is none.

    Raises InvalidConfigError where there are several configs, but not one for each input.
    """
    if isinstance(config, dict) and isinstance(config.get("callbacks"), list):
        # One audience for all of them: whoever raises is named once, and let go in all of them.
        config = cast("RunnableConfig", {**config, "callbacks": as_scope(ensure_config(config).get("callbacks"))})
    configs = config_list(config, len(inputs))
    executor = configs[0].get("executor") if configs and configs[0] else None
    slots, configs = limited(configs)
    if executor is None:
        yield slots, [Call(step, *pair) for pair in zip(inputs, configs, strict=True)]
        return
    check_config(configs[0])
    from chainviz.runnables.places import opened

    with opened(executor) as site:
        if site is None:
            yield slots, [Call(step, *pair) for pair in zip(inputs, configs, strict=True)]
        else:
            yield (
                Slots(site.workers, slots) if site.workers else slots,
                [
                    Call(site.moved(step, index), input, {**(config or {}), "executor": None})
                    for index, (input, config) in enumerate(zip(inputs, configs, strict=True))
                ],
            )


def limited(
    configs: Sequence[RunnableConfig | None],
) -> tuple[Slots | None, Sequence[RunnableConfig | None]]:
    """The limit under which these calls share their work, None where there is none, and their configs under it."""
    first = configs[0] if configs else None
    around = inherited()
    number = (first or {}).get("max_concurrency") or (around or {}).get("max_concurrency")
    if not number:
        return None, configs
    slots = as_scope(ensure_config(first).get("callbacks")).limited(number).slots
    return slots, [_under(slots, ensure_config(config)) for config in configs]


def _under(slots: Slots | None, config: RunnableConfig) -> RunnableConfig:
    config["callbacks"] = as_scope(config.get("callbacks")).under(slots)
    return config


__all__ = ["Call", "arranged", "limited"]
