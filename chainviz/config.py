"""The config that travels with a call, and the ambient config of the step that is running."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypedDict, cast

from chainviz.errors import InvalidConfigError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from concurrent.futures import Executor
    from uuid import UUID

DEFAULT_RECURSION_LIMIT = 25


class RunnableConfig(TypedDict, total=False):
    """What a call may carry. Everything is optional.

    `run_name`, `run_id`, `timeout` and `executor` apply to the call that is given them; everything else is inherited
    by the runs inside it.
    """

    tags: list[str]
    """Labels for this run and those inside it, to filter by."""
    metadata: dict[str, Any]
    """Values for this run and those inside it; they should be JSON."""
    callbacks: Any
    """A list of callback handlers, or the value that a step finds in the config that it is given."""
    run_name: str
    """The name of this run; the step's own name otherwise."""
    run_id: UUID
    """The id of this run; a new UUIDv7 otherwise."""
    max_concurrency: int | None
    """How many calls may go on at once, in all that this call starts."""
    recursion_limit: int
    """How deep a function may return runnables that return runnables."""
    configurable: dict[str, Any]
    """Values for the fields that `configurable_fields` and `configurable_alternatives` opened."""
    timeout: float | None
    """How many seconds this call may take, with all that it starts; each item of a batch has as many."""
    executor: Executor | None
    """What runs the items of this batch: an executor of threads, of processes, or a Dask client's."""


KEYS = frozenset(RunnableConfig.__annotations__)


class Around(Protocol):
    """The innermost open run, as what is called in it sees it."""

    def config(self) -> RunnableConfig: ...


CURRENT: ContextVar[Around | RunnableConfig | None] = ContextVar("chainviz_config", default=None)
"""What a call made without a config inherits: the innermost open run, or the config of a trace around it."""


def inherited() -> RunnableConfig | None:
    """The config that a call made without one inherits; None where there is none."""
    around = CURRENT.get()
    return around if around is None or isinstance(around, dict) else around.config()


@contextmanager
def ambient(config: Around | RunnableConfig | None) -> Generator[None]:
    """Within the block, calls made without a config inherit this one."""
    before = CURRENT.get()
    CURRENT.set(config)
    try:
        yield
    finally:
        CURRENT.set(before)


def default_config() -> dict[str, Any]:
    """What holds where no config says otherwise."""
    return {
        "tags": [],
        "metadata": {},
        "callbacks": None,
        "recursion_limit": DEFAULT_RECURSION_LIMIT,
        "configurable": {},
    }


