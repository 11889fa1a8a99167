"""The third-party libraries are extras: nothing needs them that does not use them."""

from __future__ import annotations

import json
import subprocess
import sys


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_only_a_call_imports_them() -> None:
    program = """
import sys, json
import chainviz, chainviz.language_models, chainviz.vectorstores, chainviz.embeddings
from chainviz import FAISS, ChatOpenAI, HashingEmbeddings, OpenAIEmbeddings
(ChatOpenAI() | str).get_graph().draw_mermaid(), OpenAIEmbeddings(), FAISS(HashingEmbeddings())
print(json.dumps([name for name in ("openai", "faiss", "httpx", "httpx2") if name in sys.modules]))
"""
    assert json.loads(run(program)) == []


def test_a_missing_package_names_its_extra() -> None:
    program = """
import sys
sys.modules["openai"] = sys.modules["faiss"] = None
import chainviz
from chainviz import *
for made in (ChatOpenAI, OpenAIEmbeddings, lambda: FAISS.from_texts(["a"], HashingEmbeddings())):
    try:
        made()
    except ImportError as error:
        assert isinstance(error, chainviz.ChainvizError)
        print(error)
"""
    assert run(program).splitlines() == [
        "ChatOpenAI needs the package 'openai', which is not installed: pip install 'chainviz[openai]'",
        "OpenAIEmbeddings needs the package 'openai', which is not installed: pip install 'chainviz[openai]'",
        "FAISS needs the package 'faiss', which is not installed: pip install 'chainviz[faiss]'",
    ]


def test_they_are_in_the_sub_packages_too() -> None:
    import chainviz
    from chainviz.embeddings import OpenAIEmbeddings
    from chainviz.language_models import ChatOpenAI
    from chainviz.vectorstores import FAISS

    assert (ChatOpenAI, OpenAIEmbeddings, FAISS) == (chainviz.ChatOpenAI, chainviz.OpenAIEmbeddings, chainviz.FAISS)
