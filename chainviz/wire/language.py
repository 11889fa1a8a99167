"""The language of the pages, in which the kernel says its sentences too: English or Spanish."""

from __future__ import annotations

import os

from chainviz.wire import spanish


def _of_machine() -> str:
    return next((said for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (said := os.environ.get(name))), "")


_spoken = _of_machine()


def speak(language: str) -> None:
    """Take over the language that a page speaks."""
    global _spoken
    _spoken = language


def is_spanish() -> bool:
    """Whether the last page that said so speaks Spanish; before that, whether the machine does."""
    return _spoken.startswith("es")


def told(sentence: str) -> str:
    """A sentence for the page in its language; as it is, where it is none of those that are known."""
    return spanish.sentence(sentence) if is_spanish() else sentence


__all__ = ["is_spanish", "speak", "told"]
