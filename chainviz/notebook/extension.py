"""`%load_ext chainviz` and `%unload_ext chainviz`."""

from __future__ import annotations

from typing import Any

from chainviz.notebook.formatters import Formatters
from chainviz.notebook.magics import TraceMagics, rewrite

_loaded: dict[int, Extension] = {}


class Extension:
    """All that chainviz adds to one IPython."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._formatters = Formatters(ip)
        self._magics = TraceMagics(ip)
        self._magics_before = {kind: ip.magics_manager.magics[kind].get("trace") for kind in ("line", "cell")}
        ip.register_magics(self._magics)
        ip.input_transformers_cleanup.append(rewrite)
        ip.events.register("pre_execute", self._magics.cell_began)
        ip.events.register("post_execute", self._magics.cell_ended)

    def remove(self) -> None:
        """Undo just what was done."""
        self._formatters.remove()
        for kind, before in self._magics_before.items():
            magics = self._ip.magics_manager.magics[kind]
            if getattr(magics.get("trace"), "__self__", None) is self._magics:
                del magics["trace"]
                if before is not None:
                    magics["trace"] = before
        self._ip.input_transformers_cleanup.remove(rewrite)
        self._ip.events.unregister("pre_execute", self._magics.cell_began)
        self._ip.events.unregister("post_execute", self._magics.cell_ended)


def load(ip: Any) -> None:
    """Add the displays and `%%trace` to an IPython; a second time does nothing."""
    if id(ip) not in _loaded:
        _loaded[id(ip)] = Extension(ip)


def unload(ip: Any) -> None:
    """Take away what `load` added, and nothing else."""
    extension = _loaded.pop(id(ip), None)
    if extension is not None:
        extension.remove()
