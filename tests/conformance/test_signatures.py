"""The parameters of classes, methods and functions: whatever a call of langchain-core's gives, ours takes."""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

PARTS = (
    "callbacks",
    "chat_history",
    "documents",
    "embeddings",
    "language_models",
    "messages",
    "output_parsers",
    "outputs",
    "prompts",
    "retrievers",
    "runnables",
    "tools",
    "vectorstores",
)

MEANT = {
    # What is not there, and why.
    r"\.(save|asdict|dump|load)$": "components are Python, not files",
    r"\.(lc_id|lc_attributes|lc_secrets|get_lc_namespace|is_lc_serializable|to_json.*)$": "nor serialised by name",
    r"\.(validate_\w+|check_\w+|template_is_valid|pre_init_validation|coerce_args|init_\w*tool_calls|set_text"
    r"|set_verbose|deps)$": "pydantic validators and other inner parts of the reference",
    r"\.on_(agent_action|agent_finish|stream_event|retry)$": "agents and those streams are not part of this",
    r"RunManager|CallbackManagerFor|Callbacks": "one run manager stands for all kinds of them",
    r"\.upsert|\.aupsert|\.streaming_upsert": "removed from the reference as well",
    # Parameters that are not taken, or are taken in another way.
    r"\((?:args|type|lc_attributes)\)": "positional pydantic arguments and the `type` that a class has already",
    r"\((?:rate_limiter|profile|output_version|custom_profile)\)": "limits belong to max_concurrency; profiles: none",
    r"\((?:config_factories|custom_input_type|custom_output_type|history_factory_config|bound|kwargs)\)": "inner parts",
    r"Runnable(?:Binding|WithFallbacks|WithMessageHistory)\.__init__\(name\)": "`run_name` names it",
    r"RunnableBinding\.with_types": "types are given by name, as to every runnable",
    r"with_score": "`*args` stand for the query",
    r"BaseLanguageModel\.a?generate_prompt": "chat models and text models have it",
    r"\.run\(|\.arun\(": "`verbose` and colours of printing: handlers print",
    r"RunnableSequence\.__init__\((?:first|middle|last)\)": "steps are given by position",
    r"RunnableParallel\.__init__|RunnableMap\.__init__": "a key may have any name, `steps__` and `name` too",
    r"count_tokens_approximately|get_buffer_string\(format\)": "no scaling by usage, no XML",
    r"(?:outputs|DeterministicFakeEmbedding)\.?.*": "records, whose fields may be given by position too",
}


def told(where: str) -> bool:
    return any(re.search(pattern, where) for pattern in MEANT)


def module(package: str, part: str) -> Any:
    return importlib.import_module(f"{package}.{part}")


def pairs() -> Iterator[tuple[str, Any, Any]]:
    """Each callable of the reference with ours: functions, constructors, methods."""
    inherited = {*dir(BaseModel), *dir(dict), *dir(str)}
    for part in PARTS:
        ours, reference = module("chainviz", part), module("langchain_core", part)
        for name in sorted(getattr(reference, "__all__", ours.__all__)):
            theirs = getattr(reference, name, None)
            if not callable(getattr(ours, name, None)) or not callable(theirs):
                continue
            mine, where = getattr(ours, name), f"{part}.{name}"
            if not inspect.isclass(theirs):
                yield where, theirs, mine
                continue
            if not issubclass(theirs, dict) and inspect.isclass(mine):
                yield f"{where}.__init__", theirs, mine
                for method in sorted(set(dir(theirs)) - inherited):
                    if not method.startswith("_") and inspect.isroutine(getattr(theirs, method)):
                        yield f"{where}.{method}", getattr(theirs, method), getattr(mine, method, None)


def refused(theirs: Callable[..., Any], mine: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """The parameters of theirs that a call of mine would not take, or would take to mean something else."""
    kinds = inspect.Parameter
    try:
        wanted = list(inspect.signature(theirs).parameters.values())
        taken = inspect.signature(mine).parameters
    except ValueError:
        return
    order = [p.name for p in taken.values() if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]
    open_ended = any(p.kind is kinds.VAR_KEYWORD for p in taken.values())
    variadic = any(p.kind is kinds.VAR_POSITIONAL for p in taken.values())
    for place, parameter in enumerate(wanted):
        name, own = parameter.name, taken.get(parameter.name)
        if parameter.kind is kinds.VAR_POSITIONAL:
            if not variadic:
                yield name, "no more positional arguments"
        elif parameter.kind is kinds.VAR_KEYWORD:
            continue  # what they ignore need not be taken
        elif own is None:
            if not open_ended or parameter.kind is kinds.POSITIONAL_ONLY:
                yield name, "is not taken"
        else:
            if parameter.kind is kinds.POSITIONAL_OR_KEYWORD and not variadic and order[place : place + 1] != [name]:
                yield name, f"is not at place {place}"
            if parameter.default is not kinds.empty and own.default is kinds.empty:
                yield name, "is required"
            elif _plain(parameter.default) and _plain(own.default) and parameter.default != own.default:
                yield name, f"defaults to {own.default!r}, not to {parameter.default!r}"
    named, any_keyword = {p.name for p in wanted}, any(p.kind is kinds.VAR_KEYWORD for p in wanted)
    for own in taken.values():
        given = own.name in named or own.kind in (kinds.VAR_KEYWORD, kinds.VAR_POSITIONAL)
        if own.default is kinds.empty and not given and not (any_keyword and own.kind is kinds.KEYWORD_ONLY):
            yield own.name, "is required, and they do not give it"


def _plain(default: Any) -> bool:
    return isinstance(default, (str, int, float, bool)) and bool(default)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    PAIRS = [pair for pair in pairs() if not told(pair[0])]


@pytest.mark.parametrize(("where", "theirs", "mine"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_whatever_they_take_we_take(where: str, theirs: Any, mine: Any) -> None:
    assert mine is not None, f"{where} is not there"
    assert [f"{name} {why}" for name, why in refused(theirs, mine) if not told(f"{where}({name})")] == []


def test_enough_is_compared() -> None:
    assert len(PAIRS) > 800
