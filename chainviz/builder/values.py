"""Parameters as a page sends them: what is kept stays kept, what is typed in as a secret is kept from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

from chainviz.builder.tree import Ref
from chainviz.errors import InvalidInputError
from chainviz.tracing.redact import says_secret
from chainviz.tracing.values import SECRET

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.tree import Node

Schema = Mapping[str, Any]


def received(values: Mapping[str, Any], form: Schema | None, catalog: Catalog) -> dict[str, Any]:
    """The parameters of what a page sends for a form, without those that are as the form has them by default.

    Raises InvalidInputError for a kept value that is not here.
    """
    properties: Schema = (form or {}).get("properties", {})
    return {
        name: value
        for name, value in _concealed(values, form, catalog).items()
        if value is not None and value != cast("Schema", properties.get(name, {})).get("default")
    }


def concealed(root: Node, catalog: Catalog) -> Node:
    """The tree with the secrets that stand in it kept."""
    component = catalog.find(root.component)
    children = tuple(concealed(child, catalog) for child in root.children)
    params = _concealed(root.params, component.form if component else None, catalog)
    return root.having(children=children, params=params, options=_concealed(root.options, None, catalog))


def _concealed(values: Mapping[str, Any], form: Schema | None, catalog: Catalog) -> Mapping[str, Any]:
    properties: Schema = (form or {}).get("properties", {})
    return {name: _value(value, name, properties.get(name, {}), catalog) for name, value in values.items()}


def _value(value: Any, name: str, schema: Schema, catalog: Catalog) -> Any:
    if isinstance(value, str):
        secret = schema.get("format") == "password" or says_secret(name)
        return Ref(catalog.keep(SecretStr(value), name)) if secret and value and value != SECRET else value
    if isinstance(value, list):
        inside: Schema = schema.get("items", {})
        return [_value(item, name, inside, catalog) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, Any]", value)
    if fields.get("$type") == "kept":
        return _kept(fields.get("name"), catalog)
    properties: Schema = schema.get("properties", {})
    more: Any = schema.get("additionalProperties")
    other: Schema = cast("Any", more) if isinstance(more, Mapping) else {}
    return {key: _value(item, key, properties.get(key, other), catalog) for key, item in fields.items()}


def _kept(name: Any, catalog: Catalog) -> Ref:
    if not isinstance(name, str) or not catalog.knows(name):
        raise InvalidInputError(f"set: expected the name of a value that is kept here, got {name!r}")
    return Ref(name)


__all__ = ["concealed", "received"]
