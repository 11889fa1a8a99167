"""How a run's output is shown: the forms that the projections of events and of the log give it."""

from __future__ import annotations

from typing import Any, cast

from chainviz.outputs import ChatGeneration, ChatGenerationChunk, Generation, GenerationChunk, LLMResult
from chainviz.tracing.events import Run, RunEnd


def as_result(run: Run, output: Any) -> LLMResult:
    """A model's output as the LLMResult that handlers and the log are given."""
    if isinstance(output, LLMResult):
        return output
    if run.result is not None:
        return run.result
    if run.type == "llm":
        return LLMResult([[Generation(text=output)]])
    kind = ChatGenerationChunk if type(output).__name__.endswith("Chunk") else ChatGeneration
    return LLMResult([[kind(output)]])


def result_dict(result: LLMResult) -> dict[str, Any]:
    """An LLMResult as plain data; messages stay messages."""
    return {
        "generations": [[_generation_dict(one) for one in several] for several in result.generations],
        "llm_output": result.llm_output,
        "run": None,
        "type": "LLMResult",
    }


def _generation_dict(generation: Generation) -> dict[str, Any]:
    shown = {"generation_info": generation.generation_info, "text": generation.text, "type": generation.type}
    return {**shown, "message": generation.message} if isinstance(generation, ChatGeneration) else shown


def answer_of(result: LLMResult) -> Any:
    """The first generation, of a chat model the message in it; None where there is none."""
    first = result.generations[0][0] if result.generations and result.generations[0] else None
    return first.message if isinstance(first, ChatGeneration) else first


def shown_output(run: Run, output: Any) -> Any:
    """A run's output as a person wants it: a chat model's message, else what the step returned."""
    if run.type == "chat_model" and isinstance(output, LLMResult):
        return answer_of(output)
    if run.type == "llm":
        result = result_dict(as_result(run, output))
        return {"generations": result["generations"], "llm_output": result["llm_output"]}
    return output


def logged_output(run: Run, output: Any) -> Any:
    """A run's output as the log's entries hold it."""
    if run.type in ("chat_model", "llm"):
        return result_dict(as_result(run, output))
    if run.type == "retriever":
        return {"documents": output}
    if run.type == "prompt" or (run.type != "tool" and isinstance(output, dict)):
        return cast("Any", output)
    return {"output": output}


def gave_nothing(event: RunEnd) -> bool:
    """Whether a root that reported no chunk had none to report, and not only an output that is no stream."""
    return event.run.type == "chain" and event.output is None


def as_generation(chunk: Any) -> GenerationChunk | ChatGenerationChunk:
    """A model's chunk, a text or a message, as the generation chunk that handlers are given."""
    return GenerationChunk(text=chunk) if isinstance(chunk, str) else ChatGenerationChunk(chunk)


def shown_chunk(run: Run, chunk: Any) -> Any:
    """A model's chunk as version 2 of the events holds it."""
    return GenerationChunk(text=chunk) if run.type == "llm" and isinstance(chunk, str) else chunk


__all__ = ["answer_of", "as_generation", "as_result", "gave_nothing", "logged_output", "shown_chunk", "shown_output"]
