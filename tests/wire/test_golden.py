"""The golden messages, which the page's tests read too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from chainviz.wire.builder_messages import BuilderReply, BuilderRequest, BuilderState
from chainviz.wire.messages import Columns, Frame, Reply, Request, Snapshot

from .golden import GOLDEN, forms
from .golden_builder import talk
from .reader import Reader


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def test_the_forms_of_a_trace_are_as_they_were_agreed_on() -> None:
    assert json.loads(json.dumps(forms())) == golden("columns.json")


def test_golden_messages_are_of_the_form_that_the_messages_define() -> None:
    columns = golden("columns.json")
    Columns.model_validate(columns["columns"])
    for snapshot in (columns["snapshot"], golden("retrieval-snapshot.json")):
        Snapshot.model_validate(snapshot)
    for frame in golden("retrieval-frames.json"):
        Frame.model_validate(frame)
    for reply in (*columns["replies"], *golden("replies.json")):
        Reply.model_validate(reply)
    for request in (*columns["requests"], *golden("requests.json")):
        TypeAdapter[Any](Request).validate_python(request)


def test_a_builder_and_its_page_speak_as_they_agreed_on() -> None:
    agreed = golden("builder.json")
    assert talk() == agreed
    BuilderState.model_validate(agreed["state"])
    for request, reply in zip(agreed["requests"], agreed["replies"], strict=True):
        TypeAdapter[Any](BuilderRequest).validate_python(request)
        BuilderReply.model_validate(reply)


@pytest.mark.parametrize("name", ["retrieval-snapshot.json", "retrieval-frames.json"])
def test_golden_frames_build_the_run_state(name: str) -> None:
    reader = Reader()
    messages = golden(name)
    for message in messages if isinstance(messages, list) else [messages]:
        reader.take(message["batch"])
    (state,) = reader.states.values()
    assert state["final_output"] == "Harrison worked at Kensho."
    texts = state["logs"]["my_llm"]["streamed_output_str"]
    assert "|".join(texts) == "|H|arrison| worked| at| Kens|ho|.||"
    assert reader.closed
