"""What LangChain's objects are made of: their kind, the steps inside, and the few parameters that tell them apart.

Their classes are known by name, so that nothing of theirs is imported for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeAlias, cast

from chainviz.graph.model import Link
from chainviz.integrations.langchain import state_graph
from chainviz.runnables.base import Runnable
from chainviz.tracing.events import escape_segment

Child: TypeAlias = tuple[str, str | None, Any]
"""Segment of the path, what the parent calls it, and the object."""
_HOMES = ("langchain_core", "langgraph", "chainviz.integrations")


def kind_of(thing: Any) -> str:
    """The kind of node that stands for an object in our graphs."""
    return next((_KINDS[name] for name in _names(thing) if name in _KINDS), "chain")


def children_of(thing: Any) -> list[Child]:
    """The steps inside an object. One without a segment is what a mere wrapper wraps."""
    find = next((_CHILDREN[name] for name in _names(thing) if name in _CHILDREN), None)
    return [] if find is None else find(thing)


def name_of(thing: Any) -> str:
    """What an object is called; a function that LangGraph has not named, by its own name."""
    function = getattr(thing, "func", None) if "RunnableCallable" in _names(thing) and not thing.name else None
    if function is None:
        return thing.get_name()
    while isinstance(function, partial):
        function = cast("partial[Any]", function).func
    name = getattr(function, "__name__", type(function).__name__)
    return "lambda" if name == "<lambda>" else name


def links_of(thing: Any) -> tuple[Link, ...]:
    """How the steps inside a state graph follow each other."""
    return state_graph.links_of(thing) if kind_of(thing) == "graph" else ()


def unwrapped(thing: Any) -> Any:
    """What is inside an object that only configures another; of a state graph's node, what it runs."""
    if isinstance(thing, state_graph.StateNode):
        return thing
    while len(children := children_of(thing)) == 1 and not children[0][0]:
        thing = children[0][2]
    return thing


def params_of(thing: Any) -> dict[str, Any]:
    """The few parameters by which a reader tells an object from another of its kind."""
    kind = kind_of(thing)
    if kind == "retry":
        return {"attempts": thing.max_attempt_number}
    if kind == "retriever":
        return {**getattr(thing, "search_kwargs", {})}
    if kind in ("chat_model", "llm"):
        values = {name: getattr(thing, name, None) for name in ("model", "model_name", "temperature")}
        return {name: value for name, value in values.items() if value is not None}
    if tools := getattr(thing, "tools_by_name", None):
        return {"tools": [*tools]}
    return {**_bound(thing)} if "RunnableBinding" in _names(thing) else {}


def _bound(binding: Any) -> dict[str, Any]:
    return {name: _brief(name, value) for name, value in binding.kwargs.items()}


def _brief(name: str, value: Any) -> Any:
    """A parameter as it is, of bound tools their names."""
    if name != "tools" or not isinstance(value, list):
        return value
    return [_tool_name(tool) for tool in cast("list[Any]", value)]


def _tool_name(tool: Any) -> Any:
    if not isinstance(tool, dict):
        return getattr(tool, "name", None) or getattr(tool, "__name__", tool)
    schema = cast("dict[str, Any]", tool)
    return (schema.get("function") or schema).get("name", schema)


def _names(thing: Any) -> tuple[str, ...]:
    """The names of the class of an object of theirs, and of its bases, itself first."""
    return _names_of(cast("type[Any]", type(thing)))


@cache
def _names_of(cls: type[Any]) -> tuple[str, ...]:
    return tuple(base.__name__ for base in cls.__mro__ if base.__module__.startswith(_HOMES))


_KINDS = {
    "RunnableSequence": "sequence",
    "RunnableParallel": "parallel",
    "RunnableBranch": "branch",
    "RouterRunnable": "router",
    "RunnableWithFallbacks": "fallbacks",
    "RunnableRetry": "retry",
    "RunnableEachBase": "each",
    "RunnableAssign": "assign",
    "RunnablePassthrough": "passthrough",
    "RunnablePick": "passthrough",
    "RunnableLambda": "lambda",
    "RunnableGenerator": "lambda",
    "RunnableCallable": "lambda",
    "BaseChatModel": "chat_model",
    "BaseLLM": "llm",
    "BasePromptTemplate": "prompt",
    "BaseRetriever": "retriever",
    "BaseTool": "tool",
    "BaseOutputParser": "parser",
    "BaseGenerationOutputParser": "parser",
    "Pregel": "graph",
    "ToolNode": "tool",
}


def _branch(thing: Any) -> list[Child]:
    children: list[Child] = []
    for number, (condition, step) in enumerate(thing.branches, 1):
        name = condition.get_name()
        children += [(f"branch:{number}/condition", f"if {name}", condition), (f"branch:{number}", name, step)]
    return [*children, ("branch:default", "default", thing.default)]


def _carried(thing: Any) -> list[Child]:
    """A step that runs as what a function's own code calls: one of ours that LangChain took for a function, as it does
    in a dict, and the one that a chat history is put around."""
    step = getattr(thing, "func", None)
    if getattr(step, "__module__", None) == "langchain_core.runnables.history":
        step = next((cell.cell_contents for cell in cast("Any", step).__closure__ or ()), None)
    elif not isinstance(step, Runnable):
        step = None
    return [] if step is None else [(f"call:{escape_segment(unwrapped(step).get_name())}", None, step)]


def _keyed(prefix: str, steps: dict[str, Any]) -> list[Child]:
    return [(f"{prefix}:{escape_segment(key)}", key, step) for key, step in steps.items()]


_CHILDREN: dict[str, Callable[[Any], list[Child]]] = {
    "RunnableSequence": lambda thing: [(f"seq:{n}", None, step) for n, step in enumerate(thing.steps, 1)],
    "RunnableParallel": lambda thing: _keyed("map", thing.steps__),
    "RunnableBranch": _branch,
    "RouterRunnable": lambda thing: _keyed("router", thing.runnables),
    "RunnableWithFallbacks": lambda thing: [
        (f"fallback:{n}", f"fallback {n}" if n else "first", step)
        for n, step in enumerate([thing.runnable, *thing.fallbacks])
    ],
    "RunnableRetry": lambda thing: [("retry", f"up to {thing.max_attempt_number} attempts", thing.bound)],
    "RunnableEachBase": lambda thing: [("each", "each item", thing.bound)],
    "RunnableAssign": lambda thing: [("assign", None, thing.mapper)],
    "RunnableLambda": _carried,
    "ChainvizRunnable": lambda thing: [("", None, thing.step)],
    "DynamicRunnable": lambda thing: [("", None, thing.prepare()[0])],
    "RunnableBindingBase": lambda thing: [("", None, thing.bound)],
    "Pregel": lambda thing: state_graph.children_of(thing),
}


__all__ = ["Child", "children_of", "kind_of", "links_of", "name_of", "params_of", "unwrapped"]
