"""The verbs of a model as one: asked for an answer, each gives a whole message."""

from __future__ import annotations

from typing import Any

VERBS = ["invoke", "ainvoke", "stream", "astream", "batch", "abatch"]
STREAMS = ["stream", "astream"]
ANSWERS = ["invoke", "ainvoke"]


async def parts(step: Any, input: Any, verb: str) -> list[Any]:
    """What a step gives, in the parts in which the verb gives it."""
    if verb == "invoke":
        return [step.invoke(input)]
    if verb == "ainvoke":
        return [await step.ainvoke(input)]
    if verb == "stream":
        return list(step.stream(input))
    if verb == "astream":
        return [part async for part in step.astream(input)]
    return step.batch([input]) if verb == "batch" else await step.abatch([input])


async def answer(step: Any, input: Any, verb: str) -> Any:
    """The whole of what a model answers."""
    first, *rest = await parts(step, input, verb)
    return (first + rest).to_message() if verb in STREAMS else first
