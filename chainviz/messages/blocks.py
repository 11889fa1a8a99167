"""Content blocks: the parts of a message's content in one form, whichever provider's form they have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

Block = dict[str, Any]

KNOWN = frozenset(
    {
        *("text", "reasoning", "tool_call", "invalid_tool_call", "tool_call_chunk"),
        *("image", "audio", "file", "text-plain", "video"),
        *("server_tool_call", "server_tool_call_chunk", "server_tool_result", "non_standard"),
    }
)
"""The types of blocks; a part of another type is kept whole in a `non_standard` one."""

_DATA_URI = re.compile(r"data:(?P<mime_type>[^;]+);base64,(?P<data>.+)")
_SOURCES = {"url": ("url", "url"), "base64": ("data", "base64"), "id": ("id", "file_id")}
"""For each `source_type` of an older block the key of its data, there and in a block."""


def as_block(part: str | Block) -> Block:
    """The part of a content as a block."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.keys() == {"text"} and part["text"]:
        return {"type": "text", "text": part["text"]}
    made = _with_source_type(part) or _of_chat_completions(part) or _with_source(part)
    if made is not None:
        return made
    return part if part.get("type") in KNOWN else {"type": "non_standard", "value": part}


def _with_source_type(part: Block) -> Block | None:
    """`{"type": "image", "source_type": "base64", "data": …}`."""
    kind, source = part.get("type"), part.get("source_type")
    key, name = _SOURCES.get(str(source), ("", ""))
    if kind not in ("image", "audio", "file") or key not in part:
        return None
    block = {"type": kind, name: part[key]}
    taken = {"type", "source_type", key}
    if source != "id" or kind == "file":
        taken |= {"mime_type", "id"}
        block |= {given: part[given] for given in ("mime_type", "id") if part.get(given) and given != key}
    if source == "id" and kind == "file":
        block["id"] = _new_id()
    return _with_extras(block, {given: value for given, value in part.items() if given not in taken})


def _of_chat_completions(part: Block) -> Block | None:
    """`{"type": "image_url", "image_url": {"url": …}}`, and audio and files as that protocol has them."""
    kind = str(part.get("type"))
    inside = part.get(kind)
    if kind not in ("image_url", "input_audio", "file") or not isinstance(inside, Mapping):
        return None
    given = cast("Mapping[str, Any]", inside)
    block: Block
    if kind == "image_url" and isinstance(given.get("url"), str) and part.keys() <= {"type", kind, "detail"}:
        data = _DATA_URI.match(given["url"])
        content = {"base64": data["data"], "mime_type": data["mime_type"]} if data else {"url": given["url"]}
        block, taken, prefix = {"type": "image", **content}, {"url"}, "image_url_"
    elif kind == "input_audio" and {"data", "format"} <= given.keys():
        block = {"type": "audio", "base64": given["data"], "mime_type": f"audio/{given['format']}"}
        taken, prefix = {"data", "format"}, "audio_"
    elif "file_id" in given:
        block, taken, prefix = {"type": "file", "file_id": given["file_id"]}, {"file_id"}, "file_"
    elif data := _DATA_URI.match(str(given.get("file_data"))):
        block = {"type": "file", "base64": data["data"], "mime_type": "application/pdf"}
        taken, prefix = {"file_data", "filename"}, "file_"
    else:
        return None
    extras = {key: value for key, value in part.items() if key not in ("type", kind)}
    if "filename" in taken:
        extras["filename"] = given.get("filename")
    named = {key: key if key == "detail" else prefix + key for key in given if key not in taken}
    extras |= {name: given[key] for key, name in named.items()}
    return _with_extras({**block, "id": extras.pop("id", None) or _new_id()}, extras)


def _with_source(part: Block) -> Block | None:
    """`{"type": "document", "source": {"type": "base64", "media_type": …, "data": …}}`, or an image."""
    kind = {"document": "file", "image": "image"}.get(str(part.get("type")))
    if kind is None or not isinstance(part.get("source"), Mapping):
        return None
    block: Block
    match cast("Mapping[str, Any]", part["source"]):
        case {"type": "base64", "data": data, "media_type": mime_type}:
            block = {"type": kind, "base64": data, "mime_type": mime_type}
        case {"type": "url", "url": url}:
            block = {"type": kind, "url": url}
        case {"type": "file", "file_id": id}:
            block = {"type": kind, "id": id}
        case {"type": "text", "data": text} if kind == "file":
            block = {"type": "text-plain", "text": text, "mime_type": part.get("media_type", "text/plain")}
        case _:
            return None
    return _with_extras(block, {key: value for key, value in part.items() if key not in ("type", "source")})


def _with_extras(block: Block, extras: Block) -> Block:
    kept = {key: value for key, value in extras.items() if value is not None}
    return {**block, "extras": kept} if kept else block


def _new_id() -> str:
    return f"lc_{uuid4()}"


__all__ = ["Block", "as_block"]
