"""Parsers: texts, JSON key by key, pydantic, lists; chunk by chunk and whole."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, Field

from ..cores import Core
from ..observe import HANDLERS, MODES, OTHER_LOGS, PLAIN, Program, drained, value
from ..steps import model, upper

JSON = '{"name": "Ada", "tags": ["a", "b"], "size": 12, "ok": true}'
ALL = (*MODES, *OTHER_LOGS)


class Person(BaseModel):
    """Somebody."""

    name: str
    size: int = Field(default=1, description="how tall")


def cut(core: Core, text: str, size: int) -> list[Any]:
    """A text as the chunks of a model."""
    return [core.AIMessageChunk(content=text[start : start + size]) for start in range(0, len(text), size)]


def pieces(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[start : start + size] for start in range(0, len(text), size))


@cache
def reversing(core: Core) -> Any:
    class Reversing(core.BaseOutputParser):
        def parse(self, text: str) -> str:
            if not text:
                raise ValueError("nothing to turn round")
            return text[::-1]

    return Reversing


@cache
def counting(core: Core) -> Any:
    """A parser that needs the generation."""

    class Counting(core.BaseGenerationOutputParser):
        def parse_result(self, result: Any, *, partial: bool = False) -> int:
            return len(result[0].text)

    return Counting


@cache
def shouting(core: Core) -> Any:
    """A parser of each chunk."""

    class Shouting(core.BaseTransformOutputParser):
        def parse(self, text: str) -> str:
            return text.upper()

    return Shouting


PARSERS = {
    "CommaSeparatedListOutputParser": "a, b,c d",
    "NumberedListOutputParser": "Sure:\n\n1. a b\n2. c\n\n3. d",
    "MarkdownListOutputParser": "Sure:\n\n- a b\n* c\n",
    "JsonOutputParser": JSON,
    "StrOutputParser": "a b c",
}


def cut_up(core: Core, name: str, text: str) -> Any:
    """A parser's chunks, for chunks of several sizes."""
    parser = getattr(core, name)
    return [
        parser().invoke(core.AIMessage(text)),
        *(list(parser().transform(iter(cut(core, text, n)))) for n in (1, 4, 99)),
    ]


JSON_TEXTS = {
    "fenced": f"Here:\n```json\n{JSON}\n```",
    "fenced_plainly": f"```\n{JSON}\n```\nand more",
    "fences_inside": '```json\n{"a": "```x``` y"}\n```',
    "fences_and_more": '```json\n{"a": [1, "``"]}\n``` and ```more```',
    "broken_off": '{"a": [1, {"b": "c',
    "a_number": "12",
    "a_text": '"abc"',
    "a_list": "[1, 2",
    "nothing": "nothing",
    "line_breaks": '{"a": "b\nc"}',
    "null": "null",
}


@value
def json_by_differences(core: Core) -> Any:
    return list(core.JsonOutputParser(diff=True).transform(iter(['{"a": 1', ', "b": [1', ", 2]}"])))


@value
def pydantic_by_chunks(core: Core) -> Any:
    parser = core.PydanticOutputParser(pydantic_object=Person)
    return [list(parser.transform(iter(pieces('{"name": "Ada", "size": 12}', size)))) for size in (1, 5, 99)]


@value
def pydantic_errors(core: Core) -> Any:
    parser = core.PydanticOutputParser(pydantic_object=Person)
    return [drained(parser.stream(text)) for text in ('{"size": 1}', "no json", '{"name": 7}')]


@value
def lists_with_quotes(core: Core) -> Any:
    return [core.CommaSeparatedListOutputParser().parse(text) for text in ('"a, b", c', "a\nb, c", "", "a,,b")]


@value
def direct_calls(core: Core) -> Any:
    parser = core.StrOutputParser()
    return [
        parser.parse("x"),
        parser.parse_result([core.Generation(text="y")]),
        parser.invoke(core.AIMessage([{"type": "text", "text": "a"}, "b"])),
        parser.invoke(core.HumanMessage("c")),
        core.JsonOutputParser().parse('{"a": 1}'),
        core.PydanticOutputParser(pydantic_object=Person).parse('{"name": "x"}'),
    ]


