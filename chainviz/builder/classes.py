"""The classes whose steps are made in a way of their own, or of parameters that a form has to show in plainer ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chainviz.builder.components import OfClass
from chainviz.builder.forms import FUNCTION_FORM, TOOL_FORM, Fault
from chainviz.builder.made import MADE
from chainviz.builder.needs import FUNCTION, GENERATOR, TOOL, Need
from chainviz.builder.prompts import FORM, prompt_of
from chainviz.tools import StructuredTool

if TYPE_CHECKING:
    from chainviz.builder.components import Step


class OfRetriever(OfClass):
    """Retrievers of a vector store, which gives them its tags."""

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        options = {**params}
        store = options.pop("vectorstore", None)
        return self.cls(**params) if store is None else store.as_retriever(**options)

    def own(self, step: Any) -> dict[str, Any] | None:
        own = super().own(step)
        if own is None:
            return None
        tags: dict[str, Any] = {} if step.tags == step.vectorstore.as_retriever().tags else {"tags": step.tags or []}
        return {**{name: value for name, value in own.items() if name != "tags"}, **tags}


class OfPrompt(OfClass):
    """Chat prompts, whose messages are rows of a role and a text."""

    @cached_property
    def form(self) -> dict[str, Any]:  # type: ignore[override]
        return {**FORM, "description": self.doc}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        return prompt_of(params)


_FIRST = ("example_prompt", "prefix", "examples", "suffix")
"""The parameters of prompts with examples in the order of their texts."""


class OfMade(OfClass):
    """Classes of which some parameters are made: in the tree stands what they are made of."""

    @cached_property
    def form(self) -> dict[str, Any]:  # type: ignore[override]
        form = super().form or {}
        made = {name: {"title": name, **each.form} for name, each in MADE[self.name].items()}
        properties = {**form["properties"], **made}
        first = {name: properties[name] for name in _FIRST if name in properties}
        return {**form, "properties": {**first, **properties}}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        return self.cls(**{name: self._made(name, value) for name, value in params.items()})

    def _made(self, name: str, value: Any) -> Any:
        made = MADE[self.name].get(name)
        if made is None or not isinstance(value, dict | list):
            return value
        try:
            return made.of(value)
        except Fault as error:
            raise Fault((name, *error.path), error.message) from None

    def own(self, step: Any) -> dict[str, Any] | None:
        own = super().own(step)
        if own is None:
            return None
        for name, made in MADE[self.name].items():
            if name in own and (said := made.said(own[name])) is not None:
                own[name] = said
        return {name: own[name] for name in self.form["properties"] if name in own} | own


class OfFunction(OfClass):
    """The steps that functions become: one of a function of the user's is called by the name of the function."""

    def __init__(self, cls: type[Any], need: Need = FUNCTION) -> None:
        super().__init__(cls)
        self.form = FUNCTION_FORM
        self._need = need

    def needs(self) -> Mapping[str, Need]:
        return {"function": self._need}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        raise Fault(("function",), f"expected {self._need.what}, got none")


class OfTool(OfClass):
    """Tools of functions."""

    def __init__(self, cls: type[Any]) -> None:
        super().__init__(cls)
        self.form = TOOL_FORM

    def needs(self) -> Mapping[str, Need]:
        return {"func": TOOL}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        if "func" not in params:
            raise Fault(("func",), f"expected {TOOL.what}, got none")
        return StructuredTool.from_function(**params)

    def own(self, step: Any) -> dict[str, Any] | None:
        """What a tool was made of; None of one whose arguments are not those of its function."""
        given = {name: getattr(step, name) for name in TOOL_FORM["properties"]}
        if not callable(given["func"]):
            return None
        plain = StructuredTool.from_function(given["func"], description=given["description"])
        own = {name: value for name, value in given.items() if name == "func" or value != getattr(plain, name)}
        if given["description"] != (given["func"].__doc__ or "").strip():
            own["description"] = given["description"]
        return own if _same_tool(self.make(own, (), ()), step) else None


def _same_tool(one: Any, other: Any) -> bool:
    fields = StructuredTool.model_fields.keys() - {"args_schema"}
    same = type(other) is StructuredTool and all(getattr(one, name) == getattr(other, name) for name in fields)
    return same and one.get_input_jsonschema() == other.get_input_jsonschema()


__all__ = ["GENERATOR", "OfFunction", "OfMade", "OfPrompt", "OfRetriever", "OfTool"]
