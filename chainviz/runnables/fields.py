"""Configurable fields: what of a chain a call may set by `config["configurable"]`, and the schema that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast, get_type_hints

from chainviz.errors import InvalidConfigError, nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from enum import StrEnum

    from pydantic import BaseModel


class ConfigurableField(NamedTuple):
    """A parameter that a call sets by `config["configurable"][id]`.

    `name`, `description` and `annotation` are for the config's schema. An id that is shared is not prefixed where
    alternatives prefix theirs.
    """

    id: str
    name: str | None = None
    description: str | None = None
    annotation: Any = None
    is_shared: bool = False

    def __hash__(self) -> int:
        return hash((self.id, self.annotation))


class ConfigurableFieldSingleOption(NamedTuple):
    """A parameter that a call sets to the value of one of `options`, by its key; `default` is such a key."""

    id: str
    options: Mapping[str, Any]
    default: str
    name: str | None = None
    description: str | None = None
    is_shared: bool = False

    def __hash__(self) -> int:
        return hash((self.id, tuple(self.options), self.default))

    def value(self, key: Any) -> Any:
        """The value of the option with this key: None where a call chose none, which is that of the default."""
        return chosen(self.id, self.options, key or self.default)


class ConfigurableFieldMultiOption(NamedTuple):
    """A parameter that a call sets to the list of the values of some of `options`, by their keys."""

    id: str
    options: Mapping[str, Any]
    default: Sequence[str]
    name: str | None = None
    description: str | None = None
    is_shared: bool = False

    def __hash__(self) -> int:
        return hash((self.id, tuple(self.options), tuple(self.default)))

    def value(self, keys: Any) -> list[Any]:
        """The values of the options with these keys: None where a call chose none, which are those of the default."""
        keys = self.default if keys is None else keys
        if isinstance(keys, str) or not hasattr(keys, "__iter__"):
            raise InvalidConfigError(f"configurable {self.id!r}: expected a list of option names, got {shorten(keys)}")
        return [chosen(self.id, self.options, key) for key in keys]


AnyConfigurableField: TypeAlias = ConfigurableField | ConfigurableFieldSingleOption | ConfigurableFieldMultiOption


class ConfigurableFieldSpec(NamedTuple):
    """One key of `config["configurable"]` that a chain reads, as its schema shows it."""

    id: str
    annotation: Any
    name: str | None = None
    description: str | None = None
    default: Any = None
    is_shared: bool = False
    dependencies: list[str] | None = None

    def prefixed(self, prefix: str) -> ConfigurableFieldSpec:
        """The same with `prefix/` before its id, unless it is shared."""
        return self if self.is_shared else self._replace(id=f"{prefix}/{self.id}", dependencies=None)


def chosen(id: str, options: Mapping[str, Any], key: Any) -> Any:
    """The option with this key. Raises InvalidConfigError where there is none."""
    try:
        return options[key]
    except (KeyError, TypeError):
        names = ", ".join(repr(name) for name in options)
        hint = nearest(key, options) if isinstance(key, str) else ""
        raise InvalidConfigError(f"configurable {id!r}: expected one of {names}, got {shorten(key)}{hint}") from None


def options_type(title: str, keys: Iterable[str]) -> type[StrEnum]:
    """The type of a choice between these keys."""
    from enum import StrEnum

    return cast("type[StrEnum]", StrEnum(title, [(key, key) for key in keys]))


def unique_specs(specs: Iterable[ConfigurableFieldSpec]) -> list[ConfigurableFieldSpec]:
    """The specs by id, each once. Raises InvalidConfigError where two of one id disagree."""
    unique: dict[str, ConfigurableFieldSpec] = {}
    for spec in sorted(specs, key=lambda spec: (spec.id, *(spec.dependencies or ()))):
        known = unique.setdefault(spec.id, spec)
        if not _agree(known, spec):
            raise InvalidConfigError(
                f"configurable {spec.id!r}: expected the same field wherever a chain has it, got"
                f" {shorten(known, 160)} and {shorten(spec, 160)}"
            )
    return list(unique.values())


def _agree(one: ConfigurableFieldSpec, other: ConfigurableFieldSpec) -> bool:
    """Whether two specs of one id mean the same; of choices the schema shows the first one's options."""
    if _is_choice(one.annotation) and _is_choice(other.annotation):
        other = other._replace(annotation=one.annotation)
    return one == other


def _is_choice(annotation: Any) -> bool:
    from enum import EnumType

    inner = getattr(annotation, "__args__", (annotation,))
    return isinstance(inner[0] if inner else None, EnumType)


def config_schema(name: str, specs: Sequence[ConfigurableFieldSpec], include: Sequence[str]) -> type[BaseModel]:
    """The model of a config with these fields under `configurable`, and with the keys of RunnableConfig in `include`.

    Raises InvalidConfigError for a key that a config does not have.
    """
    from concurrent.futures import Executor
    from uuid import UUID

    from chainviz.config import KEYS, RunnableConfig

    for key in include:
        if key not in KEYS:
            raise InvalidConfigError(f"config_schema: a config has no key {key!r}{nearest(key, KEYS)}")
    fields: dict[str, tuple[Any, dict[str, Any]]] = {}
    if specs:
        own = {
            spec.id: (
                spec.annotation,
                {"default": spec.default, "title": spec.name, "description": spec.description},
            )
            for spec in specs
        }
        fields["configurable"] = (_model("Configurable", own), {"default": None})
    if wanted := set(include) - {"configurable"}:
        hints = get_type_hints(RunnableConfig, localns={"Executor": Executor, "UUID": UUID})
        fields |= {key: (type_, {"default": None}) for key, type_ in hints.items() if key in wanted}
    return _model(name, fields)


def _model(name: str, fields: Mapping[str, tuple[Any, dict[str, Any]]]) -> type[BaseModel]:
    """A model with these fields: each a type and the arguments of pydantic's `Field`."""
    from pydantic import Field, create_model

    from chainviz.runnables.schema import SchemaModel

    made: dict[str, Any] = {}
    arguments: dict[str, Any]
    for index, (id, (type_, arguments)) in enumerate(fields.items()):
        field = id
        if id.startswith("_") or hasattr(SchemaModel, id):
            # A model can't have a field of this name; under an alias it can.
            title = arguments["title"] or id.replace("_", " ").strip().title()
            field, arguments = f"field_{index}", {**arguments, "alias": id, "title": title}
        made[field] = (type_, Field(**arguments))
    return cast("type[BaseModel]", create_model(name, __base__=SchemaModel, __module__=__name__, **made))


__all__ = [
    "AnyConfigurableField",
    "ConfigurableField",
    "ConfigurableFieldMultiOption",
    "ConfigurableFieldSingleOption",
    "ConfigurableFieldSpec",
    "chosen",
    "config_schema",
    "options_type",
    "unique_specs",
]