@value
def types_of_outputs(core: Core) -> Any:
    parsers = [core.StrOutputParser(), core.PydanticOutputParser(pydantic_object=Person)]
    return [parser.get_output_jsonschema() for parser in parsers]


@value
def commas_by_chunks(core: Core) -> Any:
    """Empty items count, wherever a text is cut."""
    texts = ["a,,b", ",", ",a", "a,", "a\n,b"]
    return [list(core.CommaSeparatedListOutputParser().transform(iter(pieces(text, 1)))) for text in texts]


@value
def json_among_other_text(core: Core) -> Any:
    """The value that a text begins with counts; a bracket too many makes it nothing."""
    texts = [
        "1. Buy milk",
        '{"a": 1} and so on',
        '{"a": 1} {',
        '{"a": 1}}',
        '{"a": x',
        "[1, 2] [3",
        "```\n[1,\n``` more",
    ]
    return [core.JsonOutputParser().parse(text) for text in texts]


PROGRAMS = [
    json_among_other_text,
    *(
        Program(f"cut_up_{name}", lambda c, name=name, text=text: cut_up(c, name, text), modes=("value",))
        for name, text in PARSERS.items()
    ),
    *(
        Program(
            f"json_{name}", lambda c: c.JsonOutputParser(), text, modes=("invoke", "stream"), chunks=pieces(text, 3)
        )
        for name, text in JSON_TEXTS.items()
    ),
    Program("json_of_a_model", lambda c: model(c, '{"a": [1, 2], "b": "x y"}') | c.JsonOutputParser(), modes=ALL),
    Program(
        "json_differences", lambda c: model(c, '{"a": [1, 2], "b": "x y"}') | c.JsonOutputParser(diff=True), modes=PLAIN
    ),
    Program("json_then_more", lambda c: model(c, '{"a": 1}') | c.JsonOutputParser() | (lambda d: d["a"])),
    Program("json_of_no_json", lambda c: model(c, "none at all") | c.JsonOutputParser(), modes=PLAIN),
    Program("text_of_a_model", lambda c: model(c) | c.StrOutputParser(), modes=ALL),
    Program("text_of_a_text", lambda c: c.StrOutputParser(), "abc", chunks=("a", "b")),
    Program("commas_of_a_text", lambda c: c.CommaSeparatedListOutputParser(), "a, b", chunks=("a, ", "b")),
    Program("text_of_no_text", lambda c: c.StrOutputParser(), 7, modes=("invoke",)),
    Program("commas_of_a_model", lambda c: model(c, "a, b, c") | c.CommaSeparatedListOutputParser()),
    Program("numbers_of_a_model", lambda c: model(c, "1. a\n2. b") | c.NumberedListOutputParser()),
    Program("bullets_of_a_model", lambda c: model(c, "- a\n- b") | c.MarkdownListOutputParser()),
    Program(
        "pydantic_of_a_model",
        lambda c: model(c, '{"name": "Ada", "size": 12}') | c.PydanticOutputParser(pydantic_object=Person),
    ),
    Program(
        "pydantic_that_does_not_fit",
        lambda c: model(c, '{"size": "x"}') | c.PydanticOutputParser(pydantic_object=Person),
        modes=(*PLAIN, *HANDLERS),
    ),
    Program("own_parser", lambda c: model(c, "abc") | reversing(c)()),
    Program("own_parser_fails", lambda c: reversing(c)(), "", modes=PLAIN),
    Program("own_parser_of_generations", lambda c: model(c, "abc") | counting(c)()),
    Program("own_parser_of_chunks", lambda c: model(c, "a b c") | shouting(c)(), modes=ALL),
    Program("own_parser_transforms", lambda c: shouting(c)(), "a", modes=("invoke",), chunks=("a", "b")),
    Program("parser_named", lambda c: model(c) | c.StrOutputParser().with_config(run_name="text", tags=["t"])),
    Program("parser_in_lambda", lambda c: c.RunnableLambda(lambda x: c.StrOutputParser().invoke(x)) | upper),
    json_by_differences,
    pydantic_by_chunks,
    pydantic_errors,
    lists_with_quotes,
    direct_calls,
    types_of_outputs,
    commas_by_chunks,
]
