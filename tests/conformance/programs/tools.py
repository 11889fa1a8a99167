"""Tools: arguments and their validation, calls and messages, artifacts, errors that become answers."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ..cores import Core
from ..observe import HANDLERS, MODES, OTHER_LOGS, PLAIN, Program, outcome, value
from ..steps import search, upper

ALL = (*MODES, *OTHER_LOGS)
CALL = {"name": "search", "args": {"x": "q", "y": 2}, "id": "1", "type": "tool_call"}


class Args(BaseModel):
    """Two numbers."""

    a: int = Field(description="one")
    b: int = Field(default=2, ge=0)


@value
def without_a_schema(core: Core) -> Any:
    """What the `_run` of a class takes is told to models, and not validated."""

    class Keyed(core.BaseTool):
        name: str = "keyed"
        description: str = "d"

        def _run(self, a: int, b: str = "z", run_manager: Any = None) -> str:
            return f"{a!r} {b!r}"

    class Open(core.BaseTool):
        name: str = "open"
        description: str = "d"

        def _run(self, *args: Any, **kwargs: Any) -> str:
            return f"{args} {kwargs}"

    inputs: list[Any] = ["x", {"a": 1}, {"a": "1", "b": 2}, {**CALL, "args": {"a": 1}}, {}, {"a": 1, "c": 2}, 5, None]
    answers = [[outcome(lambda t=t, i=i: t.invoke(i)) for i in inputs] for t in (Keyed(), Open())]
    return Keyed().args, Keyed().args_schema, Keyed().is_single_input, answers


@cache
def adding(core: Core) -> Any:
    @core.tool("adds", args_schema=Args)
    def add(a: int, b: int = 2) -> int:
        """Add two numbers."""
        return a + b

    return add


@cache
def awaited(core: Core) -> Any:
    @core.tool
    async def slowly(x: str) -> str:
        """Say it slowly."""
        return f"slowly {x}"

    return slowly


@cache
def with_artifact(core: Core) -> Any:
    @core.tool(response_format="content_and_artifact")
    def found(x: str) -> tuple[str, list[str]]:
        """Find."""
        return f"found {x}", [x]

    return found


def failing(core: Core, **options: Any) -> Any:
    @core.tool(**options)
    def fails(x: str) -> str:
        """Fail."""
        if x == "own":
            raise KeyError(x)
        raise core.ToolError(f"no {x}")

    return fails


def handled(core: Core, handler: Any) -> Any:
    tool = failing(core)
    tool.handle_tool_error = handler
    return tool


def validated(core: Core, handler: Any) -> Any:
    tool = core.StructuredTool.from_function(lambda a, b=2: a + b, name="adds", description="Add.", args_schema=Args)
    tool.handle_validation_error = handler
    return tool


def with_config(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner")

    def call(x: str, config: Any) -> str:
        """Call another step."""
        return inner.invoke(x, config)

    call.__annotations__["config"] = core.RunnableConfig
    return core.StructuredTool.from_function(call)


@cache
def own_tool(core: Core) -> Any:
    class Own(core.BaseTool):
        name: str = "own"
        description: str = "Repeats."

        def _run(self, x: str, times: int = 2) -> str:
            return x * times

    return Own


def of_a_model(core: Core) -> Any:
    """A model's tool calls, called one after another."""
    calls = [{"name": "search", "args": {"x": "a"}, "id": "1"}, {"name": "search", "args": {"x": "b"}, "id": "2"}]
    asked = core.FakeMessagesListChatModel(responses=[core.AIMessage("", tool_calls=calls)] * 9)
    return asked | (lambda message: message.tool_calls) | search(core).map()


@value
def descriptions(core: Core) -> Any:
    @core.tool(parse_docstring=True)
    def documented(a: int, b: str = "x") -> str:
        """Does things.

        Args:
            a: The first.
            b: The second.
        """
        return b * a

    @core.tool(return_direct=True)
    def direct(a: Annotated[int, Field(description="one")]) -> int:
        """Direct."""
        return a

    tools = [search(core), adding(core), documented, direct, own_tool(core)()]
    return [[tool.name, tool.description, tool.args, tool.return_direct, tool.is_single_input] for tool in tools]


@value
def schemas_of_calls(core: Core) -> Any:
    tools = [search(core), adding(core), own_tool(core)()]
    return [
        {key: tool.tool_call_schema.model_json_schema().get(key) for key in ("properties", "required", "type", "title")}
        for tool in tools
    ]


