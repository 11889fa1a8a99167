"""What a builder and its page say to each other, for both sides to read: `python -m tests.wire.golden_builder`."""

from __future__ import annotations

import json
from typing import Any

from chainviz.builder.editor import Editor
from chainviz.builder.runs import Runs
from chainviz.wire.builder import StateEncoder
from chainviz.wire.builder_requests import BuilderAnswers

from .golden import GOLDEN


def never(*_: Any) -> Any:
    raise AssertionError("nothing is run here")


def talk() -> dict[str, Any]:
    """The requests of a page that builds a chain, the reply to each, and the state in the end; always the same."""
    editor = Editor()
    editor.id = "0" * 32
    encoder = StateEncoder(editor)
    answers = BuilderAnswers(editor, Runs(editor, never), encoder.state)
    root = editor.root.id
    requests: list[dict[str, Any]] = []
    replies: list[dict[str, Any]] = []

    def ask(type: str, **fields: Any) -> Any:
        request = {"v": 1, "type": type, "id": f"b-{len(requests)}", **fields}
        requests.append(request)
        replies.append(json.loads(json.dumps(answers.to(request)[0])))
        return replies[-1].get("value")

    def edit(op: str, **fields: Any) -> Any:
        return (ask("edit", revision=editor.revision, op={"op": op, **fields}) or {}).get("select")

    ask("builder")
    prompt = edit("insert", at={"parent": root, "index": 0}, component="ChatPromptTemplate")
    rows = [{"role": "system", "text": "Use {context}"}, {"role": "human", "text": "{question}"}]
    edit("set", node=prompt, params={"messages": rows})
    ask("palette", at={"parent": prompt, "index": "after"})
    model = edit("insert", at={"parent": prompt, "index": "after"}, component="LocalChatModel")
    ask("misfits", component="StrOutputParser")
    ask("misfits", node=model)
    edit("insert", at={"parent": root, "index": 9}, component="StrOutputParser")
    keys = edit("insert", at={"parent": prompt, "index": "before"}, component="RunnableParallel")
    edit("set", node=model, params={"tokens_per_second": -1})
    edit("set", node=model, params={"tokens_per_second": 20.0}, options={"run_name": "my_llm", "tags": ["local"]})
    edit("wrap", node=model, into="retry")
    edit("extract", node=prompt, name="prompt")
    edit("move", node=keys, to={"parent": "gone", "index": 0})
    ask("copy", node=prompt)
    ask("code", next_cell=False)
    ask("stop")
    edit("undo")
    said = {"requests": requests, "replies": replies, "state": json.loads(json.dumps(encoder.state()))}
    return without_docs(said)


def without_docs(value: Any) -> Any:
    """The same without the docstrings of the components, which have nothing to do with it."""
    if isinstance(value, list):
        return [without_docs(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, dict):
        return value
    return {
        key: "What it does." if key in ("doc", "description") and item else without_docs(item)
        for key, item in value.items()  # pyright: ignore[reportUnknownVariableType]
    }


if __name__ == "__main__":
    text = json.dumps(talk(), indent=1, ensure_ascii=False)
    (GOLDEN / "builder.json").write_text(text + "\n", encoding="utf-8")
