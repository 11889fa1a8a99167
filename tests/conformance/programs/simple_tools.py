"""Tools of one text, texts as arguments, what a tool's function is given, and what its answers become."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel

from ..cores import Core
from ..observe import Program, value


def call(**args: Any) -> dict[str, Any]:
    return {"type": "tool_call", "name": "t", "id": "7", "args": args}


def of(core: Core, function: Any, **fields: Any) -> Any:
    return core.StructuredTool.from_function(function, name="t", description="d", **fields)


def loud(text: str) -> str:
    """Loud."""
    return f"{text}!"


async def aloud(text: str) -> str:
    """Loud."""
    return f"{text}?"


class Query(BaseModel):
    q: str


@value
def tools_of_a_text(core: Core) -> Any:
    made = [
        core.Tool("t", loud, "d"),
        core.Tool(name="t", func=loud, description="d", args_schema=Query),
        core.Tool.from_function(loud, "t", "d", return_direct=True),
        core.tool(infer_schema=False)(loud),
    ]
    inputs: list[Any] = ["a", {"q": "b"}, call(q="c")]
    shown = [(type(one).__name__, one.name, one.description, one.return_direct, one.args) for one in made]
    return shown, [[one.invoke(given) for given in inputs] for one in made]


@value
async def tools_of_a_text_awaited(core: Core) -> Any:
    both, alone = core.Tool("t", loud, "d", coroutine=aloud), core.Tool.from_function(None, "t", "d", coroutine=aloud)
    decorated = core.tool(infer_schema=False)(aloud)
    return [await one.ainvoke("a") for one in (both, alone, decorated, core.Tool("t", loud, "d"))], both.invoke("a")


@value
def texts_by_position(core: Core) -> Any:
    def first(a: str, /) -> str:
        return a

    return [of(core, one).invoke("x") for one in (first, loud)], of(core, lambda z: z, args_schema=Query).invoke("x")


@value
def what_is_given_by_its_type(core: Core) -> Any:
    def tagged(a: int, settings: Any) -> Any:
        return settings["tags"]

    tagged.__annotations__["settings"] = core.RunnableConfig
    tool = of(core, tagged)
    return [list(tool.args), tool.invoke({"a": 1}, {"tags": ["x"]}), list(of(core, lambda config: config).args)]


@value
def answers_about_arguments(core: Core) -> Any:
    handlers: list[Any] = [True, "text", lambda error: type(error).__name__]
    return [of(core, loud, handle_validation_error=handler).invoke(call(x="1")) for handler in handlers]


@value
def answers_with_messages(core: Core) -> Any:
    answers = [
        core.ToolMessage("q", tool_call_id="3"),
        [core.ToolMessage("q", tool_call_id="3")],
        core.HumanMessage("q"),
    ]
    outputs = [
        of(core, lambda a, answer=answer: answer, args_schema=None, infer_schema=False) for answer in answers[:2]
    ]
    spoken = of(core, lambda q: answers[2], args_schema=Query).invoke(call(q="a"))
    return [one.invoke(call(a="b")) for one in outputs], type(spoken).__name__


@value
def fields_of_tools(core: Core) -> Any:
    return [name for name in of(core, loud).model_dump() if name not in ("args_schema", "func")]


@value
def options_of_run(core: Core) -> Any:
    """Those that nobody knows mean nothing."""
    tool = of(core, loud)
    return tool.run({"text": "a"}, color="red", other=1), asyncio.run(tool.arun({"text": "a"}, other=1))


REFUSED: dict[str, Any] = {
    "two_values": lambda c: c.Tool("t", loud, "d").invoke({"a": 1, "b": 2}),
    "no_function": lambda c: c.Tool.from_function(None, "t", "d"),
    "run_on_a_call": lambda c: of(c, loud).run(call(text="a")),
    "no_description": lambda c: c.tool(infer_schema=False)(lambda x: x),
}

PROGRAMS = [
    tools_of_a_text,
    tools_of_a_text_awaited,
    texts_by_position,
    what_is_given_by_its_type,
    answers_about_arguments,
    answers_with_messages,
    fields_of_tools,
    options_of_run,
    *(Program(f"a_simple_tool_of_{name}", make, modes=("value",)) for name, make in REFUSED.items()),
]
