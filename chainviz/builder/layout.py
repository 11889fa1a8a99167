"""Python expressions laid out as formatters do it: on one line where it fits, else broken at the outermost brackets."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 88
_WIDEST = 110
"""Columns of a text of several lines, which is not broken for its first one."""
STEP = "    "


class Text:
    """Source that is written as it is. `flat` is what stands on one line, of every kind of source."""

    def __init__(self, flat: str) -> None:
        self.flat = flat

    def broken(self, indent: str, column: int) -> str:
        return self.flat

    def written(self, indent: str, column: int, width: int = WIDTH) -> str:
        """The source from a column on; lines below the first begin at the indent."""
        fits = "\n" not in self.flat and column + len(self.flat) <= width
        return self.flat if fits else self.broken(indent, column)


class Row(Text):
    """Parts one after another."""

    def __init__(self, *parts: Text | str) -> None:
        self._parts = [Text(part) if isinstance(part, str) else part for part in parts]
        super().__init__("".join(part.flat for part in self._parts))

    def broken(self, indent: str, column: int) -> str:
        text = ""
        for part in self._parts:
            last = text.rpartition("\n")[2]
            text += part.written(indent, len(last) + (0 if "\n" in text else column))
        return text


class Items(Text):
    """Items between brackets, one a line where they are longer than `most`."""

    def __init__(self, opening: str, items: Sequence[Text], closing: str, most: int = WIDTH) -> None:
        self._opening, self._items, self._closing, self._most = opening, items, closing, most
        super().__init__(opening + ", ".join(item.flat for item in items) + closing)

    def written(self, indent: str, column: int, width: int = WIDTH) -> str:
        if self._ends_in_lines() and column + self.flat.index("\n") <= _WIDEST:
            return self.flat
        return super().written(indent, column, min(width, column + self._most))

    def _ends_in_lines(self) -> bool:
        """Whether its last item is a text of several lines, which brackets may follow closely."""
        *before, last = self._items or [Text("")]
        return type(last) is Text and "\n" in last.flat and not any("\n" in item.flat for item in before)

    def broken(self, indent: str, column: int) -> str:
        if not self._items:
            return self.flat
        deeper = indent + STEP
        lines = [f"{deeper}{item.written(deeper, len(deeper) + 1)},\n" for item in self._items]
        return f"{self._opening}\n{''.join(lines)}{indent}{self._closing}"


class Pipe(Text):
    """Steps joined by `|`; `in_brackets` where more follows that would else belong to the last of them."""

    def __init__(self, steps: Sequence[Text], *, in_brackets: bool = False) -> None:
        self._steps = steps
        flat = " | ".join(step.flat for step in steps)
        super().__init__(f"({flat})" if in_brackets else flat)

    def broken(self, indent: str, column: int) -> str:
        deeper = indent + STEP
        lines = f"\n{deeper}| ".join(step.written(deeper, len(deeper) + 2) for step in self._steps)
        return f"(\n{deeper}{lines}\n{indent})"


__all__ = ["Items", "Pipe", "Row", "Text"]
