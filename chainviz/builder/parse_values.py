"""The values in a chain's source: arguments, texts and the messages of prompts, read from a list of what may stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, cast

from chainviz.builder.prompts import ROLES
from chainviz.builder.tree import DEEPEST, NOTHING, Ref
from chainviz.errors import InvalidInputError, shorten

_ROLE_OF = {cls.__name__: role for cls, role in ROLES.items()}


class Values:
    """Reads the values of one piece of code. Each method raises InvalidInputError, with the line, for what is none."""

    def __init__(self, code: str) -> None:
        self.code = code

    def refused(self, node: ast.AST, expected: str) -> InvalidInputError:
        source = ast.get_source_segment(self.code, cast("ast.expr", node)) or type(node).__name__
        return InvalidInputError(
            f"code, line {getattr(node, 'lineno', 1)}: expected {expected}, got {shorten(source, 120)}"
        )

    def arguments(self, call: ast.Call, made: Mapping[str, Callable[[ast.expr], Any]] = NOTHING) -> dict[str, Any]:
        """The keyword arguments of a call; `made` reads those that are more than values."""
        arguments: dict[str, Any] = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                arguments[keyword.arg] = made.get(keyword.arg, self.value)(keyword.value)
            elif isinstance(keyword.value, ast.Dict):
                arguments.update(cast("dict[str, Any]", self.value(keyword.value)))
            else:
                raise self.refused(keyword.value, "a dict of arguments")
        return arguments

    def value(self, node: ast.expr, deep: int = 0) -> Any:
        if deep > DEEPEST:
            raise self.refused(node, f"at most {DEEPEST} lists and dicts inside of each other")
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.Name(id=name):
                return Ref(name)
            case ast.List(elts=items):
                return [self.value(item, deep + 1) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self.value(item, deep + 1) for item in items)
            case ast.Dict(keys=keys, values=values):
                return {
                    self._key(key, node): self.value(value, deep + 1) for key, value in zip(keys, values, strict=True)
                }
            case _:
                raise self.refused(node, "a value or a name")

    def _key(self, key: ast.expr | None, around: ast.expr) -> str:
        match key:
            case ast.Constant(value=str(text)):
                return text
            case _:
                raise self.refused(key or around, "a text as a key")

    def text(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case _:
                raise self.refused(node, "a text")

    # --- prompts ---------------------------------------------------------------------------------------------

    def rows(self, node: ast.expr) -> list[Any]:
        if not isinstance(node, ast.List):
            raise self.refused(node, "a list of messages")
        return [self.row(item) for item in node.elts]

    def row(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple(elts=[role, text]):
                return {"role": self.text(role), "text": self.text(text)}
            case ast.Constant(value=str(text)):
                return {"role": "human", "text": text}
            case ast.Call(func=ast.Name(id="MessagesPlaceholder"), args=[name]):
                return self._placeholder(node, self.text(name))
            case ast.Call(func=ast.Name(id=cls), args=[text], keywords=[]) if cls in _ROLE_OF:
                return {"role": _ROLE_OF[cls], "text": self.text(text), "fixed": True}
            case _:
                raise self.refused(node, "a message")

    def _placeholder(self, call: ast.Call, name: str) -> dict[str, Any]:
        options = self.arguments(call)
        if options.pop("optional", False):
            return {"role": "placeholder", "text": f"{{{name}}}"}
        return {"role": "messages", "text": name, **options}


__all__ = ["Values"]
