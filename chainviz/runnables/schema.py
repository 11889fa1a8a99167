"""Schemas: pydantic models of what a step takes and gives, made from its types when somebody asks."""

from __future__ import annotations

import dis
import inspect
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, cast, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from chainviz.runnables.page_schema import page_schema

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaMode

    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable
    from chainviz.runnables.functions import RunnableLambda

Fields: TypeAlias = Mapping[str, tuple[Any, Any]]
"""The fields of an object: each a type and a default, `...` for none."""


class _JsonSchema(GenerateJsonSchema):
    """What has no JSON Schema (a class of one's own, a callable) may be anything there."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        return {}

    def emit_warning(self, kind: Any, detail: str) -> None: ...


class SchemaModel(BaseModel):
    """The base of the schemas: `.schema()` in short form, `.model_json_schema()` as JSON Schema 2020-12."""

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())
    lists_required: ClassVar[bool] = True
    """Whether the short form of the schema lists the required fields."""

    @classmethod
    def schema(cls, by_alias: bool = True, **_: Any) -> dict[str, Any]:  # type: ignore[override]
        """The schema in the short form: shared parts under `definitions`, in the order of their use."""
        schema = page_schema(cls.model_json_schema(by_alias))
        if not cls.lists_required:
            schema.pop("required", None)
        return schema

    @classmethod
    def model_json_schema(  # type: ignore[override]
        cls,
        by_alias: bool = True,
        ref_template: str = "#/$defs/{model}",
        schema_generator: type[GenerateJsonSchema] = _JsonSchema,
        mode: JsonSchemaMode = "validation",
        **options: Any,
    ) -> dict[str, Any]:
        return super().model_json_schema(by_alias, ref_template, schema_generator, mode, **options)


class RootSchema(SchemaModel, RootModel[Any]):  # pyright: ignore[reportIncompatibleMethodOverride]
    """The base of the schemas of what is no object."""

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    @classmethod
    def model_json_schema(cls, by_alias: bool = True, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """As of every model; that of a type is made once, whatever the models around it are called."""
        if not by_alias or args or kwargs:
            return super().model_json_schema(by_alias, *args, **kwargs)
        root = cls.model_fields["root"]
        try:
            text, named = _known[root.annotation, repr(root)]
        except (KeyError, TypeError):
            schema = super().model_json_schema()
            if isinstance(root.annotation, Hashable) and len(_known) < _MOST:
                _known[root.annotation, repr(root)] = json.dumps(schema), schema.get("title") == cls.__name__
            return schema
        schema = json.loads(text)
        return {**schema, "title": cls.__name__} if named else schema


_MOST = 512
_known: dict[tuple[Any, str], tuple[str, bool]] = {}
"""By type, the text of its JSON Schema, and whether that bears the model's name. Types that are equal are told apart by
what they look like, as unions may name their members in another order."""


def type_schema(name: str, type_: Any) -> type[BaseModel]:
    """The schema of a type: the type itself if it is a pydantic model, else a model of the given name around it."""
    if inspect.isclass(type_) and issubclass(type_, BaseModel) and not hasattr(type_, "ainvoke"):
        return type_
    return _cached(_root, name, type_)


@lru_cache(maxsize=16)
def record_schema(name: str, record: type[Any]) -> type[BaseModel]:
    """The schema of a TypedDict of the standard library, which pydantic does not read before Python 3.12."""
    fields = {key: (type_, ...) for key, type_ in get_type_hints(record).items()}
    form = create_model(record.__name__, __doc__=record.__doc__, __module__=record.__module__, **cast("Any", fields))
    return _root(name, form)


def object_schema(name: str, fields: Fields, *, lists_required: bool = True) -> type[BaseModel]:
    """The schema of a dict with these fields."""
    return _cached(_object, name, tuple(fields.items()), lists_required)


def fields_of(schema: type[BaseModel]) -> dict[str, tuple[Any, Any]] | None:
    """The fields of an object's schema; None where it is no object, nothing where it may be anything."""
    if issubclass(schema, RootModel):
        root = cast("Any", schema).model_fields["root"].annotation
        return {} if root is Any else None
    return {
        field.alias or name: (
            field.annotation,
            ... if field.is_required() else field.get_default(call_default_factory=True),
        )
        for name, field in schema.model_fields.items()
    }


def parallel_input_schema(
    name: str, steps: Sequence[Runnable[Any, Any]], config: RunnableConfig | None
) -> type[BaseModel]:
    """What all of the steps need together, where each takes an object; else what the first to say so takes."""
    fields: dict[str, tuple[Any, Any]] = {}
    for step in steps:
        own = fields_of(step.get_input_schema(config))
        if own is None:
            types = (step.InputType for step in steps)
            return type_schema(name, next((type_ for type_ in types if type_ is not Any), Any))
        fields.update(own)
    return object_schema(name, fields) if fields else type_schema(name, Any)


