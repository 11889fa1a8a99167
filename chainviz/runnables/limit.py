"""One limit for all that a batch starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainviz.config import RunnableConfig, Slots, ensure_config, inherited
from chainviz.tracing.scope import as_scope

if TYPE_CHECKING:
    from collections.abc import Sequence


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


__all__ = ["limited"]
