"""A server on loopback that speaks OpenAI's protocol over HTTP and SSE, and that fails when it is told to."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]
Answer = Callable[["Exchange"], None]
Ending = Literal["done", "silent", "cut", "hang"]

USAGE = {
    "prompt_tokens": 7,
    "completion_tokens": 3,
    "total_tokens": 10,
    "prompt_tokens_details": {"cached_tokens": 2},
    "completion_tokens_details": {"reasoning_tokens": 1},
}


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: Json


class Server:
    """Answers each request with the next of `plan`, and keeps the requests."""

    def __init__(self) -> None:
        self.begin()
        self.over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
        self._http.daemon_threads = True
        self._http.protocol = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Forget what was."""
        self.plan: deque[Answer] = deque()
        self.requests: list[Request] = []
        self.left = threading.Event()
        """Set when a client has closed its connection while it was being answered."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def body(self) -> Json:
        """What was asked last."""
        return self.requests[-1].body

    def expect(self, *answers: Answer) -> None:
        self.plan.extend(answers)

    def close(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class Exchange(BaseHTTPRequestHandler):
    """One request and its answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionResetError:
            pass

    def log_message(self, format: str, *args: Any) -> None:
        pass

    @property
    def protocol(self) -> Server:
        return self.server.protocol  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.protocol.requests.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        try:
            self.protocol.plan.popleft()(self)
        except (BrokenPipeError, ConnectionResetError):
            self.protocol.left.set()
            self.close_connection = True

    def reply(self, content: Json, status: int = 200, headers: Json | None = None) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": len(data), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self, *, chunked: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header(*(("transfer-encoding", "chunked") if chunked else ("connection", "close")))
        self.end_headers()

    def write(self, text: str, *, chunked: bool) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
        self.wfile.flush()

    def cut(self) -> None:
        """Break the connection off."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def hang(self) -> None:
        """Say nothing more until the client has gone."""
        self.close_connection = True
        while not self.protocol.over.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.protocol.left.set()
                return


# --- answers ---------------------------------------------------------------------------------------------------------


def reply(content: Json, status: int = 200, **headers: Any) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.reply(content, status, named)


def failure(status: int, message: str = "not now", **headers: Any) -> Answer:
    return reply({"error": {"message": message, "type": "test", "code": None}}, status, **headers)


def hang(exchange: Exchange) -> None:
    exchange.hang()


def completion(*texts: str, finish_reason: str = "stop", usage: Json | None = USAGE, **message: Any) -> Json:
    """An answer with a choice for each text."""
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": text, **message},
            "finish_reason": finish_reason,
            "logprobs": None,
        }
        for index, text in enumerate(texts)
    ]
    head = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-1",
        "system_fingerprint": "fp",
    }
    return {**head, "choices": choices, "usage": usage}


def chunk(delta: Json | None = None, finish_reason: str | None = None, usage: Json | None = None) -> Json:
    """A chunk of a stream; without a delta, one that tells the usage only."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test-1"}
    return {**head, "system_fingerprint": "fp", "choices": choices, "usage": usage}


def chunks(*tokens: str, finish_reason: str = "stop") -> list[Json]:
    """A whole answer in the form in which OpenAI streams it."""
    parts = [chunk({"content": token}) for token in tokens]
    return [
        chunk({"role": "assistant", "content": ""}),
        *parts,
        chunk({}, finish_reason),
        chunk(usage=USAGE),
    ]


def tool_chunks(*calls: tuple[str, str, list[str]]) -> list[Json]:
    """Tool calls (id, name, arguments in pieces) in the form in which OpenAI streams them."""
    parts: list[Json] = [chunk({"role": "assistant", "content": None})]
    for index, (id, name, pieces) in enumerate(calls):
        head = {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}
        parts.append(chunk({"tool_calls": [head]}))
        parts += [chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}) for piece in pieces]
    return [*parts, chunk({}, "tool_calls"), chunk(usage=USAGE)]


def stream(events: Iterable[Json | str], ending: Ending = "done", *, chunked: bool = True) -> Answer:
    """The events, each a chunk or the raw text of one, and how the stream ends: with `[DONE]`, without it, broken off,
    or not at all."""

    def answer(exchange: Exchange) -> None:
        exchange.begin_stream(chunked=chunked)
        for event in events:
            text = event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n"
            exchange.write(text, chunked=chunked)
        if ending == "cut":
            exchange.cut()
        elif ending == "hang":
            exchange.hang()
        else:
            if ending == "done":
                exchange.write("data: [DONE]\n\n", chunked=chunked)
            if chunked:
                exchange.write("", chunked=True)
            exchange.close_connection = not chunked

    return answer


def embedding(exchange: Exchange) -> None:
    """A vector for each text, the last text's first: (its length, its position, its dimensions)."""
    body = exchange.protocol.body
    vectors = [
        {
            "object": "embedding",
            "index": index,
            "embedding": [float(len(text)), float(index), body.get("dimensions", 0.0)],
        }
        for index, text in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    exchange.reply({"object": "list", "model": body["model"], "data": vectors[::-1], "usage": usage})
