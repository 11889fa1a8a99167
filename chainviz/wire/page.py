"""A trace as one HTML page that needs nothing else: viewer and data inside, no network, no kernel."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from chainviz.tracing.values import visible
from chainviz.wire.assets import asset
from chainviz.wire.frames import snapshot

if TYPE_CHECKING:
    from os import PathLike

    from chainviz.tracing.trace import Trace

VALUE = 200_000
"""Characters that one value may take: there is no kernel to ask for the rest."""

_START = (
    'chainviz.mountPage(document.getElementById("chainviz"),'
    '{snapshot:JSON.parse(document.getElementById("snapshot").textContent)});'
)

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
script-src {hashes}">
<title>{title}</title>
</head>
<body style="margin:16px auto;padding:0 16px;max-width:1400px">
<div id="chainviz"></div>
<noscript>This page shows a trace by a script of its own; allow scripts to see it.</noscript>
<script type="application/json" id="snapshot">{data}</script>
<script>{viewer}</script>
<script>{start}</script>
</body>
</html>
"""


def render_html(trace: Trace) -> str:
    """The page. What the trace holds is in it as data only: its scripts are named by their hashes, and no other runs.

    Raises MissingBundleError where the front end was not built.
    """
    viewer = asset("viewer.js").read_text(encoding="utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    roots = trace.roots
    return _PAGE.format(
        title=escape(visible(trace.name or (roots[-1].name if roots else "Trace"))),
        hashes=" ".join(f"'sha256-{_hash(script)}'" for script in (viewer, _START)),
        data=_data(trace),
        viewer=viewer,
        start=_START,
    )


def write_html(trace: Trace, path: str | PathLike[str]) -> str:
    """Write the page; returns its path."""
    Path(path).write_text(render_html(trace), encoding="utf-8")
    return str(path)


def _data(trace: Trace) -> str:
    """The snapshot as JSON in which nothing can end or open a tag."""
    text = json.dumps(snapshot(trace, limit=VALUE), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
