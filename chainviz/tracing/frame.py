"""A trace as a pandas DataFrame, one row a run."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingPackageError
from chainviz.tracing.outputs import shown_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame

    from chainviz.tracing.trace import Trace
    from chainviz.tracing.tree import RunTree

COLUMNS = (
    "id",
    "parent_id",
    "path",
    "name",
    "type",
    "status",
    "start",
    "seconds",
    "tags",
    "error",
    "input_tokens",
    "output_tokens",
)


def to_dataframe(trace: Trace) -> DataFrame:
    """The runs of a trace in the order in which they started. Raises MissingPackageError without pandas."""
    if find_spec("pandas") is None:
        raise MissingPackageError(
            "Trace.to_dataframe needs the package 'pandas', which is not installed: pip install pandas"
        )
    pandas: Any = import_module("pandas")
    nodes = sorted((node for root in trace.tree for node in _all(root)), key=lambda node: node.start)
    frame = pandas.DataFrame([_row(trace, node) for node in nodes], columns=list(COLUMNS))
    frame["start"] = pandas.to_datetime(frame["start"], utc=True)
    for name in ("input_tokens", "output_tokens"):
        frame[name] = frame[name].astype("Int64")
    return frame


def _all(node: RunTree) -> Iterator[RunTree]:
    yield node
    for child in node.children:
        yield from _all(child)


def _row(trace: Trace, node: RunTree) -> dict[str, Any]:
    run = node.run
    # Of models only: a chain's output may be the message of the model inside.
    answer = shown_output(run, node.output) if run.type == "chat_model" else None
    usage: dict[str, Any] = getattr(answer, "usage_metadata", None) or {}
    error = node.error
    monotonic, wall = trace.recorder.anchor
    return {
        "id": str(run.id),
        "parent_id": str(run.parent.id) if run.parent else None,
        "path": run.path,
        "name": run.name,
        "type": run.type,
        "status": node.status,
        "start": wall + node.start - monotonic,
        "seconds": node.seconds,
        "tags": list(run.tags),
        "error": f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error,
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
    }


__all__ = ["COLUMNS", "to_dataframe"]