@value
def no_description(core: Core) -> Any:
    @core.tool
    def silent(x: str) -> str:
        return x


@value
def outputs_to_messages(core: Core) -> Any:
    """What a tool returns becomes a message's content."""
    outputs: list[Any] = ["text", 7, {"a": [1, "é"]}, ["a", "b"], [1, 2], None, [{"type": "text", "text": "x"}]]
    tools = [core.StructuredTool.from_function(lambda out=out: out, name="t", description="d") for out in outputs]
    return [tool.invoke({"name": "t", "args": {}, "id": "1", "type": "tool_call"}) for tool in tools]


@value
def messages_returned(core: Core) -> Any:
    message = core.ToolMessage("mine", tool_call_id="9")
    tool = core.StructuredTool.from_function(lambda: message, name="t", description="d")
    return [tool.invoke({}), tool.invoke({"name": "t", "args": {}, "id": "1", "type": "tool_call"})]


@value
def coerced_arguments(core: Core) -> Any:
    def show(n: int, f: float = 1.0, flag: bool = False, items: list[int] | None = None) -> Any:
        """Show."""
        return [n, f, flag, items]

    tool = core.tool(show)
    return [tool.invoke(args) for args in ({"n": "1"}, {"n": 2, "f": "3"}, {"n": 1, "flag": "yes", "items": ["4"]})]


@value
def nested_arguments(core: Core) -> Any:
    def show(first: Args, more: list[Args]) -> Any:
        """Show."""
        return [type(first).__name__, first.a, [one.b for one in more]]

    return core.tool(show).invoke({"first": {"a": "1"}, "more": [{"a": 1}, {"a": 2, "b": 3}]})


@value
def a_coroutine_invoked(core: Core) -> Any:
    try:
        awaited(core).invoke({"x": "a"})
    except NotImplementedError:
        return "not implemented"


@value
def tools_of_runnables(core: Core) -> Any:
    asked = core.PromptTemplate.from_template("{a} of {b}") | (lambda value: value.to_string())
    made = core.tool("asks", asked, description="Ask.")
    return [made.name, made.description, made.args, made.invoke({"a": "1", "b": "2"})]


MISFITS = {"wrong_type": {"a": "x"}, "missing": {}, "out_of_range": {"a": 1, "b": -1}, "no_dict": 7}


@value
def arguments_that_there_are_not(core: Core) -> Any:
    """They are left out; a tool that takes nothing takes anything."""

    @core.tool
    def nothing() -> str:
        """Take nothing."""
        return "nothing"

    search_it = search(core)
    given: list[Any] = [{"a": 1}, "text", "", {}]
    return [
        search_it.invoke({"x": "q", "z": 1}),
        [nothing.invoke(one) for one in given],
        search_it.get_input_jsonschema(),
    ]


@value
def described_in_annotations(core: Core) -> Any:
    def show(a: Annotated[int, "one"], b: Annotated[str, Field(description="two")] = "x") -> Any:
        """Show."""

    tool = core.tool(show)
    return [tool.args, tool.tool_call_schema.model_json_schema()]


@value
def docstrings(core: Core) -> Any:
    """The parts before the arguments are one text; arguments without types need no descriptions."""

    def long(a: int) -> Any:
        """Do it.

        In a way.

        Args:
            a: The first
                of all.

        Returns:
            What it does.
        """

    def untyped(a, b=1):  # type: ignore[no-untyped-def]
        """Not typed."""
        return a

    def undescribed(a: int) -> Any:
        """Not described."""

    made = [core.tool(parse_docstring=True)(function) for function in (long, untyped)]
    try:
        core.tool(parse_docstring=True)(undescribed)
    except ValueError:
        return [[tool.description, tool.args] for tool in made]


@value
def tools_of_one_text(core: Core) -> Any:
    def echo(text: str) -> str:
        """Echo."""
        return f"<{text}>"

    tool = core.tool(infer_schema=False)(echo)
    step = core.RunnableLambda(upper).with_types(input_type=str).as_tool(name="n")
    call = {"name": "echo", "args": {"q": 1}, "id": "1", "type": "tool_call"}
    outputs = [tool.invoke(given) for given in ("a", {"b": "c"}, {"tool_input": "d"}, call)]
    return [outputs, tool.args, step.args, step.invoke("x"), step.invoke({"tool_input": "y"})]


