"""Runs as OpenTelemetry spans, read from the SDK's own exporter."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import time_ns
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, Tracer

from chainviz import (
    AIMessage,
    ChatPromptTemplate,
    FakeListLLM,
    FakeMessagesListChatModel,
    OpenTelemetrySink,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    StrOutputParser,
    dispatch_custom_event,
    tool,
)
from chainviz.errors import MissingPackageError

USAGE: Any = {"input_tokens": 3, "output_tokens": 5, "total_tokens": 8}
SAID = {"model_name": "parrot-2", "finish_reason": "stop", "id": "answer-1"}


class Spans:
    """A tracer, and what it exported."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._provider = TracerProvider()
        self._provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer: Tracer = self._provider.get_tracer("tests")
        self.sink = OpenTelemetrySink(self.tracer)
        self.config: Any = {"callbacks": [self.sink]}

    def by_name(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._exporter.get_finished_spans()}

    def close(self) -> None:
        self._provider.shutdown()


@pytest.fixture
def spans() -> Iterator[Spans]:
    spans = Spans()
    yield spans
    spans.close()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def model() -> FakeMessagesListChatModel:
    answer = AIMessage("hi", usage_metadata=USAGE, response_metadata=SAID)
    return FakeMessagesListChatModel(responses=[answer], metadata={"ls_model_name": "parrot", "ls_temperature": 0.5})


def test_spans_stand_inside_one_another(spans: Spans) -> None:
    prompt = ChatPromptTemplate.from_template("{x}")
    steps = RunnableParallel(a=prompt | model() | StrOutputParser(), b=RunnableLambda(lambda _: 1, name="one"))
    before = time_ns()
    with spans.tracer.start_as_current_span("outside"):
        steps.invoke({"x": "y"}, spans.config)
    found = spans.by_name()
    inside = {
        "RunnableSequence": "RunnableParallel<a,b>",
        "one": "RunnableParallel<a,b>",
        "chat parrot": "RunnableSequence",
    }
    inside |= {"RunnableParallel<a,b>": "outside", "StrOutputParser": "RunnableSequence"}
    for child, parent in inside.items():
        span, around = found[child], found[parent]
        assert span.parent is not None and around.context is not None
        assert span.parent.span_id == around.context.span_id
        assert before <= span.start_time <= span.end_time <= time_ns()  # type: ignore[operator]
        assert around.start_time <= span.start_time  # type: ignore[operator]
    assert len({span.context.trace_id for span in found.values() if span.context}) == 1
    assert attributes(found["one"])["chainviz.run.path"] == "map:b"
    assert repr(spans.sink) == "<OpenTelemetrySink: 0 open spans>"


def test_a_chat_model_bears_the_conventional_attributes(spans: Spans) -> None:
    model().invoke("hello", spans.config)
    span = spans.by_name()["chat parrot"]
    assert span.kind is SpanKind.CLIENT
    shown = attributes(span)
    assert {name: value for name, value in shown.items() if name.startswith("gen_ai.")} == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": shown["gen_ai.provider.name"],
        "gen_ai.request.model": "parrot",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.id": "answer-1",
        "gen_ai.response.model": "parrot-2",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 5,
    }
    assert "hello" not in repr(shown)


def test_completions_and_tools(spans: Spans) -> None:
    @tool
    def double(x: int) -> int:
        """Twice x."""
        return 2 * x

    FakeListLLM(responses=["yes"]).invoke("really?", spans.config)
    double.invoke({"x": 2}, spans.config)
    found = spans.by_name()
    assert attributes(found["text_completion FakeListLLM"])["gen_ai.operation.name"] == "text_completion"
    shown = attributes(found["execute_tool double"])
    assert (shown["gen_ai.operation.name"], shown["gen_ai.tool.name"]) == ("execute_tool", "double")


def test_an_error_is_recorded(spans: Spans) -> None:
    def fail(_: Any) -> Any:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        RunnableLambda(fail).invoke(1, spans.config)
    span = spans.by_name()["fail"]
    assert span.status.status_code is StatusCode.ERROR and span.status.description == "no luck"
    assert attributes(span)["error.type"] == "ValueError"
    (event,) = span.events
    told = dict(event.attributes or {})
    assert event.name == "exception"
    assert (told["exception.type"], told["exception.message"]) == ("ValueError", "no luck")
    assert "in fail" in str(told["exception.stacktrace"])


def test_a_cancelled_run_is_marked_and_no_error(spans: Spans) -> None:
    def endless(_: Any) -> Any:
        while True:
            yield 1

    stream = RunnableGenerator(endless).stream(1, spans.config)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    span = spans.by_name()["endless"]
    assert attributes(span)["chainviz.status"] == "cancelled"
    assert attributes(span)["chainviz.cancel.reason"] == "the consumer stopped reading"
    assert span.status.status_code is StatusCode.UNSET


def test_custom_events_are_events_of_their_span(spans: Spans) -> None:
    RunnableLambda(lambda x: dispatch_custom_event("odd", x), name="step").invoke(1, spans.config)
    assert [event.name for event in spans.by_name()["step"].events] == ["odd"]


def test_without_the_package_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'chainviz\[otel\]'"):
        OpenTelemetrySink()


def test_no_secret_is_in_a_span(spans: Spans) -> None:
    secret = "sk-proj-abcdefghijklmnop1234"

    def fail(_: str) -> None:
        raise OSError(f"cannot fetch {secret}")

    with pytest.raises(OSError):
        RunnableLambda(fail).with_config(run_name=f"fetch {secret}", tags=[secret]).invoke("x", spans.config)
    (span,) = spans.by_name().values()
    assert span.name == "fetch **********"
    assert secret not in span.to_json()
