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
            first = () if method.endswith("_start") else args[:1]  # `serialized` differs: it is for tracing servers
            data = [plain(arg) for arg in (args[1:] if method.endswith("_start") else first)]
            data += [kwargs["token"]] if "token" in kwargs else []
            data += [plain(kwargs.get("chunk"))] if method == "on_llm_new_token" else []
            if method == "on_custom_event":
                data = [plain(arg) for arg in args]
            # Of models and tools the reference tells no name.
            shown = {key: plain(kwargs.get(key)) for key in ("name", "run_type") if method == "on_chain_start"}
            shown["tags"] = kwargs.get("tags")
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
