"""Record: a small value with named fields, as cheap as a slotted object and usable as a pydantic field type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chainviz.errors import InvalidConfigError, InvalidInputError, nearest, shorten

if TYPE_CHECKING:
    from typing import Self

    from pydantic import BaseModel, GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Rare:
    """A field that few instances of a class have. It takes no place in the others: those that an instance has are in
    its slot `rare`, a dict or None. `make` gives the value where there is none yet."""

    __slots__ = ("_make", "_name")

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, record: Any, _owner: type) -> Any:
        if record is None:
            return self
        values: dict[str, Any] | None = record.rare
        if values is None:
            values = record.rare = {}
        if self._name not in values:
            values[self._name] = self._make()
        return values[self._name]

    def __set__(self, record: Any, value: Any) -> None:
        values: dict[str, Any] | None = record.rare
        if values is None:
            values = record.rare = {}
        values[self._name] = value


class Record:
    """The base of messages, documents, prompt values and generations.

    A subclass lists its fields in `__slots__` and takes them in `__init__`, the first one by position too. `repr`
    shows the fields that say something: not the empty ones, not `id`. Records of one class with equal fields are equal.

    As a pydantic field type a record class takes its instances, and dicts of its fields; `schema_fields` are the
    fields that its JSON schema lists, each a type and a default: a value, a type that makes one, `...` for none.
    """

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ()
    schema_fields: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init_subclass__(cls) -> None:
        own = [name for name in cls.__dict__.get("__slots__", ()) if name not in ("rare", "__dict__")]
        own += [name for name, value in cls.__dict__.items() if isinstance(value, Rare)]
        inherited = [name for base in reversed(cls.__mro__[1:]) for name in getattr(base, "fields", ())]
        cls.fields = tuple(dict.fromkeys([*inherited, *own]))

    @classmethod
    def unknown(cls, names: Iterable[str], also: Iterable[str] = ()) -> InvalidConfigError:
        """The error for keywords that the class does not take."""
        name = next(iter(names))
        known = [*cls.fields, *also]
        return InvalidConfigError(
            f"{cls.__name__}: expected the keywords {', '.join(known)}, got {name!r}{nearest(name, known)}"
        )

    def shown(self) -> dict[str, Any]:
        """The fields that hold something, by name, in order; the first one always."""
        shown: dict[str, Any] = {}
        for name in self.fields:
            if name != "id":
                value = getattr(self, name)
                if value or not shown or _says_something(value):
                    shown[name] = value
        return shown

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join([f'{name}={value!r}' for name, value in self.shown().items()])})"

    def __str__(self) -> str:
        return " ".join([f"{name}={value!r}" for name, value in self.shown().items()])

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.fields)

    __hash__ = None  # type: ignore[assignment]

    def _values(self) -> dict[str, Any]:
        """What the record holds by name, with its `type` where it has one."""
        values = {name: getattr(self, name) for name in self.fields}
        if isinstance(kind := getattr(self, "type", None), str):
            values["type"] = kind
        return values

    def model_dump(
        self,
        *,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """The record as plain dicts, lists and scalars, with its `type` where it has one.

        Of the names in `include` only, without those in `exclude`; without what is None, or what is empty.
        """
        hidden, shown, values = set(exclude or ()), self.shown(), self._values()
        if "id" in values and values["id"] is not None:
            shown["id"] = values["id"]
        return {
            name: _plain(value)
            for name, value in values.items()
            if (include is None or name in include)
            and name not in hidden
            and not (exclude_none and value is None)
            and not ((exclude_unset or exclude_defaults) and name not in shown)
        }

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """`model_dump` as JSON text. Raises TypeError where a value is none that JSON has."""
        import json

        separators = (",", ":") if indent is None else (",", ": ")
        return json.dumps(self.model_dump(**options), ensure_ascii=False, indent=indent, separators=separators)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with the fields in `update` replaced; `deep` copies what the fields hold too."""
        from copy import copy, deepcopy

        result = deepcopy(self) if deep else copy(self)
        for name, value in (update or {}).items():
            if name in self.fields:
                setattr(result, name, value)
            else:
                result.keep({name: value})
        return result

    def keep(self, more: dict[str, Any]) -> None:
        """Take keywords that are no fields: here, raise InvalidConfigError."""
        raise self.unknown(more)

    @classmethod
    def model_validate(cls, value: Any) -> Self:
        """`value` itself if it is of this class, else one made of a dict of its fields.

        Raises InvalidInputError for anything else.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, Mapping):
            try:
                return cls.from_fields(cast("Mapping[str, Any]", value))
            except TypeError:
                pass  # a field without a default is missing
        expected = ", ".join(cls.fields)
        raise InvalidInputError(f"{cls.__name__}: expected one or a dict of {expected}, got {shorten(value)}")

    @classmethod
    def model_validate_json(cls, text: str | bytes, **_: Any) -> Self:
        """One made of JSON text: what `model_dump_json` wrote. Raises ValueError for anything else."""
        import json

        return cls.model_validate(json.loads(text))

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Self:
        """Make one of a dict of its fields; a `type` in it must be the class's."""
        values = dict(values)
        kind = values.pop("type", None)
        if kind is not None and kind != getattr(cls, "type", None):
            raise InvalidInputError(f"{cls.__name__}: expected the type {getattr(cls, 'type', None)!r}, got {kind!r}")
        return cls(**values)

    @classmethod
    def schema_model(cls) -> type[BaseModel]:
        """The pydantic model that describes the class in a JSON schema; made once."""
        made = cls.__dict__.get("_schema_model")
        if made is None:
            from pydantic import ConfigDict, Field, create_model

            fields: dict[str, Any] = {
                name: (type_, Field(default_factory=default) if isinstance(default, type) else default)
                for name, (type_, default) in cls.schema_fields.items()
            }
            doc, config = cleandoc(cls.__doc__ or ""), ConfigDict(extra="allow")
            made = create_model(cls.__name__, __config__=config, __doc__=doc, **fields)
            cls._schema_model = made  # type: ignore[attr-defined]
        return made

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        # Python values go past the model, which is there for JSON text and for the JSON schema.
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(
                cls._of_model, handler.generate_schema(cls.schema_model())
            ),
            python_schema=core_schema.no_info_plain_validator_function(cls.model_validate),
            serialization=core_schema.plain_serializer_function_ser_schema(Record.model_dump),
        )

    @classmethod
    def _of_model(cls, model: BaseModel) -> Self:
        return cls.from_fields({name: getattr(model, name) for name in model.model_fields_set})


def _says_something(value: Any) -> bool:
    return not (value is None or value is False or (isinstance(value, (str, list, tuple, dict)) and not value))


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.model_dump()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    return value


__all__ = ["Rare", "Record"]
