"""What can be used by name: the core's components, the registered ones, and what one builder keeps and finds."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

import chainviz
from chainviz.builder.classes import GENERATOR, OfFunction, OfMade, OfPrompt, OfRetriever, OfTool
from chainviz.builder.components import BUILT_IN, Component, Given, OfClass, component_of
from chainviz.builder.conversions import CONVERSIONS, Written
from chainviz.builder.forms import Fault
from chainviz.builder.literals import is_name
from chainviz.builder.made import MADE
from chainviz.builder.needs import Need, is_own_function
from chainviz.builder.slots import VALIDATE
from chainviz.builder.tree import Ref
from chainviz.errors import ChainvizError, InvalidConfigError, shorten
from chainviz.runnables.base import Runnable

_INITIAL: dict[str, dict[str, Any]] = {
    "ChatPromptTemplate": {"messages": [{"role": "human", "text": "{question}"}]},
    "PromptTemplate": {"template": "{question}"},
    "FewShotPromptTemplate": {
        "example_prompt": {"template": "Question: {question}\nAnswer: {answer}"},
        "examples": [{"question": "What is 2 + 2?", "answer": "4"}],
        "suffix": "Question: {question}\nAnswer:",
    },
    "FewShotChatMessagePromptTemplate": {
        "example_prompt": {
            "messages": [{"role": "human", "text": "{question}"}, {"role": "ai", "text": "{answer}"}],
        },
        "examples": [{"question": "What is 2 + 2?", "answer": "4"}],
    },
    "LocalChatModel": {},
    "ChatOpenAI": {},
    "FakeListChatModel": {"responses": ["an answer"]},
    "FakeMessagesListChatModel": {"responses": [{"role": "ai", "text": "an answer"}]},
    "GenericFakeChatModel": {"messages": ["an answer"]},
    "FakeListLLM": {"responses": ["an answer"]},
    "FakeStreamingListLLM": {"responses": ["an answer"]},
    "ParrotFakeChatModel": {},
    "StrOutputParser": {},
    "JsonOutputParser": {},
    "CommaSeparatedListOutputParser": {},
    "NumberedListOutputParser": {},
    "MarkdownListOutputParser": {},
    "PydanticOutputParser": {},
    "JsonOutputToolsParser": {},
    "JsonOutputKeyToolsParser": {"key_name": "search"},
    "PydanticToolsParser": {"tools": []},
    "VectorStoreRetriever": {},
    "RunnablePassthrough": {},
    "RunnablePick": {"keys": "question"},
}
"""The classes of the core that are components, and the parameters that a new step of each begins with."""

_REGISTERED: dict[str, Component] = {}


@cache
def core() -> dict[str, Component]:
    """The components of the core, by name."""
    special = {"ChatPromptTemplate": OfPrompt, "VectorStoreRetriever": OfRetriever, **dict.fromkeys(MADE, OfMade)}
    made: list[Component] = [
        *(special.get(name, OfClass)(getattr(chainviz, name), initial) for name, initial in _INITIAL.items()),
        OfFunction(chainviz.RunnableLambda),
        OfFunction(chainviz.RunnableGenerator, GENERATOR),
        OfTool(chainviz.StructuredTool),
    ]
    return {**BUILT_IN, **{component.name: component for component in made}}


def register(component: Any, *, name: str | None = None) -> Any:
    """Have a class of Runnable, a Runnable or a function among the builder's components. Returns it, so that it is a
    decorator too.

    Specs and code call it by `name`, or by its own. Raises NotAStepError where it is no step, InvalidConfigError where
    it has no name that Python could write, or one of the core's.
    """
    own = name or getattr(component, "__name__", None) or getattr(component, "name", None)
    if not isinstance(own, str) or not is_name(own):
        raise InvalidConfigError(f"register: expected a name for {shorten(component)}, got {own!r}")
    if own in core():
        raise InvalidConfigError(f"register: expected a name that is not one of the core's, got {own!r}")
    _REGISTERED[own] = component_of(own, component)
    return component


class Catalog:
    """The components and values that one builder knows. `namespace` gives the user's variables as they are now."""

    def __init__(self, namespace: Callable[[], Mapping[str, Any]] = dict) -> None:
        self.namespace = namespace
        self.kept: dict[str, Any] = {}
        self._made: dict[str, tuple[Any, Component]] = {}

    # --- components ------------------------------------------------------------------------------------------

    def find(self, name: str) -> Component | None:
        """The component of this name: the core's, what the builder keeps, a registered one, the user's own, or a
        conversion."""
        if (known := core().get(name)) is not None:
            return known
        if name in self.kept:
            return self._component(name, self.kept[name])
        if name in _REGISTERED:
            return _REGISTERED[name]
        thing = self.namespace().get(name)
        return self._component(name, thing) if _is_step(thing) else CONVERSIONS.get(name) or self._validator(name)

    def _validator(self, name: str) -> Component | None:
        """What makes objects of a class of pydantic's, by the name of its method."""
        owner = name.removesuffix(VALIDATE)
        if owner == name or not self.has_model(owner):
            return None
        model = self._found(owner)
        made = self._made.get(name)
        if made is None or made[0] is not model:
            made = self._made[name] = model, Written(name, model.model_validate)
        return made[1]

    def all(self) -> Iterator[Component]:
        """Every component that can be put into a chain."""
        yield from core().values()
        yield from _REGISTERED.values()
        for name, thing in list(self.namespace().items()):
            known = name.startswith("_") or name in _REGISTERED or name in core()
            if not known and _is_step(thing) and (component := self._component(name, thing)) is not None:
                yield component

    def _component(self, name: str, thing: Any) -> Component | None:
        made = self._made.get(name)
        if made is None or made[0] is not thing:
            try:
                made = self._made[name] = (thing, component_of(name, thing))
            except ChainvizError:
                return None
        return made[1]

    def initial(self, component: Component) -> dict[str, Any]:
        """The parameters that a new step begins with; what only a live object can be is the user's first that fits."""
        if isinstance(component, Given):
            return {}
        found = {name: self.fitting(need) for name, need in component.needs().items()}
        return {**component.initial(), **{name: Ref(known[0]) for name, known in found.items() if known}}

    def lacking(self, component: Component) -> str | None:
        """What a component needs and the user does not have, in words; None where nothing is lacking."""
        return next((need.what for need in component.needs().values() if not self.fitting(need)), None)

    def fitting(self, need: Need) -> list[str]:
        """The names of the user's objects that are what is needed."""
        known = {**self.kept, **self.namespace()}
        return [name for name, thing in known.items() if not name.startswith("_") and need.fits(thing)]

    # --- kept values -----------------------------------------------------------------------------------------

    def keep(self, value: Any, wished: str) -> str:
        """Keep a value; its name: that of the user's variable, or one like what is wished for."""
        for name, known in self.kept.items():
            if known is value:
                return name
        name = self._name_of(value) or self._free(wished)
        self.kept[name] = value
        return name

    def _name_of(self, value: Any) -> str | None:
        for name, thing in list(self.namespace().items()):
            if thing is value and not name.startswith("_") and is_name(name) and name not in self.kept:
                return name
        return None

    def _free(self, wished: str) -> str:
        wished = re.sub(r"\W", "_", wished)
        number, name = 1, wished if is_name(wished) else f"value_{wished}"
        while name in self.kept or name in core() or name in _REGISTERED or name in self.namespace():
            number += 1
            name = f"{wished}_{number}"
        return name

    def resolved(self, value: Any) -> Any:
        """A value with what is kept in the place of each `Ref`. Raises InvalidConfigError where that is not here."""
        if isinstance(value, Ref):
            return self._value(value.name)
        if isinstance(value, list):
            return [self.resolved(item) for item in cast("list[Any]", value)]
        if isinstance(value, tuple):
            return tuple(self.resolved(item) for item in cast("tuple[Any, ...]", value))
        if isinstance(value, Mapping):
            return {key: self.resolved(item) for key, item in cast("Mapping[str, Any]", value).items()}
        return value

    def knows(self, name: str) -> bool:
        """Whether a component or a value of this name is here."""
        return self.find(name) is not None or self._found(name) is not _NO_VALUE

    def has_model(self, name: str) -> bool:
        """Whether a class of pydantic's is here under this name."""
        found = self._found(name)
        return isinstance(found, type) and issubclass(found, BaseModel)

    def _value(self, name: str) -> Any:
        value = self._found(name)
        if value is _NO_VALUE:
            raise Fault((), f"expected {name!r} to be kept here or in the notebook, got no such value")
        return value

    def _found(self, name: str) -> Any:
        for known in (self.kept, self.namespace()):
            if name in known:
                return known[name]
        if name in CONVERSIONS:
            return CONVERSIONS[name].thing
        known = Any if name == "Any" else getattr(builtins, name, None)
        return known if isinstance(known, type) else _NO_VALUE


_NO_VALUE = object()


def _is_step(thing: Any) -> bool:
    """Whether a variable of the user's is offered as a step: a Runnable or a class of them, or a function that was
    written in the notebook."""
    if isinstance(thing, Runnable):
        return True
    if isinstance(thing, type):
        return issubclass(thing, Runnable) and not thing.__module__.startswith("chainviz.")
    return is_own_function(thing)


__all__ = ["Catalog", "core", "register"]
