"""How what one step gives becomes what another takes: by parsers, models, functions of the user's and conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel

from chainviz.builder import slots
from chainviz.builder.components import Component
from chainviz.builder.conversions import CONVERSIONS
from chainviz.builder.edges import taken
from chainviz.builder.fit import is_vague, item_of, options
from chainviz.builder.tree import NOTHING, Ids, Node, Ref
from chainviz.graph.types import ANY, Flow, Shape, text

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.edges import Edges

PARSERS = ("StrOutputParser", "JsonOutputParser", "CommaSeparatedListOutputParser")
_MADE_OF_TEXT = ("VectorStoreRetriever", "LocalChatModel")
_GIVEN_BY: dict[str, tuple[str, str]] = {
    "VectorStoreRetriever": ("str", "list[Document]"),
    "LocalChatModel": ("PromptValue | str | list[Message]", "AIMessage"),
}
_JSON = frozenset({"dict", "list"})
"""What a text of JSON is read as."""
_READS = frozenset({*PARSERS, "PydanticOutputParser", "int", "float"})
"""What reads a text, and not that of any value."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A new step that makes something of what comes; `gives` tells what of which."""

    component: str
    takes: Shape
    gives: Callable[[Shape], Shape]
    params: Mapping[str, Any] | None = None
    inside: tuple[Maker, ...] = ()

    @property
    def name(self) -> str:
        return f"({self.inside[0].name}).map()" if self.inside else self.component

    def node(self, ids: Ids) -> Node:
        return Node(ids(), self.component, self.params or NOTHING, tuple(maker.node(ids) for maker in self.inside))


Way: TypeAlias = tuple[Maker, ...]
"""Steps one after another."""


class Ways:
    """The ways between types that the edges of one tree and a catalog know."""

    def __init__(self, edges: Edges, catalog: Catalog) -> None:
        self._edges = edges
        self._fits = edges.fits
        self._catalog = catalog
        self._known: dict[tuple[str, str], list[Way]] = {}

    def between(self, given: Shape, wanted: Shape) -> list[Way]:
        """The shortest ways, the best first; none where nothing is known that makes the one of the other."""
        pair = text(given), text(wanted)
        if pair not in self._known:
            direct = list(self._direct(given, wanted))
            particular = [way for way in direct if way[0].takes != ANY]
            self._known[pair] = particular or direct or self._longer(given, wanted)
        return self._known[pair]

    def _direct(self, given: Shape, wanted: Shape) -> Iterator[Way]:
        for maker in self._makers:
            if self._fits(given, maker.takes) and self._makes(maker, given, wanted):
                yield (maker,)
        if isinstance(wanted, str) and self._is_model(wanted):
            parser = {"pydantic_object": Ref(wanted)}
            if self._fits(given, "str | Message"):
                yield (Maker("PydanticOutputParser", "str | Message", lambda given: wanted, parser),)
            elif self._fits(given, "dict"):
                yield (Maker(f"{wanted}{slots.VALIDATE}", "dict", lambda given: wanted),)

    def _longer(self, given: Shape, wanted: Shape) -> list[Way]:
        outer = text(wanted).partition("[")[0]
        if outer in ("tuple", "set"):
            listed = self.between(given, f"list[{item_of(wanted)}]")
            return [(*way, Maker(outer, "list", lambda given: wanted)) for way in listed[:1]]
        if outer == "list" and text(given).startswith("list["):
            each = [way for way in self.between(item_of(given), item_of(wanted)) if len(way) == 1 and not way[0].inside]
            if each:
                return [(Maker(slots.EACH, "list", lambda given: wanted, inside=each[0]),)]
        for first in self._makers:
            if not self._fits(given, first.takes) or is_vague(between := first.gives(given)):
                continue
            for way in self._direct(between, wanted):
                if first.component != "str" or way[0].component not in _READS:
                    return [(first, *way)]
        return []

    def _makes(self, maker: Maker, given: Shape, wanted: Shape) -> bool:
        gives = maker.gives(given)
        if maker.component == "JsonOutputParser":
            return isinstance(wanted, dict) or any(each.partition("[")[0] in _JSON for each in options(wanted))
        if gives == "bool":
            return "bool" in options(wanted)
        return not is_vague(gives) and self._fits(gives, wanted)

    def _is_model(self, name: str) -> bool:
        """Whether it is a class of pydantic's; one that only the steps know is kept."""
        if not self._catalog.knows(name) and issubclass(cls := self._edges.classes.get(name, object), BaseModel):
            self._catalog.keep(cls, name)
        return self._catalog.has_model(name)

    @cached_property
    def _makers(self) -> list[Maker]:
        own = [each for each in self._catalog.all() if each.group == "Yours" and not is_vague(taken(each.sample))]
        parsers = [found for name in PARSERS if (found := self._catalog.find(name)) is not None]
        texts = [found for name in _MADE_OF_TEXT if (found := self._catalog.find(name)) is not None]
        return [
            *map(self._of, parsers),
            *map(self._of, own),
            *(self._of(each) for each in texts if self._catalog.lacking(each) is None),
            *(Maker(each.name, each.takes, each.gives) for each in CONVERSIONS.values()),
        ]

    def _of(self, component: Component) -> Maker:
        if component.name in _GIVEN_BY:
            takes, gives = _GIVEN_BY[component.name]
            return Maker(component.name, takes, lambda given: gives, self._catalog.initial(component))
        sample = component.sample
        return Maker(
            component.name,
            taken(sample),
            lambda given: Flow(sample, given).outputs[sample.id],
            self._catalog.initial(component),
        )


__all__ = ["PARSERS", "Maker", "Way", "Ways"]
