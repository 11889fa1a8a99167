"""The words of the static pictures, in English and in Spanish: a picture speaks the language of the page."""

from __future__ import annotations

from typing import Any

from chainviz.wire.language import is_spanish

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
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return localised(text) if isinstance(value, int) else text


def localised(text: str) -> str:
    """A number that is written as in English, written as in the page's language."""
    return text.translate({ord(","): ".", ord("."): ","}) if is_spanish() else text


__all__ = ["localised", "number", "said"]
