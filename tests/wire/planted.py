"""A trace with a secret wherever one can be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from chainviz import (
    AIMessage,
    Document,
    FakeListChatModel,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StrOutputParser,
    adispatch_custom_event,
    tool,
)
from chainviz.tracing.trace import Trace, trace


def planted(secret: str, t: Trace | None = None) -> Trace:
    @tool
    def fetch(url: str) -> str:
        """Fetches."""
        raise OSError(f"cannot fetch {url}")

    def streamed(_: Any) -> Iterator[str]:
        yield from ("the key is ", *secret, " as I said")

    async def told(x: Any) -> Any:
        await adispatch_custom_event(f"heard {secret}", {"what": secret})
        return x

    chain = RunnableLambda(lambda x: x).with_config(
        run_name=f"run {secret}", tags=[secret], metadata={"why": secret, secret: 1}
    )
    message = AIMessage(f"it is {secret}", tool_calls=[{"name": "fetch", "args": {"url": secret}, "id": "1"}])
    with t or trace(f"trace {secret}") as t:
        chain.invoke({"question": secret, secret: 1, "doc": Document(page_content=secret, metadata={"source": secret})})
        (RunnableLambda(lambda _: message) | StrOutputParser()).invoke(1)
        list((RunnableLambda(streamed) | RunnablePassthrough()).stream(1))
        list(FakeListChatModel(responses=[f"it is {secret}!"]).stream("hi"))
        asyncio.run(RunnableLambda(told).ainvoke(1))
        with pytest.raises(OSError):
            fetch.invoke({"url": secret})
        RunnableParallel({secret: RunnableLambda(str), "x": RunnableLambda(str)}).invoke(secret)
        RunnableLambda(lambda x, **_: x).bind(secret=secret, stop=[secret]).invoke(1)
    t.filter = f'"{secret}"'
    return t
