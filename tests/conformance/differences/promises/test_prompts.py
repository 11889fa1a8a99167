"""A template fills in names and nothing else, and says so when it is made."""

from __future__ import annotations

import pytest

from ...cores import OURS, REFERENCE


def test_a_template_that_nothing_fills_in_is_refused_when_it_is_made() -> None:
    """The reference's has a variable of no name, and fails when it is filled in."""
    with pytest.raises(IndexError):
        REFERENCE.PromptTemplate.from_template("{}").format(a=1)
    with pytest.raises(ValueError, match="expected the name of a variable in braces"):
        OURS.PromptTemplate.from_template("{}")


def test_no_template_is_code() -> None:
    with pytest.raises(ValueError, match="expected 'f-string' or 'mustache', got 'jinja2'"):
        OURS.PromptTemplate.from_template("{{ a }}", template_format="jinja2")
