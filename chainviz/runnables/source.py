"""The source of a lambda in a step."""

from __future__ import annotations

import ast
import inspect
from functools import lru_cache
from typing import Any


def lambda_of(step: Any) -> str | None:
    """The source of the lambda that a step calls, in one line; None where it is no lambda or has no source."""
    return source_of(getattr(step, "func", None) or getattr(step, "afunc", None))


def source_of(function: Any) -> str | None:
    """The source of a lambda, in one line; None of what is none or has no source."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_name != "<lambda>":
        return None
    try:
        text = "".join(inspect.findsource(code)[0])
        found = _lambdas(text)
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    # Several lambdas may stand on a line: the one whose body lies where the code was compiled from.
    places = set(code.co_positions())
    return next((source for place, source in found if place in places), None)


@lru_cache(maxsize=8)
def _lambdas(text: str) -> list[tuple[tuple[int, int | None, int, int | None], str]]:
    """The place of the body and the source of each lambda in a file."""
    found: list[tuple[tuple[int, int | None, int, int | None], str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Lambda):
            body = node.body
            source = ast.get_source_segment(text, node) or ""
            place = (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset)
            found.append((place, ast.unparse(node) if "\n" in source or not source else source))
    return found


def condition_of(step: Any) -> str | None:
    """What a lambda of one argument returns, as a condition is read; None where it is no lambda."""
    source = lambda_of(step)
    return source.partition(":")[2].strip() if source and "," not in source.partition(":")[0] else None


__all__ = ["condition_of", "lambda_of", "source_of"]
