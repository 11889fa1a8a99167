"""JSON as far as it has come: what a model has written of a value while it is still writing."""

from __future__ import annotations

import json
import re
from typing import Any

_PART = re.compile(r'"(?:[^"\\]|\\.)*\\?("?)|[{}\[\]]', re.DOTALL)
_ESCAPE_BEGUN = re.compile(r"(?:[^\\]|\\.)*?(\\(?:u[0-9a-fA-F]{0,3})?)?$", re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def parse_partial_json(text: str) -> Any:
    """The value that `text` holds, or holds up to now if the text ends too early, or that it begins with.

    A string that is not closed counts as far as it goes; a key without a value does not count. Line breaks and tabs
    may stand in strings. None where a bracket is closed that was not opened. Raises ValueError where the text begins
    with no JSON.
    """
    try:
        return json.loads(text, strict=False)
    except ValueError:
        pass
    opened: list[re.Match[str]] = []
    kept = text
    for part in _PART.finditer(text):
        character = part[0]
        if character in _CLOSING:
            opened.append(part)
        elif character in ("}", "]"):
            if not opened or _CLOSING[opened.pop()[0]] != character:
                return None
        elif not part[1]:
            kept = _closed(text, part.start())
    ending = "".join(_CLOSING[bracket[0]] for bracket in reversed(opened))
    while kept:
        try:
            return json.loads(kept + ending, strict=False)
        except json.JSONDecodeError as error:
            kept = kept[: min(error.pos, len(kept) - 1)]
    return json.loads(text)


def _closed(text: str, start: int) -> str:
    """The text with the string that starts there closed, without an escape that is not whole."""
    escape = _ESCAPE_BEGUN.match(text, start)
    end = escape.start(1) if escape and escape[1] else len(text)
    return f'{text[:end]}"'


__all__ = ["parse_partial_json"]
