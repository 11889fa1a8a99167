"""One line of the table."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """What was measured, in `unit`, and what it may be at most; `kernel` is the kernel's processor time in seconds."""

    what: str
    value: float | bool
    unit: str = ""
    at_most: float | None = None
    kernel: float | None = None

    @property
    def missed(self) -> bool:
        return (
            not self.value if isinstance(self.value, bool) else self.at_most is not None and self.value > self.at_most
        )

    def __str__(self) -> str:
        measured, goal = _shown(self.value, self.unit), ""
        if self.at_most is not None:
            goal = f"≤ {_shown(self.at_most, self.unit)}"
        elif isinstance(self.value, bool):
            goal = "yes"
        kernel = "" if self.kernel is None else _shown(self.kernel, "s")
        return f"| {self.what} | {f'**{measured}**' if self.missed else measured} | {goal} | {kernel} |"


def _shown(value: float | bool, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.3g}"
    return f"{number} {unit}".rstrip()
