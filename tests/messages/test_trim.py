"""Messages chosen, merged and cut."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz import AIMessage, FakeListLLM, HumanMessage, RunnableLambda, SystemMessage
from chainviz.errors import InvalidConfigError
from chainviz.messages import filter_messages, merge_message_runs, trim_messages

TALK = [SystemMessage("be brief"), HumanMessage("one two"), AIMessage("three four five"), HumanMessage("six")]


def words(messages: list[Any]) -> int:
    return sum(len(message.text.split()) for message in messages)


def by_word(text: str) -> list[str]:
    return [f"{word} " for word in text.split()]


def test_what_is_given_is_left_as_it_was() -> None:
    before = [message.model_copy(deep=True) for message in TALK]
    trim_messages(TALK, max_tokens=2, token_counter=words, allow_partial=True)
    merge_message_runs([*TALK, HumanMessage("seven")])
    filter_messages(TALK, exclude_types=["ai"])
    assert before == TALK


def test_a_step_in_a_chain() -> None:
    chain = trim_messages(max_tokens=3, token_counter=words) | merge_message_runs() | RunnableLambda(words)
    assert chain.invoke(TALK) == 1
    assert trim_messages(max_tokens=3, token_counter=words).get_name() == "trim_messages"


def test_a_model_counts() -> None:
    model = FakeListLLM(responses=["a"], custom_get_token_ids=lambda text: [0] * len(text))
    assert trim_messages(TALK, max_tokens=10, token_counter=model) == TALK[-1:]


@pytest.mark.parametrize("limit", range(8))
@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("strategy", ["first", "last"])
def test_it_is_never_more_than_there_is_room_for(limit: int, partial: bool, strategy: Any) -> None:
    options: dict[str, Any] = {"allow_partial": partial, "strategy": strategy, "text_splitter": by_word}
    kept = trim_messages(TALK, max_tokens=limit, token_counter=words, **options)
    assert words(kept) <= limit
    if partial:
        assert words(kept) == limit


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "middle"}, "expected the strategy 'first' or 'last', got 'middle'"),
        ({"strategy": "first", "start_on": "human"}, "'start_on' is for the strategy 'last'"),
        ({"token_counter": 3}, "expected token_counter to be a model, a function or 'approximate', got 3"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidConfigError, match=message):
        trim_messages(TALK, **{"max_tokens": 3, "token_counter": words, **options})
