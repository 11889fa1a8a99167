"""What is wrong with a filter: `type:chat_model name:Docs -event:stream status:error >500ms "text"`.

The views read and apply filters (js/src/store/filter); code that sets one is told here, in the same words.
"""

from __future__ import annotations

import re
from typing import get_args

from chainviz.tracing.events import RunType

_FIELDS = ("type", "name", "tag", "event", "status")
_TYPES = get_args(RunType)
_EVENTS = ("start", "stream", "end", "error", "cancel")
_STATUSES = ("running", "streaming", "done", "error", "cancelled", "waiting")
_SYNONYMS = ("failed", "ok", "success", "canceled")
_NAMED = (*_EVENTS, *(f"on_{type}_{event}" for type in _TYPES for event in _EVENTS), "custom", "on_custom_event")
_ALLOWED = {"type": _TYPES, "event": _NAMED, "status": _STATUSES}
_EXAMPLES = {"name": "name:Docs", "tag": "tag:my_tag"}
_SHOWN = 7

# Each matches anywhere, if only nothing.
_BETWEEN = re.compile(r"\s*(?:-(?=\S))?")
_QUOTED = re.compile(r'"(?P<text>(?:\\["\\]|[^"])*)(?P<end>"?)|')
_TIME = re.compile(r"[<>]=?(?P<time>\S*)|")
_NAME = re.compile(r'[^\s:"]*')
_VALUE = re.compile(r"\S*")
_DURATION = re.compile(r"\d+(?:\.\d+)?(?:ms|s|min)")


def fault_of(source: str) -> str | None:
    """One sentence that says what is wrong with a filter and where (characters count from 1); None for a good one."""
    at, fault = _end(_BETWEEN, source, 0), None
    while at < len(source) and fault is None:
        fault, end = _term(source, at)
        at = _end(_BETWEEN, source, end)
    return fault


def _end(pattern: re.Pattern[str], source: str, at: int) -> int:
    found = pattern.match(source, at)
    return found.end() if found else at


def _term(source: str, at: int) -> tuple[str | None, int]:
    """What is wrong with the term that begins here, and where it ends."""
    end = _end(_QUOTED, source, at)
    if end > at:
        return _open_quote(source, at, end), end
    end = _end(_TIME, source, at)
    if end > at:
        word = source[at + 1 : end].removeprefix("=")
        expected = "expected a number with a unit, like >500ms, >1.5s or <2min."
        fault = f'"{word}" is no time at character {at + 1}: {expected}'
        return None if _DURATION.fullmatch(word) else fault, end
    end = _end(_NAME, source, at)
    return _field(source, at, end) if source[end : end + 1] == ":" else (None, end)


def _open_quote(source: str, at: int, end: int) -> str | None:
    found = _QUOTED.match(source, at, end)
    is_open = found is not None and not found["end"]
    return f'A quote is left open at character {at + 1}: expected a closing ".' if is_open else None


def _field(source: str, at: int, colon: int) -> tuple[str | None, int]:
    field, begin = source[at:colon].lower(), colon + 1
    if field not in _FIELDS:
        expected = f"{', '.join(_FIELDS)}, or quotes around the text."
        return f'Unknown field "{source[at:colon]}" at character {at + 1}: expected {expected}', begin
    end = _end(_QUOTED, source, begin)
    if end > begin:
        value, fault = source[begin + 1 : end - 1], _open_quote(source, begin, end)
    else:
        end, fault = _end(_VALUE, source, begin), None
        value = source[begin:end]
    allowed = _ALLOWED.get(field)
    some = f"a value, like {_EXAMPLES[field]}" if allowed is None else ", ".join(allowed[:_SHOWN])
    if fault is None and value == "":
        fault = f'"{field}:" has no value at character {begin + 1}: expected {some}.'
    known = allowed is None or value.lower() in allowed or (field == "status" and value.lower() in _SYNONYMS)
    if fault is None and not known:
        fault = f'Unknown {field} "{value}" at character {begin + 1}: expected {some}.'
    return fault, end


__all__ = ["fault_of"]
