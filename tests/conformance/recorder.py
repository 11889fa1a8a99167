"""A callback handler that notes every call, under the run that it is about."""

from __future__ import annotations

from typing import Any

from .cores import Core, plain

METHODS = [
    f"on_{family}_{what}" for family in ("llm", "chain", "tool", "retriever") for what in ("start", "end", "error")
]
METHODS += ["on_chat_model_start", "on_llm_new_token", "on_custom_event"]

Calls = dict[Any, list[Any]]


def recorder(core: Core, calls: Calls, base: str = "BaseCallbackHandler") -> Any:
    """A handler of this core that notes every call in `calls`."""

    def note(method: str) -> Any:
        def called(self: Any, *args: Any, run_id: Any, parent_run_id: Any = None, **kwargs: Any) -> None:
            # Of `serialized`, which is for tracing servers, there is a name only.
            first = (args[0] is None,) if method.endswith("_start") else args[:1]
            data = [plain(arg) for arg in (*first, *(args[1:] if method.endswith("_start") else ()))]
            data += [kwargs["token"]] if "token" in kwargs else []
            data += [plain(kwargs.get("chunk"))] if method == "on_llm_new_token" else []
            if method == "on_custom_event":
                data = [plain(arg) for arg in args]
            shown = {"tags": kwargs.get("tags")}
            if method.endswith("_start"):
                given = ("name", "run_type", "metadata", "invocation_params", "options")
                shown |= {key: plain(kwargs.get(key)) for key in given}
            if method.startswith("on_tool_"):
                given = ("tool_call_id", "color", *(["name"] if method == "on_tool_end" else []))
                shown |= {key: kwargs.get(key) for key in given}
            calls.setdefault(run_id, []).append((method, data, shown, parent_run_id is None))

        async def acalled(self: Any, *args: Any, **kwargs: Any) -> None:
            called(self, *args, **kwargs)

        return acalled if base == "AsyncCallbackHandler" else called

    return type("Recorder", (getattr(core, base),), {method: note(method) for method in METHODS})()


def by_run(calls: Calls) -> list[Any]:
    """The calls of each run, in an order that does not depend on ids and times."""
    return sorted(calls.values(), key=repr)


def settled(value: Any) -> Any:
    """Without the order of keys and of the runs in a run, which is chance where branches race, and of tags, which some
    merges of the reference leave to the hashes of strings."""
    if isinstance(value, dict):
        return sorted(((key, _settled_under(key, item)) for key, item in value.items()), key=repr)
    if isinstance(value, (list, tuple)):
        return [settled(item) for item in value]
    return value


def _settled_under(key: str, value: Any) -> Any:
    value = settled(value)
    return sorted(value, key=repr) if value and key in ("tags", "children") else value
