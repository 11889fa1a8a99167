"""The JSON Schema of the wire, from which the page's types are made: `python -m chainviz.wire.schema` prints it."""

from __future__ import annotations

import json
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from chainviz.wire import builder_edits, builder_messages, messages

_UNIONS: dict[str, Any] = {
    "Event": messages.Event,
    "Request": messages.Request,
    "Edit": builder_edits.Edit,
    "BuilderRequest": builder_messages.BuilderRequest,
}


def wire_schema() -> dict[str, Any]:
    """Return one JSON Schema whose `$defs` hold every message, and with them the unions of messages."""
    requests = [*_members(messages.Request), *_members(builder_messages.BuilderRequest)]
    pushed = (messages.Frame, messages.Screen, builder_messages.BuilderState, builder_messages.Previews)
    roots = (*pushed, messages.Reply, builder_messages.BuilderReply, *requests)
    _, schema = models_json_schema([(root, "validation") for root in roots])
    definitions = schema["$defs"]
    for name, union in _UNIONS.items():
        described = TypeAdapter[Any](union).json_schema(ref_template="#/$defs/{model}")
        definitions[name] = {"anyOf": described["oneOf"]}
    return {"$defs": dict(sorted(definitions.items()))}


def _members(union: Any) -> tuple[Any, ...]:
    return get_args(get_args(union)[0])


def main() -> None:
    print(json.dumps(wire_schema(), indent=1))


if __name__ == "__main__":
    main()
