"""A trace as one HTML page that needs nothing else: viewer and data inside, no network, no kernel."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import compress

from chainviz.errors import InvalidInputError
from chainviz.tracing.redact import Redactor
from chainviz.tracing.values import visible
from chainviz.wire import spanish
from chainviz.wire.assets import asset
from chainviz.wire.frames import snapshot
from chainviz.wire.redacted import redacted

if TYPE_CHECKING:
    from os import PathLike

    from chainviz.tracing.trace import Trace

VALUE = 200_000
"""Characters that one value may take: there is no kernel to ask for the rest."""
MOST_EVENTS = 1_000_000
MOST_CHARACTERS = 250_000_000
"""Of a page's data. Browsers read half as much again as one text, and not much more."""

_OLD = "The trace could not be shown (${error.message}); this page needs a browser of 2023 or later."
_START = f"""\
(async()=>{{const el=document.getElementById("chainviz");try{{\
const bytes=Uint8Array.from(atob(document.getElementById("snapshot").textContent),c=>c.charCodeAt(0));\
const inflated=new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));\
chainviz.mountPage(el,{{snapshot:JSON.parse(await new Response(inflated).text())}})}}\
catch(error){{el.setAttribute("role","alert");\
el.textContent=navigator.language.startsWith("es")?`{spanish.sentence(_OLD)}`:`{_OLD}`}}}})()"""

_PAGE = """\
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
script-src {hashes}{workers}">
<title>{title}</title>
</head>
<body style="margin:16px auto;padding:0 16px;max-width:1400px">
<div id="chainviz"></div>
<noscript>This page shows a trace by a script of its own; allow scripts to see it. \
Esta página muestra una traza con un script propio; permite los scripts para verla.</noscript>
<script type="text/plain" id="snapshot">{data}</script>
{layout}<script>{words}</script>
<script>{viewer}</script>
<script>{start}</script>
</body>
</html>
"""


def render_html(trace: Trace, *, redact: bool = True) -> str:
    """The page. What the trace holds is in it as data only: its scripts are named by their hashes, and no other runs.

    Raises MissingBundleError where the front end was not built, InvalidInputError for more than a browser can open.
    """
    _check("events", trace.recorder.count - trace.recorder.dropped, MOST_EVENTS)
    redactor = Redactor.of(trace) if redact else None
    whole = snapshot(trace, limit=VALUE)
    clean = redacted(whole, redactor) if redactor else whole
    words, viewer = _script("spanish.js"), _script("viewer.js")
    graphs = (entry["graph"]["root"] for entry in clean["batch"]["graphs"] if "graph" in entry)
    layout = _script("layout.js") if any(map(_has_states, graphs)) else None
    roots = trace.roots
    title = visible(trace.name or (roots[-1].name if roots else "Trace"))
    scripts = (words, viewer, _START) if layout is None else (layout, words, viewer, _START)
    return _PAGE.format(
        title=escape(redactor.text(title) if redactor else title),
        hashes=" ".join(f"'sha256-{_hash(script)}'" for script in scripts),
        workers="" if layout is None else "; worker-src blob:",
        data=_data(clean),
        layout="" if layout is None else f'<script id="chainviz-layout">{layout}</script>\n',
        words=words,
        viewer=viewer,
        start=_START,
    )


def write_html(trace: Trace, path: str | PathLike[str], *, redact: bool = True) -> str:
    """Write the page; returns its path."""
    Path(path).write_text(render_html(trace, redact=redact), encoding="utf-8")
    return str(path)


def _script(name: str) -> str:
    """A built script, as it may stand inside of a page."""
    return asset(name).read_text(encoding="utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _has_states(node: dict[str, Any]) -> bool:
    return node["kind"] == "graph" or any(map(_has_states, node["children"]))


def _data(whole: dict[str, Any]) -> str:
    """The snapshot, deflated, in characters that neither end nor open a tag."""
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    _check("characters", len(text), MOST_CHARACTERS)
    return b64encode(compress(text.encode(), 9)).decode()


def _check(of: str, count: int, most: int) -> None:
    if count > most:
        raise InvalidInputError(
            f"Trace.to_html: expected at most {most:,} {of} for one page, got {count:,}; "
            "keep fewer events with chainviz.trace(max_events=…), or use Trace.save"
        )


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