@value
def too_much_for_one_text(core: Core) -> Any:
    return core.tool("t", description="d", infer_schema=False)(upper).invoke({"a": 1, "b": 2})


@value
def calls_without_an_id(core: Core) -> Any:
    return search(core).invoke({**CALL, "id": None})


@value
def an_artifact_that_is_none(core: Core) -> Any:
    tool = core.StructuredTool.from_function(
        lambda: [1], name="t", description="d", response_format="content_and_artifact", handle_tool_error=True
    )
    return tool.invoke({})


@value
def not_a_function(core: Core) -> Any:
    return core.tool(7) and core.tool("a", "b")


@value
def errors_without_a_text(core: Core) -> Any:
    def fails(number: int) -> str:
        """Fail."""
        raise core.ToolError(*["a", "b"][:number])

    tool = core.StructuredTool.from_function(fails, handle_tool_error=True)
    return [tool.invoke({"number": number}) for number in (0, 1, 2)]


@value
def the_config_of_a_call_without_one(core: Core) -> Any:
    def look(x: int, config: Any) -> Any:
        """Look."""
        return {key: config.get(key) for key in ("tags", "metadata", "configurable", "recursion_limit")}

    look.__annotations__["config"] = core.RunnableConfig
    return core.tool(look).invoke({"x": 1})


PROGRAMS = [
    Program("tool", search, {"x": "q", "y": 2}, modes=ALL),
    Program("tool_by_a_call", search, CALL, modes=ALL),
    Program("tool_of_one_text", awaited, "quick", modes=("ainvoke", "astream", "v1", "v2", "ahandlers")),
    Program("tool_with_a_schema", adding, {"a": "1"}),
    Program("tool_with_an_artifact", with_artifact, {"x": "q"}),
    Program("tool_with_an_artifact_by_a_call", with_artifact, {**CALL, "args": {"x": "q"}}),
    Program("tool_of_a_class", lambda c: own_tool(c)(), {"x": "a", "times": 3}),
    Program("tool_of_a_class_tagged", lambda c: c.RunnableLambda(lambda x: {"x": x}) | own_tool(c)(tags=["own"])),
    Program("tool_in_sequence", lambda c: c.RunnableLambda(lambda x: {"x": x}) | search(c) | len),
    Program("tool_given_a_config", with_config, {"x": "q"}, config=lambda: {"tags": ["t"]}),
    Program("tool_named", lambda c: search(c).with_config(run_name="seek", tags=["t"]), {"x": "q"}),
    Program("tools_of_a_model", of_a_model, modes=(*PLAIN[:2], "batch", *HANDLERS)),
    Program("tool_fails", failing, "x", modes=(*PLAIN, *HANDLERS)),
    Program("tool_fails_otherwise", lambda c: handled(c, True), "own", modes=(*PLAIN, *HANDLERS)),
    *(
        Program(
            f"tool_error_{name}{suffix}", lambda c, h=handler: handled(c, h), given, modes=(*PLAIN, *HANDLERS, "v2")
        )
        for name, handler in {"text": True, "replaced": "sorry", "made": lambda error: f"so: {error}"}.items()
        for suffix, given in {"": "x", "_by_a_call": {**CALL, "args": {"x": "x"}}}.items()
    ),
    *(
        Program(f"tool_misfit_{name}", adding, given, modes=("invoke", "ainvoke", "batch"))
        for name, given in MISFITS.items()
    ),
    Program("tool_misfit_handled", lambda c: validated(c, "try again"), {"a": "x"}, modes=(*PLAIN, "v2")),
    Program(
        "tool_misfit_handled_by_a_call",
        lambda c: validated(c, lambda error: "made"),
        {**CALL, "args": {"a": "x"}},
        modes=(*PLAIN, "v2"),
    ),
    descriptions,
    schemas_of_calls,
    no_description,
    outputs_to_messages,
    messages_returned,
    without_a_schema,
    coerced_arguments,
    nested_arguments,
    a_coroutine_invoked,
    tools_of_runnables,
    arguments_that_there_are_not,
    described_in_annotations,
    docstrings,
    tools_of_one_text,
    too_much_for_one_text,
    calls_without_an_id,
    an_artifact_that_is_none,
    not_a_function,
    errors_without_a_text,
    the_config_of_a_call_without_one,
]
