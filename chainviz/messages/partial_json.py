"""JSON as far as it has come: what a model has written of a value while it is still writing."""

from __future__ import annotations

import json
import re
from typing import Any

_STRING = re.compile(r'"(?:[^"\\]|\\.)*("|\\?$)', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_NUMBER_TAIL = re.compile(r"(?<=\d)(?:\.|[eE][+-]?)$")


def parse_partial_json(text: str, *, strict: bool = False) -> Any:
    """The value that `text` holds, or holds up to now if the text ends too early.

    A string that is not closed counts as far as it goes; a key without a value does not count. Unless `strict`, line
    breaks and tabs may stand in strings. Raises ValueError where the text is no beginning of JSON.
    """
    try:
        return json.loads(text, strict=strict)
    except ValueError:
        pass
    from pydantic_core import from_json

    return from_json(_tidy(text, strict), allow_partial="trailing-strings")


def _tidy(text: str, strict: bool) -> str:
    strings = list(_STRING.finditer(text))
    inside = bool(strings) and strings[-1].end() == len(text) and strings[-1].group(1) != '"'
    if not inside:
        text = _NUMBER_TAIL.sub("", text)
    return text if strict else _STRING.sub(_escape_controls, text)


def _escape_controls(string: re.Match[str]) -> str:
    return _CONTROL.sub(lambda control: f"\\u{ord(control[0]):04x}", string[0])


__all__ = ["parse_partial_json"]
