"""Callback handlers that print: what begins and ends, or a model's tokens."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from chainviz.tracing.callbacks import BaseCallbackHandler

_COLORS = {"red": 31, "green": 32, "yellow": 33, "blue": 36, "pink": 35}


class StdOutCallbackHandler(BaseCallbackHandler):
    """Prints when a chain begins and ends, and what tools answer; `color` is red, green, yellow, blue or pink."""

    def __init__(self, color: str | None = None) -> None:
        self.color = color

    def on_chain_start(self, serialized: dict[str, Any], inputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._print(f"\n\n> Entering new {kwargs.get('name') or 'chain'} chain...", bold=True)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._print("\n> Finished chain.", bold=True)

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self._print(str(output))

    def on_text(self, text: str, *, run_id: UUID, **kwargs: Any) -> None:
        self._print(text)

    def _print(self, text: str, *, bold: bool = False) -> None:
        codes = [str(code) for code in (1 if bold else None, _COLORS.get(self.color or "")) if code]
        print(f"\033[{';'.join(codes)}m{text}\033[0m" if codes else text)


class StreamingStdOutCallbackHandler(BaseCallbackHandler):
    """Prints the tokens of models as they come."""

    def on_llm_new_token(self, token: str, *, chunk: Any = None, run_id: UUID, **kwargs: Any) -> None:
        sys.stdout.write(token)
        sys.stdout.flush()


__all__ = ["StdOutCallbackHandler", "StreamingStdOutCallbackHandler"]
