"""The tree of exceptions, as the module draws it."""

from __future__ import annotations

import re

from chainviz import errors


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn: dict[str, tuple[str, ...]] = {}
    above = ["ChainvizError"]
    for branch, name, others in re.findall(
        r"^    ([│ ]*[├└])── (\w+)(?: \((.*?)\))?", errors.__doc__ or "", re.MULTILINE
    ):
        above[1 + len(branch) // 4 :] = [name]
        drawn[name] = (above[-2], *(others.split(", ") if others else ()))
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    assert drawn == {
        kind.__name__: tuple(base.__name__ for base in kind.__bases__)
        for kind in kinds
        if kind is not errors.ChainvizError
    }
