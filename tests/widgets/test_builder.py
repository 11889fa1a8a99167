"""The builder's widget: both ways in step with its page, and its runs."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from pydantic import SecretStr

import chainviz
from chainviz import FakeListChatModel, RunnableLambda, StrOutputParser
from chainviz.builder.editor import Editor
from chainviz.errors import InvalidInputError
from chainviz.widgets import ChainBuilder
from chainviz.wire.builder_messages import BuilderReply, BuilderState, Previews

Sent = list[tuple[Any, Any]]


def wait_for(condition: Callable[[], Any]) -> None:
    end = monotonic() + 5
    while not condition():
        assert monotonic() < end, "waited for 5 seconds"
        sleep(0.005)


def states(sent: Sent) -> list[Any]:
    return [content for _, content in sent if content.get("type") == "builder"]


class Page:
    """What the page of a builder does."""

    def __init__(self, builder: ChainBuilder, sent: Sent) -> None:
        self._builder = builder
        self._sent = sent

    def ask(self, type: str, **fields: Any) -> Any:
        self._builder._control._answer(None, {"v": 1, "type": type, "id": "p-1", **fields}, None)  # pyright: ignore[reportPrivateUsage]
        reply = next(content for _, content in reversed(self._sent) if content.get("type") == "reply")
        BuilderReply.model_validate(reply)
        return reply

    def edit(self, op: str, **fields: Any) -> Any:
        return self.ask("edit", revision=0, op={"op": op, **fields})


def words(text: str) -> list[str]:
    return text.split()


def shout(text: str) -> str:
    return text.upper()


def count(text: str) -> int:
    return len(text)


def speed(part: slice) -> int:
    return part.step


def together(texts: list[str]) -> str:
    return " ".join(texts)


def test_all_that_can_be_mended_is() -> None:
    builder = chainviz.build()
    builder.chain = RunnableLambda(words) | shout | together
    assert len(builder.problems) == 2
    assert builder.mend() == []
    assert "words | RunnableLambda(shout).map() | together" in builder.code and not builder.problems
    builder.chain = RunnableLambda(count) | shout
    assert builder.mend() == [] and "RunnableLambda(count) | str | shout" in builder.code
    assert builder.chain.invoke("four") == "4"
    builder.chain = RunnableLambda(count) | speed
    assert builder.mend() == builder.problems == ["speed takes slice, gets int"]
    (problem,) = builder.editor.problems(builder.editor.edges())
    builder.editor.fix(problem.node, problem.fixes[0].id)
    assert not builder.problems
    assert builder.code == (
        "from typing import Any\n\nfrom chainviz import RunnableLambda\n\n"
        "chain = count | RunnableLambda(speed).with_types(input_type=Any)\n"
    )


def test_page_and_python_stay_in_step(sent: Sent) -> None:
    builder = chainviz.build()
    page = Page(builder, sent)
    assert (builder.view, builder.trace) == ("builder", "") and builder.feed and builder.control
    state = page.ask("builder")["value"]
    reply = page.edit("insert", at={"parent": state["root"]["id"], "index": 0}, component="StrOutputParser")
    assert reply["ok"] and builder.code.endswith("chain = StrOutputParser()\n")
    wait_for(lambda: states(sent) and states(sent)[-1]["revision"] == 1)
    builder.chain = RunnableLambda(len) | StrOutputParser()
    wait_for(lambda: states(sent)[-1]["revision"] == 2)
    assert [child["component"] for child in states(sent)[-1]["root"]["children"]] == ["len", "StrOutputParser"]
    builder.spec = builder.spec
    builder.code = "StrOutputParser()"
    assert builder.spec["chain"]["steps"] == [{"component": "StrOutputParser"}]
    for state in states(sent):
        BuilderState.model_validate(state)


def test_a_page_gets_the_script_of_builders(sent: Sent) -> None:
    assert Page(chainviz.build(), sent).ask("script")["value"] == {"size": len("// builder.js\n")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"type": "edit"}, "Field required"),
        ({"type": "sync", "id": "x"}, "request from the page"),
        (3, "request from the page"),
        ({"v": 1, "type": "edit", "id": "x", "revision": 0, "op": {"op": "sing"}}, "request from the page"),
        ({"v": 1, "type": "copy", "id": "x", "node": "gone"}, "expected the id of a step"),
        ({"v": 1, "type": "palette", "id": "x", "node": "gone"}, "expected the id of a step"),
        ({"v": 1, "type": "stop", "id": "x"}, "expected a run that is going on"),
    ],
)
def test_a_wrong_request_gets_one_sentence(content: Any, said: str, sent: Sent) -> None:
    builder = chainviz.build()
    builder._control._answer(None, content, None)  # pyright: ignore[reportPrivateUsage]
    assert sent[-1][1]["ok"] is False and said in sent[-1][1]["error"]


def test_a_template_is_a_chain_to_begin_with() -> None:
    for name in chainviz.build()._feed.state()["templates"]:  # pyright: ignore[reportPrivateUsage]
        builder = chainviz.build(name)
        assert not builder.editor.problems(builder.editor.edges()) and builder.editor.history.undo_label is None
    with pytest.raises(InvalidInputError, match="did you mean 'retrieval'"):
        chainviz.build("retrieva")


def test_editing_a_chain_leaves_it_as_it_is() -> None:
    chain = RunnableLambda(len) | StrOutputParser()
    builder = chain.edit()
    builder.editor.delete(builder.editor.root.children[0].id)
    assert len(chain.steps) == 2 and builder.code.endswith("chain = StrOutputParser()\n")


def test_what_is_copied_in_one_builder_is_pasted_in_another_with_its_objects(sent: Sent) -> None:
    model = FakeListChatModel(responses=["a"])
    one, other = (RunnableLambda(lambda x: x) | model.bind(tool=len)).edit(), chainviz.build()
    fragment = Page(one, sent).ask("copy", node=one.editor.root.id)["value"]
    reply = Page(other, sent).edit("paste", at={"parent": other.editor.root.id, "index": 0}, fragment=fragment)
    assert reply["ok"] and other.chain.invoke("x").content == "a"


def test_a_run_is_watched_and_its_outputs_are_seen_at_the_steps(sent: Sent) -> None:
    builder = chainviz.build()
    builder.code = "FakeListChatModel(responses=['hello']) | StrOutputParser()"
    model, parser = builder.editor.root.children
    assert Page(builder, sent).ask("run", input="x")["value"] == {"done": True}
    wait_for(lambda: states(sent) and states(sent)[-1]["run"] and not states(sent)[-1]["run"]["running"])
    state = states(sent)[-1]
    assert state["previews"][parser.id] == "hello" and state["previews"][model.id]["content"] == "hello"
    assert state["run"]["nodes"] == {"": builder.editor.root.id, "seq:1": model.id, "seq:2": parser.id}
    for _, content in sent:
        if content.get("type") == "previews":
            Previews.model_validate(content)
    assert Page(builder, sent).ask("run", input="", since=parser.id)["ok"]
    wait_for(lambda: not builder._runs.is_running)  # pyright: ignore[reportPrivateUsage]


def test_a_run_is_let_go_with_the_next_one_or_with_its_builder(sent: Sent) -> None:
    def ran(builder: ChainBuilder) -> Any:
        trace = builder.run("x")
        wait_for(lambda: any(state["run"]["trace"] == trace.id for state in states(sent) if state["run"]))
        wait_for(lambda: trace.closed)
        return weakref.ref(trace)

    def is_gone(trace: Any) -> bool:
        sent.clear()  # what is sent is noted with the widget that sends it
        gc.collect()
        return trace() is None

    builder = chainviz.build()
    builder.code = "FakeListChatModel(responses=['hello'])"
    first, last = ran(builder), ran(builder)
    wait_for(lambda: is_gone(first))
    assert last() is not None
    builder.close()
    del builder
    wait_for(lambda: is_gone(last))


def test_a_run_can_be_stopped() -> None:
    builder = chainviz.build()
    builder.code = "FakeListChatModel(responses=['a'], sleep=30)"
    trace = builder.run("x")
    with pytest.raises(InvalidInputError, match="still going on"):
        builder.run("x")
    builder.stop()
    wait_for(lambda: trace.closed)


def test_no_secret_leaves_python(sent: Sent) -> None:
    pytest.importorskip("openai")
    builder = chainviz.build()
    builder.chain = RunnableLambda(lambda x: "it is sk-hidden-0123456789abc") | (lambda x: x)
    builder.editor.catalog.keep(SecretStr("hidden-word"), "api_key")
    builder.chain = chainviz.ChatOpenAI(api_key=SecretStr("hidden-word")) | builder.chain
    model, said, _ = builder.editor.root.children
    builder.editor.delete(model.id)
    builder.run("hidden-word").result()  # type: ignore[attr-defined]
    wait_for(lambda: not builder._runs.is_running)  # pyright: ignore[reportPrivateUsage]
    builder.editor.undo()
    state = builder._feed.state()  # pyright: ignore[reportPrivateUsage]
    assert state["previews"][said.id] == "it is **********"
    assert "hidden" not in str(state) + builder.code + str(builder.spec)


def test_a_wrong_subject_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="expected an Editor"):
        ChainBuilder(3, lambda chain, input: chain)  # type: ignore[arg-type]
    assert ChainBuilder(Editor(), lambda chain, input: chain).picture()[0]