def ensure_config(config: RunnableConfig | None = None) -> RunnableConfig:
    """The ambient config, overridden key by key by `config`, with the defaults filled in.

    A key that no config has goes into `configurable`. Raises InvalidConfigError where `config` is no dict.
    """
    result = default_config()
    around = CURRENT.get()
    if around is not None:
        around = around if isinstance(around, dict) else around.config()
        result.update(around)
    if config:
        if not isinstance(config, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _no_config(config)
        extra: dict[str, Any] = {}
        for key, value in config.items():
            if value is None:
                continue
            if key not in KEYS:
                extra[key] = value
                continue
            if key in _FORMS and not _FORMS[key].holds(value):
                raise _misfit(key, value)
            result[key] = value
        if around is not None and isinstance(config.get("callbacks"), list):
            result["callbacks"] = merge_callbacks(around.get("callbacks"), config.get("callbacks"))
        if extra:
            result["configurable"] = {**result["configurable"], **extra}
    if configurable := result["configurable"]:
        for key in ("model", "checkpoint_ns"):
            if isinstance(value := configurable.get(key), str) and key not in result["metadata"]:
                result["metadata"] = {**result["metadata"], key: value}
    return result  # type: ignore[return-value]


def merge_configs(*configs: RunnableConfig | None) -> RunnableConfig:
    """One config out of several: tags are united, dicts merged, callbacks added up, the rest taken from the last."""
    merged: dict[str, Any] = {}
    for config in configs:
        if not config:
            continue
        check_config(config)
        for key, value in config.items():
            if key == "callbacks":
                merged[key] = merge_callbacks(merged.get(key), value)
            elif value is None:
                merged.setdefault(key, None)
            elif key == "tags":
                merged[key] = sorted({*merged.get(key, ()), *cast("list[str]", value)})
            elif key in ("metadata", "configurable"):
                merged[key] = {**merged.get(key, {}), **cast("dict[str, Any]", value)}
            elif key == "recursion_limit" and value == DEFAULT_RECURSION_LIMIT:
                continue  # as if it were not said
            elif key in KEYS:
                merged[key] = value
            else:
                merged["configurable"] = {**merged.get("configurable", {}), key: value}
    return cast("RunnableConfig", merged)


def merge_callbacks(first: Any, second: Any) -> Any:
    """Both callbacks together, each either None, a list of handlers, or a scope (which has `plus(handlers)`)."""
    if not first or not second:
        return first or second
    if isinstance(first, list):
        if isinstance(second, list):
            return [*cast("list[Any]", first), *(h for h in cast("list[Any]", second) if h not in first)]
        return second.plus(first)
    return first.plus(second if isinstance(second, list) else second.handlers)


def patch_config(config: RunnableConfig | None, **changes: Any) -> RunnableConfig:
    """A copy of `config`, completed, with `changes` on top; new callbacks drop `run_name` and `run_id`."""
    patched = cast("dict[str, Any]", ensure_config(config))
    if changes.get("callbacks") is not None:
        patched.pop("run_name", None)
        patched.pop("run_id", None)
    own: dict[str, Any] = patched["configurable"]
    configurable: dict[str, Any] = {**own, **(changes.pop("configurable", None) or {})}
    patched.update({key: value for key, value in changes.items() if value is not None}, configurable=configurable)
    return cast("RunnableConfig", patched)


def config_list(
    config: RunnableConfig | Sequence[RunnableConfig] | None, length: int
) -> Sequence[RunnableConfig | None]:
    """One config for each of `length` calls; a `run_id` goes to the first only.

    Raises InvalidConfigError where a list of configs has another length than the inputs, or one of them is no dict.
    """
    if config is None:
        return [None] * length
    if isinstance(config, dict):
        rest = cast("RunnableConfig", {key: value for key, value in config.items() if key != "run_id"})
        return [config if index == 0 else rest for index in range(length)]
    if isinstance(config, str) or not hasattr(config, "__len__"):
        raise _no_config(config)
    if len(config) != length:
        raise InvalidConfigError(f"batch: expected one config for each of {length} inputs, got {len(config)} configs")
    for one in config:
        if one is not None and not isinstance(one, dict):  # pyright: ignore[reportUnnecessaryComparison, reportUnnecessaryIsInstance]
            raise _no_config(one)
    return config


def get_config_list(config: RunnableConfig | Sequence[RunnableConfig] | None, length: int) -> list[RunnableConfig]:
    """`config_list` with every config completed: for a `batch` of one's own.

    Raises InvalidConfigError where `length` is less than 0, too.
    """
    if length < 0:
        raise InvalidConfigError(f"get_config_list: expected a length of 0 or more, got {length}")
    return [ensure_config(one) for one in config_list(config, length)]


def check_config(config: Any) -> None:
    """Raise InvalidConfigError where a config is no dict, or a value in it is not of its form."""
    if not isinstance(config, dict):
        raise _no_config(config)
    key: Any
    for key in config:  # pyright: ignore[reportUnknownVariableType]
        value = config[key]  # pyright: ignore[reportUnknownVariableType]
        if value is not None and key in _FORMS and not _FORMS[key].holds(value):
            raise _misfit(key, value)  # pyright: ignore[reportUnknownArgumentType]


def _no_config(config: Any) -> InvalidConfigError:
    return InvalidConfigError(f"config: expected a dict with keys like 'tags', got {shorten(config)}")


def _misfit(key: str, value: Any) -> InvalidConfigError:
    return InvalidConfigError(f"config[{key!r}]: expected {_FORMS[key].expected}, got {shorten(value)}")


class _Form(NamedTuple):
    expected: str
    holds: Callable[[Any], bool]


def _is_seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_executor(value: Any) -> bool:
    return callable(getattr(value, "submit", None))


_FORMS = {
    "tags": _Form("a list", _is_list),
    "metadata": _Form("a dict", _is_dict),
    "configurable": _Form("a dict", _is_dict),
    "timeout": _Form("seconds, more than 0", _is_seconds),
    "executor": _Form("a concurrent.futures.Executor", _is_executor),
}
"""What must hold of the values of some keys."""

__all__ = [
    "CURRENT",
    "DEFAULT_RECURSION_LIMIT",
    "RunnableConfig",
    "ambient",
    "check_config",
    "config_list",
    "default_config",
    "ensure_config",
    "get_config_list",
    "inherited",
    "merge_callbacks",
    "merge_configs",
    "patch_config",
]
