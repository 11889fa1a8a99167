"""Where the built front end is."""

from __future__ import annotations

from pathlib import Path

from chainviz.errors import MissingBundleError

STATIC = Path(__file__).parents[1] / "static"


def asset(name: str) -> Path:
    """The path of a built file: `assets.js` (the bundle), `stub.js` (the module of every widget), `viewer.js` (the
    bundle for a saved page), `spanish.js` (its Spanish words), `builder.js` (what draws builders) or `layout.js` (what
    draws graphs of states and lays them out).

    Raises MissingBundleError where it was not built.
    """
    path = STATIC / name
    if not path.is_file():
        raise MissingBundleError(
            f"chainviz's front end is not built: expected {path}; in a checkout run `make build`, "
            "else install the package again from its wheel"
        )
    return path
