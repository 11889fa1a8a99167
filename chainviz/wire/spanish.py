"""The kernel's sentences in Spanish, by their patterns: `*` stands for a value, which is said as it is."""

from __future__ import annotations

import re
from functools import cache

_SENTENCES = {
    "detail: the run * has no input (yet)": "La ejecución {} no tiene entrada (todavía).",
    "detail: the run * has no output (yet)": "La ejecución {} no tiene salida (todavía).",
    "detail: the run * has no error (yet)": "La ejecución {} no tiene error (todavía).",
    "this trace started no run of its own to stop; interrupt the kernel, or use chainviz.watch": (
        "Esta traza no inició ninguna ejecución que se pueda detener: interrumpe el kernel, o usa chainviz.watch."
    ),
    "This view of chainviz could not be loaded: run the cell again, or restart the kernel.": (
        "No se pudo cargar esta vista de chainviz: vuelve a ejecutar la celda, o reinicia el kernel."
    ),
    "The trace could not be shown (*); this page needs a browser of 2023 or later.": (
        "No se pudo mostrar la traza ({}); esta página necesita un navegador de 2023 o posterior."
    ),
    "run: expected the last run to have ended, it is still going on: stop it first": (
        "La última ejecución aún está en curso: detenla primero."
    ),
    "run: * has given nothing yet that could be kept: run the chain first": (
        "{} aún no ha dado nada que se pueda guardar: ejecuta primero la cadena."
    ),
    "unwrap: * has several steps inside, expected the id of the one to keep": (
        "unwrap: {} tiene varios pasos dentro; se esperaba el id del que se queda"
    ),
    "takes *, gets *": "toma {}, recibe {}",
    "gives *, the next step takes *": "da {}, el paso siguiente toma {}",
    "needs a function, and the notebook has none": "necesita una función, y el cuaderno no tiene ninguna",
    "needs *, and the notebook has none": "necesita {}, y el cuaderno no tiene ninguno",
    "the function `*` came as text, which is not run: put a function of yours in its place": (
        "la función `{}` llegó como texto, que no se ejecuta: pon en su lugar una función tuya"
    ),
    "no component is called * here: define it, or make it known with chainviz.register": (
        "ningún componente se llama {} aquí: defínelo, o regístralo con chainviz.register"
    ),
    "Insert *": "Insertar {}",
    "Pick *": "Tomar {}",
    "Make a prompt of it": "Hacer de ello un prompt",
    "Run it for each item": "Ejecutarlo con cada elemento",
    "Run it once": "Ejecutarlo una vez",
    "Have it take anything": "Hacer que tome cualquier cosa",
    "Put it under *": "Ponerlo bajo {}",
    "Add *": "Añadir {}",
    "code: it is nested too deeply": "código: demasiado anidado",
}
_EXPECTED = re.compile("(.*?)expected (at most )?(.*), got (.*)", re.DOTALL)
_PLACES = {
    "code*, line *: ": "código{}, línea {}: ",
    "code: ": "código: ",
    "request from the page: ": "petición de la página: ",
}
_THINGS = {
    "the id of a run of this trace": "el id de una ejecución de esta traza",
    "the id of a root run of this trace": "el id de una ejecución raíz de esta traza",
    "the id of a step of this chain": "el id de un paso de esta cadena",
    "the id of a step inside of *": "el id de un paso dentro de {}",
    "a view of a trace": "una vista de una traza",
    "one of a graph alone": "una de un grafo solo",
    "a run that is going on": "una ejecución en curso",
    "a place outside of * itself": "un lugar fuera de {}",
    "one inside": "uno dentro",
    "the name of a component that is known here": "el nombre de un componente conocido aquí",
    "the name of a component": "el nombre de un componente",
    "the name of a value that is kept here": "el nombre de un valor guardado aquí",
    "one of the fixes of a problem at this step": "una de las correcciones de un problema de este paso",
    "a step with others inside": "un paso con otros dentro",
    "a slot that can be taken away": "una ranura que se pueda quitar",
    "one that has to be there": "una que tiene que estar",
    "a step with keys, cases or fallbacks": "un paso con claves, casos o alternativas",
    "a step that stands under a key": "un paso bajo una clave",
    "a key that no other step has": "una clave que no tenga otro paso",
    "a step of the chain": "un paso de la cadena",
    "the whole of it": "la cadena entera",
    "a name for a Python variable": "un nombre para una variable de Python",
    "a name that the chain does not use yet": "un nombre que la cadena aún no use",
    "an assignment or a chain": "una asignación o una cadena",
    "a call that a chain is made of": "una llamada que forme parte de una cadena",
    "a (condition, step) pair": "un par (condición, paso)",
    "a dict with at least one step": "un dict con al menos un paso",
    'a dict with "chainviz": *': 'un dict con "chainviz": {}',
    "a dict of steps": "un dict de pasos",
    "a dict of arguments": "un dict de argumentos",
    "a list of messages": "una lista de mensajes",
    "a text as a key": "un texto como clave",
    "a value or a name": "un valor o un nombre",
    "a value of JSON": "un valor de JSON",
    "a value of a spec": "un valor de una especificación",
    "a number of JSON": "un número de JSON",
    "a number of at most * bits": "un número de como mucho {} bits",
    "a longer one": "uno más largo",
    "a step as a dict": "un paso como dict",
    "the key to be a text": "una clave de texto",
    "the variable to be a name": "un nombre como variable",
    "the steps as a list": "los pasos como lista",
    "the steps of a *": "los pasos de un {}",
    "the fields *": "los campos {}",
    "pairs of a text and a value": "pares de un texto y un valor",
    "what does not read as such: *": "algo que no se lee como tal: {}",
    "steps as keywords": "pasos con nombre",
    "* with its steps": "{} con sus pasos",
    "* steps inside of each other": "{} pasos uno dentro de otro",
    "* lists and dicts inside of each other": "{} listas y dicts uno dentro de otro",
    "* values inside of each other": "{} valores uno dentro de otro",
    "* characters": "{} caracteres",
    "* of them": "{}",
    "one of *": "uno de {}",
    "an empty slot": "una ranura vacía",
    "a message": "un mensaje",
    "a chain": "una cadena",
    "a dict": "un dict",
    "a prompt": "una plantilla de mensajes",
    "* itself, or *.bind(…) to give it more than its input": "{} tal cual, o {}.bind(…) para darle más que su entrada",
    "a step": "un paso",
    "a text": "un texto",
    "nothing": "nada",
    "none": "ninguna",
    "more": "más",
}


def sentence(said: str) -> str:
    """A sentence in Spanish; as it is, where it is none of these."""
    if found := _EXPECTED.fullmatch(said):
        place, most, wanted, got = found.groups()
        wanted = f"{'como mucho ' if most else ''}{_in(_THINGS, wanted)}"
        return f"{_in(_PLACES, place)}se esperaba {wanted}; llegó {_in(_THINGS, got)}"
    return _in(_SENTENCES, said)


def _in(table: dict[str, str], said: str) -> str:
    for pattern, spanish in table.items():
        if found := _compiled(pattern).fullmatch(said):
            return spanish.format(*found.groups())
    return said


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", "(.*)"), re.DOTALL)


__all__ = ["sentence"]
