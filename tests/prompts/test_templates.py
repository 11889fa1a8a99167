from __future__ import annotations

from typing import Any

import pytest

from chainviz.errors import InvalidInputError
from chainviz.prompts.templates import compile_template


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("hi", {}, "hi"),
        ("{a} {{b}} {a}", {"a": 1}, "1 {b} 1"),
        ("{a:.2f}|{b!r}|{c:>3}", {"a": 1, "b": "x", "c": 7}, "1.00|'x'|  7"),
        ("{my name}", {"my name": "x"}, "x"),
    ],
)
def test_f_string(text: str, values: dict[str, Any], filled: str) -> None:
    assert compile_template(text).fill(values) == filled


@pytest.mark.parametrize("text", ["{a.b}", "{a[0]}", "{}", "{0}", "{a:{b}}", "{a", "a}", "{a.__class__}"])
def test_f_string_takes_names_only(text: str) -> None:
    with pytest.raises(InvalidInputError, match="template"):
        compile_template(text)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("hi {{x}}", {"x": "<a&\"'b>"}, "hi &lt;a&amp;&quot;'b&gt;"),
        ("{{{x}}} {{& x}}", {"x": "<a>"}, "<a> <a>"),
        ("{{#l}}<{{.}}>{{/l}}{{^l}}none{{/l}}", {"l": ["1", "2"]}, "<1><2>"),
        ("{{#l}}<{{.}}>{{/l}}{{^l}}none{{/l}}", {"l": []}, "none"),
        ("{{p.q}}{{! a word }}", {"p": {"q": 5}}, "5"),
        (
            "{{#people}}\n- {{name}} ({{x}})\n{{/people}}\nend",
            {"people": [{"name": "A"}, {"name": "B"}], "x": 1},
            "- A (1)\n- B (1)\nend",
        ),
        ("{{x.__class__}}", {"x": "secret"}, ""),
        ("{{#p}}{{q}}{{/p}}", {"p": {"q": 1}}, "1"),
        ("{a} {{a}}", {"a": 1}, "{a} 1"),
    ],
)
def test_mustache(text: str, values: dict[str, Any], filled: str) -> None:
    assert compile_template(text, "mustache").fill(values) == filled


@pytest.mark.parametrize("text", ["{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{=<% %>=}}<% a"])
def test_mustache_refuses(text: str) -> None:
    with pytest.raises(InvalidInputError, match="template"):
        compile_template(text, "mustache")


def test_mustache_variables_are_those_outside_sections() -> None:
    assert compile_template("{{a.b}} {{#c}}{{d}}{{/c}} {{^e}}{{/e}}", "mustache").variables == ("a", "c", "e")


def test_other_formats() -> None:
    with pytest.raises(InvalidInputError, match="expected 'f-string' or 'mustache', got 'jinja2'"):
        compile_template("hi", "jinja2")
