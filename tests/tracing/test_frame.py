"""A trace as a pandas DataFrame."""

from __future__ import annotations

import sys
from typing import Any

import pandas
import pytest

from chainviz import AIMessage, FakeMessagesListChatModel, RunnableLambda, trace
from chainviz.errors import MissingPackageError

USAGE = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}


def fail(_: Any) -> Any:
    raise ValueError("no")


def test_a_row_a_run() -> None:
    model = FakeMessagesListChatModel(responses=[AIMessage("hi", usage_metadata=USAGE)])
    with trace() as t:
        (RunnableLambda(str) | model).invoke("x", {"tags": ["a"]})
        with pytest.raises(ValueError):
            RunnableLambda(fail).invoke("x")
    frame = t.to_dataframe()
    assert list(frame["name"]) == ["RunnableSequence", "str", "FakeMessagesListChatModel", "fail"]
    assert list(frame["type"]) == ["chain", "chain", "chat_model", "chain"]
    assert list(frame["path"]) == ["", "seq:1", "seq:2", ""]
    assert list(frame["status"]) == ["done", "done", "done", "failed"]
    assert list(frame["parent_id"])[1:3] == [frame["id"][0]] * 2
    assert frame["parent_id"].isna().tolist() == [True, False, False, True]
    assert set(frame["tags"][1]) == {"seq:step:1", "a"}
    assert frame["error"][3] == "ValueError: no"
    assert frame["input_tokens"].isna().tolist() == [True, True, False, True]
    assert (frame["input_tokens"][2], frame["output_tokens"][2]) == (3, 4)
    assert (frame["seconds"] >= 0).all()
    assert frame["start"].is_monotonic_increasing
    assert abs(frame["start"][0] - pandas.Timestamp.now("UTC")) < pandas.Timedelta(minutes=1)


def test_an_open_run_has_no_end() -> None:
    seen: list[Any] = []
    with trace() as t:
        RunnableLambda(lambda x: seen.append(t.to_dataframe())).invoke(1)
    assert list(seen[0]["status"]) == ["running"]
    assert seen[0]["seconds"].isna().all()


def test_no_run_no_row() -> None:
    with trace() as t:
        pass
    assert t.to_dataframe().empty


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with trace() as t:
        pass
    with pytest.raises(MissingPackageError, match="pip install pandas"):
        t.to_dataframe()