def parallel_output_schema(name: str, steps: Mapping[str, Runnable[Any, Any]]) -> type[BaseModel]:
    """An object with the output of each step."""
    return object_schema(name, {key: (step.OutputType, ...) for key, step in steps.items()})


def assign_output_schema(name: str, given: type[BaseModel], added: type[BaseModel]) -> type[BaseModel]:
    """The fields of an object that is passed on and those that are added to it."""
    before, after = fields_of(given), fields_of(added)
    if before is None or after is None:
        return type_schema(name, Any)
    return object_schema(name, {**before, **after})


def pick_schema(name: str, given: type[BaseModel], keys: str | Sequence[str]) -> type[BaseModel]:
    """One field of an object by its type, or an object with several of its fields."""
    fields = fields_of(given) or {}
    if isinstance(keys, str):
        return type_schema(name, fields.get(keys, (Any, ...))[0])
    return object_schema(name, {key: fields.get(key, (Any, ...)) for key in keys})


def lambda_input_schema(step: RunnableLambda[Any, Any]) -> type[BaseModel]:
    """The type that a function's first parameter says; else an object with the keys that the function reads of it."""
    name, type_ = step.get_name("Input"), step.InputType
    if type_ is Any:
        keys = keys_read(cast("Callable[..., Any]", step.func or step.afunc))
        if keys:
            return object_schema(name, dict.fromkeys(keys, (Any, ...)))
    return type_schema(name, type_)


def keys_read(function: Callable[..., Any]) -> list[str]:
    """The keys that a function reads of its first parameter by `x["key"]`, from its code; also an `itemgetter`'s."""
    if type(function).__name__ == "itemgetter":
        items = cast("tuple[Any, ...]", cast("Any", function).__reduce__()[1])
        return [item for item in items if isinstance(item, str)]
    code = getattr(function, "__code__", None)
    if code is None or code.co_argcount == 0:
        return []
    own = 1 if inspect.ismethod(function) and code.co_argcount > 1 else 0
    return sorted(set(_subscripts(list(dis.get_instructions(code)), code.co_varnames[own])))


def _subscripts(code: Sequence[dis.Instruction], name: str) -> Iterable[str]:
    for load, key, read in zip(code, code[1:], code[2:], strict=False):
        by_key = read.opname == "BINARY_SUBSCR" or (read.opname == "BINARY_OP" and read.argrepr == "[]")
        if load.opname.startswith("LOAD_FAST") and load.argval == name and by_key and isinstance(key.argval, str):
            yield key.argval


@lru_cache(maxsize=512)
def _root(name: str, type_: Any) -> type[BaseModel]:
    made = _complete(name, RootSchema, {"root": (type_, ...)})
    return made or create_model(name, __base__=cast("Any", RootSchema), __module__=__name__, root=(Any, ...))


@lru_cache(maxsize=512)
def _object(name: str, fields: tuple[tuple[str, tuple[Any, Any]], ...], lists_required: bool) -> type[BaseModel]:
    schema = _complete(name, SchemaModel, _definitions(fields)) or _complete(
        name, SchemaModel, _definitions((key, (Any, default)) for key, (_, default) in fields)
    )
    assert schema is not None
    schema.lists_required = lists_required
    return schema


def _complete(name: str, base: type[SchemaModel], fields: dict[str, Any]) -> type[SchemaModel] | None:
    """The model, or None where one of the types says nothing to pydantic."""
    try:
        made = create_model(name, __base__=base, __module__=__name__, **fields)
    except (PydanticUserError, NameError, TypeError):
        return None
    return made if made.__pydantic_complete__ else None


def _definitions(fields: Iterable[tuple[str, tuple[Any, Any]]]) -> dict[str, Any]:
    """The fields as pydantic takes them; one whose name a model can't have stands under another, with an alias."""
    made: dict[str, Any] = {}
    for index, (name, (type_, default)) in enumerate(fields):
        if name.isidentifier() and not name.startswith("_") and not hasattr(SchemaModel, name):
            made[name] = (type_, default)
        else:
            title = name.replace("_", " ").strip().title()
            made[f"field_{index}"] = (type_, Field(default, alias=name, title=title))
    return made


def _cached(make: Any, *key: Any) -> type[BaseModel]:
    """`make(*key)`, which remembers what it made where the key can be looked up."""
    if all(isinstance(part, Hashable) for part in key):
        try:
            return make(*key)
        except TypeError:
            pass
    return make.__wrapped__(*key)


__all__ = [
    "SchemaModel",
    "assign_output_schema",
    "fields_of",
    "keys_read",
    "lambda_input_schema",
    "object_schema",
    "parallel_input_schema",
    "parallel_output_schema",
    "pick_schema",
    "record_schema",
    "type_schema",
]
