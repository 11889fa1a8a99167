"""Prints what an edit in the builder costs the kernel, its message to the page included."""

from __future__ import annotations

import json
import statistics
import sys
from time import process_time
from typing import Any

from chainviz import ChatPromptTemplate, LocalChatModel, StrOutputParser
from chainviz.builder.editor import Editor
from chainviz.builder.ops import Place
from chainviz.wire.builder import StateEncoder

STEPS = 100
AT_MOST = 0.005
ROUNDS = 40


def main() -> int:
    chain: Any = ChatPromptTemplate.from_template("{question}")
    for number in range(STEPS // 3):
        model = LocalChatModel(tokens_per_second=number + 1)
        chain = chain | model | StrOutputParser() | ChatPromptTemplate.from_template("Again: {question}")
    editor = Editor()
    editor.chain = chain
    encoder = StateEncoder(editor)
    times = [_edit(editor, encoder) for _ in range(ROUNDS)]
    seconds = statistics.median(times[ROUNDS // 4 :])
    shown = f"{1000 * seconds:.1f} ms"
    shown = shown if seconds <= AT_MOST else f"**{shown}**"
    print(f"\nAn edit in a chain of {STEPS} steps takes {shown}, its message included; goal: {1000 * AT_MOST:g} ms.")
    return int(seconds > AT_MOST)


def _edit(editor: Editor, encoder: StateEncoder) -> float:
    began = process_time()
    editor.insert(Place(editor.root.id, STEPS // 2), "StrOutputParser")
    json.dumps(encoder.state())
    taken = process_time() - began
    editor.undo()
    return taken


if __name__ == "__main__":
    sys.exit(main())
