"""Runs as OpenTelemetry spans, with the names that the conventions for generative AI give their attributes."""

# The spans' types are known only where the extra is installed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingImports=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, cast

from chainviz.errors import MissingPackageError
from chainviz.outputs import LLMResult
from chainviz.tracing.events import CustomEvent, Run, RunCancel, RunChunk, RunError, RunEvent, RunStart
from chainviz.tracing.outputs import answer_of
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.trace import Span, Tracer

_OPERATIONS = {"chat_model": "chat", "llm": "text_completion", "tool": "execute_tool"}
_REQUEST = {
    "ls_provider": "gen_ai.provider.name",
    "ls_model_name": "gen_ai.request.model",
    "ls_temperature": "gen_ai.request.temperature",
    "ls_max_tokens": "gen_ai.request.max_tokens",
}
_TEXT = 1_000


class OpenTelemetrySink:
    """A sink for `callbacks` that makes one span of each run, inside that of the run around it.

    A root's span is inside the span that is current where the run begins. `tracer` is the provider's own where none is
    given. What models are given and say stays out of the spans, and so do secrets.

    Raises MissingPackageError where opentelemetry is not installed.
    """

    streaming = False

    def __init__(self, tracer: Tracer | None = None) -> None:
        try:
            from opentelemetry import trace
            from opentelemetry.trace import SpanKind, StatusCode
        except ImportError:
            raise MissingPackageError(
                "OpenTelemetrySink: needs the package opentelemetry; install it with `pip install 'chainviz[otel]'`"
            ) from None
        self._api = trace
        self._client, self._internal, self._error = SpanKind.CLIENT, SpanKind.INTERNAL, StatusCode.ERROR
        self._tracer: Tracer = tracer or trace.get_tracer("chainviz")
        self._offset = time_ns() - perf_counter_ns()
        self._spans: dict[Run, Span] = {}
        self._redactor = Redactor.of_steps()

    def __call__(self, event: RunEvent) -> None:
        run = event.run
        if isinstance(event, RunStart):
            self._redactor.meet(run.step)
            self._spans[run] = self._start(run, event.t)
        elif isinstance(event, RunChunk):
            return
        elif isinstance(event, CustomEvent):
            if (open_span := self._spans.get(run)) is not None:
                open_span.add_event(self._redactor.text(str(event.name)), timestamp=self._time(event.t))
        elif (span := self._spans.pop(run, None)) is not None:
            if isinstance(event, RunError):
                self._fail(span, event)
            elif isinstance(event, RunCancel):
                reason = self._redactor.text(str(event.reason))
                span.set_attributes({"chainviz.status": "cancelled", "chainviz.cancel.reason": reason})
            else:
                span.set_attributes(self._redactor.value(_response(run, event.output)))
            span.end(self._time(event.t))

    def _time(self, t: int) -> int:
        return self._offset + t

    def _start(self, run: Run, t: int) -> Span:
        around = None if run.parent is None else self._spans.get(run.parent)
        operation = _OPERATIONS.get(run.type)
        model = run.metadata.get("ls_model_name")
        subject = run.name if model is None or run.type == "tool" else str(model)
        return self._tracer.start_span(
            self._redactor.text(run.name if operation is None else f"{operation} {subject}"),
            context=None if around is None else self._api.set_span_in_context(around),
            kind=self._internal if operation in (None, "execute_tool") else self._client,
            attributes=self._redactor.value(_request(run, operation)),
            start_time=self._time(t),
        )

    def _fail(self, span: Span, event: RunError) -> None:
        said = self._redactor.value(encode_error(event.error, _TEXT * 10))
        span.set_attribute("error.type", said["type"])
        names = {"type": "exception.type", "message": "exception.message", "traceback": "exception.stacktrace"}
        span.add_event("exception", {names[key]: said[key] for key in names}, timestamp=self._time(event.t))
        span.set_status(self._api.Status(self._error, said["message"][:_TEXT]))

    def __repr__(self) -> str:
        return f"<OpenTelemetrySink: {len(self._spans)} open spans>"


def _request(run: Run, operation: str | None) -> dict[str, Any]:
    about: dict[str, Any] = {
        "chainviz.run.id": str(run.id),
        "chainviz.run.type": run.type,
        "chainviz.run.name": run.name,
        "chainviz.run.path": run.path,
        "chainviz.run.tags": [str(tag) for tag in run.tags],
    }
    if operation is not None:
        about["gen_ai.operation.name"] = operation
    if operation == "execute_tool":
        about["gen_ai.tool.name"] = run.name
    elif operation is not None:
        about |= {name: run.metadata[key] for key, name in _REQUEST.items() if _is_plain(run.metadata.get(key))}
    return about


def _response(run: Run, output: Any) -> dict[str, Any]:
    """What a model's answer says of itself."""
    if run.type not in ("chat_model", "llm"):
        return {}
    if isinstance(output, LLMResult):
        output = answer_of(output)
    usage = cast("Mapping[str, Any]", getattr(output, "usage_metadata", None) or {})
    said = cast("Mapping[str, Any]", getattr(output, "response_metadata", None) or {})
    reason = said.get("finish_reason")
    found: dict[str, Any] = {
        "gen_ai.usage.input_tokens": usage.get("input_tokens"),
        "gen_ai.usage.output_tokens": usage.get("output_tokens"),
        "gen_ai.response.model": said.get("model_name"),
        "gen_ai.response.id": said.get("id"),
        "gen_ai.response.finish_reasons": [reason] if isinstance(reason, str) else None,
    }
    return {name: value for name, value in found.items() if _is_plain(value) or isinstance(value, list)}


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


__all__ = ["OpenTelemetrySink"]
