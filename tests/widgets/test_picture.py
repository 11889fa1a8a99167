"""The static pictures: what they say, what they leave out, how large they get."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import SecretStr

import chainviz
from chainviz import FakeListChatModel, LocalChatModel, RunnableLambda, RunnableParallel, trace
from chainviz.graph.model import Graph, Link, Node
from chainviz.tracing.trace import Trace
from chainviz.widgets.picture import graph_html, graph_text, trace_picture
from chainviz.widgets.words import duration

from ..e2e.payloads import PAYLOADS, record

KEY = "sk-proj-abcdefghijklmnop1234"
HOSTILE = "</div></style><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[31m\ud800"


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.styles = ""
        self.depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles += "".join(value or "" for name, value in attrs if name == "style")
        self.depth += tag != "br"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1


def double(x: int) -> int:
    return 2 * x


def broken(x: object) -> None:
    raise ValueError(f"no {x}")


def recorded(*chains: object, input: object = 1, name: str | None = None) -> Trace:
    with trace(name) as t:
        for chain in chains:
            try:
                chain.invoke(input)  # type: ignore[attr-defined]
            except ValueError:
                pass
    return t


def trace_html(t: Trace, view: str = "trace") -> str:
    return trace_picture(t, view)[0]


def test_it_has_the_graph_the_runs_the_tokens_the_output_and_the_errors() -> None:
    model = LocalChatModel(tokens_per_second=100_000).with_config(run_name="my_llm")
    with trace("look") as t:
        list(model.stream("hello"))
        with pytest.raises(ValueError):
            (RunnableLambda(double) | broken).invoke(1)
    html = trace_html(t)
    for text in (
        "<b>look</b>",
        "1 failed · 1 done",
        "4 runs",
        "1 error",
        "Chain graph of my_llm",
        "✓ done",
        "✗ failed",
    ):
        assert text in html
    assert "broken: ValueError: no 2" in html and html.count("ValueError: no 2") == 1
    said = t.tree[0].output.content
    assert re.sub(r"\s", "", str(said)) in re.sub(r"\s|<br>", "", html)


@pytest.mark.parametrize(
    ("view", "there", "missing"),
    [
        ("graph", "Chain graph", "Output"),
        ("tokens", "ValueError", "Chain graph"),
        ("timeline", "min-width", "Output"),
        ("state", "Output", "Chain graph"),
    ],
)
def test_a_view_alone_has_its_parts_alone(view: str, there: str, missing: str) -> None:
    html = trace_html(recorded(RunnableLambda(broken), RunnableLambda(double)), view)
    assert there in html and missing not in html


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.00003, "0.03 ms"),
        (0.0023, "2.3 ms"),
        (0.0123, "12 ms"),
        (0.9996, "1.00 s"),
        (1.5, "1.50 s"),
        (42.31, "42.3 s"),
        (119.6, "2 min 0 s"),
        (125, "2 min 5 s"),
    ],
)
def test_a_duration_is_said_on_one_line(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said.replace(" ", "\u00a0")


def test_a_trace_that_has_not_begun_says_what_to_do() -> None:
    assert "run the cell to watch it" in trace_html(trace())


def is_text_alone(html: str) -> None:
    elements = Elements(html)
    assert elements.found <= {"div", "span", "b", "br"} and elements.depth == 0
    assert elements.attributes <= {"style", "role", "aria-label"}
    assert not re.search(r"url|fixed|absolute|expression|[@\\{}]", elements.styles)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]", html)


def test_everything_is_text() -> None:
    hostile = RunnableLambda(lambda x: x).with_config(run_name=HOSTILE, tags=[HOSTILE])
    t = recorded(hostile, hostile | RunnableParallel({HOSTILE: double}) | broken, input=HOSTILE, name=HOSTILE)
    is_text_alone(trace_html(t))
    for payload in PAYLOADS:
        is_text_alone(trace_html(record([payload])))


def test_no_secret_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "opensesame99")
    for text in (KEY, "opensesame99", "Authorization: Bearer abc123def456ghi"):
        chain = RunnableLambda(lambda x: x).with_config(run_name=f"run {text}") | broken
        t = recorded(chain, RunnableLambda(str), input=text, name=text)
        for secret in (KEY, "opensesame99", "abc123def456ghi"):
            assert secret not in "".join(trace_picture(t))


def test_a_parameter_that_is_a_secret_is_masked() -> None:
    chain = RunnableLambda(double).with_config(run_name="x").bind(api_key="correct-horse", token=SecretStr("hushhush"))
    graph = chain.get_graph()
    for drawn in (graph_html(graph), graph_text(graph), trace_html(recorded(RunnableLambda(double) | str))):
        assert "correct-horse" not in drawn and "hushhush" not in drawn


def test_it_is_bounded() -> None:
    step = RunnableLambda(double).with_config(run_name="n" * 10_000)
    with trace() as t:
        for _ in range(600):
            step.invoke(1)
        RunnableLambda(lambda x: "y" * 1_000_000).invoke(1)
        for _ in range(30):
            with pytest.raises(ValueError):
                RunnableLambda(broken).invoke("z" * 1_000_000)
    html = trace_html(t)
    assert "… and 591 more runs" in html and "… and 20 more" in html
    assert len(html) < 60_000


def test_a_graph_too_large_is_said_to_be() -> None:
    chain = RunnableParallel({f"key {i}": double for i in range(200)})
    assert "201 steps, too many for a picture" in graph_html(chain.get_graph())


def test_a_loaded_trace_has_its_picture(tmp_path: Path) -> None:
    t = recorded(RunnableLambda(double) | RunnableParallel(a=double, b=RunnableLambda(double) | str))
    loaded = trace_html(chainviz.load(t.save(tmp_path / "t.jsonl")))
    for text in ("Chain graph of RunnableSequence", "a: </span><b>double</b>", "↓ dict"):
        assert text in loaded


def test_a_state_graph_says_where_it_goes_on_and_what_became_of_its_states() -> None:
    states = (Node("node:__start__", "__start__", kind="start"), Node("map:work", "work", kind="lambda"))
    links = (Link(0, 1), Link(1, 1, f"{KEY} is bad", True))

    class Agent(RunnableParallel):
        def get_graph(self, config: object = None) -> Graph:
            return Graph(Node("", "agent", kind="graph", children=states, links=links))

    html = trace_html(recorded(Agent(work=double)))
    assert re.search(r"<b>work</b>[^✓]*✓ done", html)
    assert "→ work" in html and "↩ work if " in html and KEY not in html


def test_a_picture_speaks_the_language_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    with trace() as t:
        (RunnableLambda(str) | FakeListChatModel(responses=["Hola"])).batch([1] * 2)
        with pytest.raises(ZeroDivisionError):
            RunnableLambda(lambda _: 1 / 0).invoke(1)
    english, _ = trace_picture(t)
    monkeypatch.setattr("chainviz.wire.language._spoken", "es-ES")
    spanish, _ = trace_picture(t)
    words = [
        ("2 done", "2 hecho"),
        ("7 runs", "7 ejecuciones"),
        ("chat model", "modelo de chat"),
        ("Errors", "Errores"),
    ]
    for one, other in words:
        assert one in english and one not in spanish and other in spanish
