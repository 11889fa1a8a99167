"""The words and numbers of the static pictures, in English and Spanish: a picture speaks the language of the page."""

from __future__ import annotations

from typing import Any

from chainviz.wire.language import is_spanish

MARKS = {"running": "…", "done": "✓", "failed": "✗", "cancelled": "⊘", "waiting": "○"}
"""What became of runs, as signs."""
_NO_BREAK = "\u00a0"

_SPANISH = {
    "A live view stands here while its kernel lives: run the cell to watch it.": (
        "Aquí está la vista en vivo mientras viva su kernel: ejecuta la celda para verla."
    ),
    "The chain has {} steps, too many for a picture.": "La cadena tiene {} pasos, demasiados para una imagen.",
    "Trace": "Traza",
    "Tokens": "Tokens",
    "Output": "Salida",
    "Errors": "Errores",
    "{} tokens": "{} tokens",
    "{} run": "{} ejecución",
    "{} runs": "{} ejecuciones",
    "{} error": "{} error",
    "{} errors": "{} errores",
    "… and {} more": "… y {} más",
    "… and {} more runs": "… y {} ejecuciones más",
    "… and {} events dropped": "… y {} eventos sin guardar",
    # what became of runs
    "running": "en curso",
    "done": "hecho",
    "failed": "fallido",
    "cancelled": "cancelado",
    "waiting": "en espera",
    # kinds of steps and runs
    "chain": "cadena",
    "chat model": "modelo de chat",
    "llm": "llm",
    "prompt": "prompt",
    "retriever": "recuperador",
    "tool": "herramienta",
    "parser": "analizador",
    "sequence": "secuencia",
    "parallel": "paralelo",
    "branch": "bifurcación",
    "router": "enrutador",
    "fallbacks": "alternativas",
    "retry": "reintento",
    "each": "cada elemento",
    "assign": "asignación",
    "lambda": "función",
    "passthrough": "paso directo",
    "graph": "grafo de estados",
}


def said(english: str, *values: Any) -> str:
    """A text in the page's language; each `{}` of it is one of the values."""
    text = _SPANISH.get(english, english) if is_spanish() else english
    return text.format(*map(number, values)) if values else text


def number(value: Any) -> str:
    """A number as one reads it; texts are as they are."""
    return _localised(f"{value:,}") if isinstance(value, int) else str(value)


def _localised(text: str) -> str:
    """A number that is written as in English, written as in the page's language."""
    return text.translate({ord(","): ".", ord("."): ","}) if is_spanish() else text


def duration(seconds: float | None) -> str:
    """Seconds as a reader says them, on one line."""
    if seconds is None:
        return ""
    if seconds >= 59.95:
        minutes, left = divmod(round(seconds), 60)
        told = f"{minutes} min {left} s"
    elif seconds >= 0.9995:
        told = f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    else:
        digits = 0 if seconds >= 0.01 else 1 if seconds >= 0.001 else 2
        told = f"{seconds * 1000:.{digits}f} ms"
    return _localised(told).replace(" ", _NO_BREAK)


__all__ = ["MARKS", "duration", "number", "said"]
