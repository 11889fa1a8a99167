"""LangSmith's tracer and ours, side by side: each is told of all, and neither knows of the other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel
from langchain_core.tracers import LangChainTracer
from langsmith import Client

import chainviz
from chainviz.tracing.events import RunStart


class Collector:
    """Takes what LangSmith's client sends, by the id of each run."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        collector = self

        class Exchange(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._take()

            def do_PATCH(self) -> None:
                self._take()

            def _take(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                collector.runs.setdefault(body.get("id") or self.path.rsplit("/", 1)[-1], {}).update(body)
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    collector = Collector()
    yield collector
    collector.close()


def parallel() -> Any:
    answer = ChatPromptTemplate.from_template("{x}") | FakeListChatModel(responses=["hey"]) | StrOutputParser()
    return RunnableParallel(answer=answer, length=RunnableLambda(lambda given: len(given["x"])))


def failing() -> Any:
    return RunnableLambda(len) | RunnableLambda(lambda x: 1 // (x - x))


@pytest.mark.parametrize("chain", [parallel(), failing()], ids=["parallel", "failing"])
def test_both_are_told_of_the_same_runs(collector: Collector, chain: Any) -> None:
    client = Client(
        api_url=f"http://127.0.0.1:{collector.http.server_address[1]}", api_key="test", auto_batch_tracing=False
    )
    tracer = LangChainTracer(client=client, project_name="beside")
    with chainviz.trace() as t:
        try:
            chain.invoke({"x": "abc"}, {"callbacks": [tracer]})
        except ZeroDivisionError:
            pass
    tracer.wait_for_futures()
    ours = [event.run for event in t.recorder.events if isinstance(event, RunStart)]
    assert {str(run.id): (run.name, str(run.parent.id) if run.parent else None) for run in ours} == {
        id: (run["name"], run["parent_run_id"]) for id, run in collector.runs.items()
    }
    failed = {str(error.run.id): str(error.error) for error in t.errors}
    assert failed.keys() == {id for id, run in collector.runs.items() if run.get("error")}
    assert all(failed[id] in collector.runs[id]["error"] for id in failed)
    assert all(run["end_time"] for run in collector.runs.values()) and t.closed
