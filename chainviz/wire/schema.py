"""The JSON Schema of the wire, from which the page's types are made: `python -m chainviz.wire.schema` prints it."""

from __future__ import annotations

import json
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from chainviz.wire import messages


def wire_schema() -> dict[str, Any]:
    """Return one JSON Schema whose `$defs` hold every message, and with them the unions `Event` and `Request`."""
    requests = get_args(get_args(messages.Request)[0])
    roots = (messages.Frame, messages.Reply, messages.Screen, *requests)
    _, schema = models_json_schema([(root, "validation") for root in roots])
    definitions = schema["$defs"]
    for name in ("Event", "Request"):
        union = TypeAdapter(getattr(messages, name)).json_schema(ref_template="#/$defs/{model}")
        definitions[name] = {"anyOf": union["oneOf"]}
    return {"$defs": dict(sorted(definitions.items()))}


def main() -> None:
    print(json.dumps(wire_schema(), indent=1))


if __name__ == "__main__":
    main()
