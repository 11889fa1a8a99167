"""Which runs the events and the log show: every filter alone, and several together."""

from __future__ import annotations

from typing import Any

from ..cores import Core
from ..observe import SEEN, Program
from ..steps import fail, model, page_chain, retriever, search, spelling, text_model, twice, two_models, upper

LISTED = (*SEEN, "listless")


def of_each_kind(core: Core) -> Any:
    """A chain with a retriever, a prompt, both kinds of model, a parser, a tool and functions."""
    prompt = core.ChatPromptTemplate.from_template("about {x}")
    return core.RunnableParallel(
        docs=core.RunnableLambda(lambda d: d["x"]) | retriever(core).with_config(tags=["shelf"]),
        found=search(core),
        said=prompt | model(core, name="chat", tags=["talk"]) | core.StrOutputParser(),
        more=prompt | text_model(core),
    ) | core.RunnableLambda(len).with_config(run_name="count", tags=["last"])


def repeated(core: Core) -> Any:
    return core.RunnableLambda(upper) | upper | twice | upper


def nested(core: Core) -> Any:
    inner = (core.RunnableLambda(upper) | twice).with_config(run_name="inner", tags=["in"])
    return core.RunnableLambda(lambda x: inner.invoke(x), name="outer") | core.RunnableLambda(upper)


def branched(core: Core) -> Any:
    return core.RunnableBranch((lambda x: x == "x", core.RunnableLambda(upper)), twice) | core.RunnableLambda(twice)


X = {"x": "y"}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("names", {"include_names": ["chat", "count", "search"]}),
    ("name_of_the_root", {"include_names": ["RunnableSequence"]}),
    ("no_names", {"include_names": []}),
    ("types_prompt", {"include_types": ["prompt"]}),
    ("types_models", {"include_types": ["chat_model", "llm"]}),
    ("types_retriever_and_tool", {"include_types": ["retriever", "tool"]}),
    ("types_parser", {"include_types": ["parser"]}),
    ("types_chain", {"include_types": ["chain"]}),
    ("no_types", {"include_types": []}),
    ("tags_own", {"include_tags": ["shelf", "talk"]}),
    ("tags_of_a_place", {"include_tags": ["seq:step:2"]}),
    ("tags_of_a_key", {"include_tags": ["map:key:more"]}),
    ("no_tags", {"include_tags": []}),
    ("names_or_types", {"include_names": ["count"], "include_types": ["tool"]}),
    ("names_or_tags", {"include_names": ["count"], "include_tags": ["shelf"]}),
    ("all_three", {"include_names": ["count"], "include_types": ["tool"], "include_tags": ["shelf"]}),
    ("not_names", {"exclude_names": ["chat", "RunnableLambda"]}),
    ("not_the_root", {"exclude_names": ["RunnableSequence"]}),
    ("not_types", {"exclude_types": ["chain"]}),
    ("not_models", {"exclude_types": ["chat_model", "llm"]}),
    ("not_tags", {"exclude_tags": ["seq:step:1", "last"]}),
    ("not_nothing", {"exclude_names": [], "exclude_types": [], "exclude_tags": []}),
    ("not_all_three", {"exclude_names": ["count"], "exclude_types": ["tool"], "exclude_tags": ["shelf"]}),
    ("types_but_names", {"include_types": ["chat_model", "llm"], "exclude_names": ["chat"]}),
    ("types_but_tags", {"include_types": ["prompt", "parser"], "exclude_tags": ["map:key:more"]}),
    ("names_but_types", {"include_names": ["count", "search"], "exclude_types": ["tool"]}),
    ("tags_but_types", {"include_tags": ["seq:step:1"], "exclude_types": ["prompt"]}),
    ("name_in_and_out", {"include_names": ["count"], "exclude_names": ["count"]}),
]

PROGRAMS = [
    *(
        Program(f"filter_{name}", of_each_kind, X, unordered=True, options=options, modes=SEEN)
        for name, options in KINDS
    ),
    *(
        Program(f"filter_{name}", chain, given, unordered=True, options=options, modes=LISTED)
        for name, chain, given, options in [
            ("two_names", two_models, {"topic": "x"}, {"include_names": ["joke", "ask poem"]}),
            ("two_tags", two_models, {"topic": "x"}, {"include_tags": ["seq:step:2", "map:key:joke"]}),
            ("nothing_matches", two_models, {"topic": "x"}, {"include_names": ["nobody"]}),
            ("duplicates", repeated, "x", {"include_names": ["upper"]}),
            ("duplicates_without_the_first", repeated, "x", {"exclude_tags": ["seq:step:1"]}),
            ("inherited_tags", nested, "x", {"include_tags": ["in"]}),
            ("without_a_parent", nested, "x", {"exclude_names": ["inner", "outer"]}),
            ("branch_taken", branched, "x", {"include_tags": ["branch:1", "condition:1"]}),
            ("branch_default", branched, "z", {"include_tags": ["branch:default"]}),
            ("a_page", page_chain, "where?", {"include_types": ["retriever", "chat_model"]}),
            ("a_page_by_name", page_chain, "where?", {"include_names": ["Docs", "my_llm"]}),
            ("tokens", lambda c: model(c) | c.StrOutputParser(), "x", {"include_types": ["parser"]}),
            ("the_only_run", lambda c: c.RunnableLambda(upper), "x", {"include_names": ["upper"]}),
            ("the_only_run_out", lambda c: c.RunnableLambda(upper), "x", {"exclude_names": ["upper"]}),
            (
                "stream",
                lambda c: spelling(c) | c.RunnablePassthrough(),
                "x",
                {"include_names": ["RunnablePassthrough"]},
            ),
        ]
    ),
    Program(
        "filter_tags_of_the_call",
        nested,
        options={"include_tags": ["call"]},
        config=lambda: {"tags": ["call"]},
        unordered=True,
        modes=LISTED,
    ),
    Program(
        "filter_name_of_the_call",
        nested,
        options={"exclude_names": ["called"]},
        config=lambda: {"run_name": "called"},
        unordered=True,
        modes=LISTED,
    ),
    Program(
        "filter_tags_bound_over",
        lambda c: c.RunnableLambda(upper).with_config(tags=["a"]).with_types(input_type=str).with_config(tags=["b"]),
        options={"include_tags": ["a"]},
        modes=SEEN,
    ),
    Program(
        "filter_tags_of_what_is_configurable",
        lambda c: (
            (c.RunnableLambda(upper) | twice)
            .configurable_alternatives(c.ConfigurableField("k"))
            .with_config(tags=["a"], run_name="n")
        ),
        options={"include_tags": ["a", "seq:step:1"], "exclude_names": ["n"]},
        modes=SEEN,
    ),
    Program(
        "filter_then_fail",
        lambda c: c.RunnableLambda(upper) | fail,
        options={"include_names": ["upper"]},
        modes=("v1",),
    ),
]
