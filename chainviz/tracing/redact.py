"""Taking secrets out of what leaves the kernel: to a live view, a saved page, a static picture.

A secret is known by its form (`sk-…`, `Bearer …`, a JWT, a private key), by the name it stands under (`api_key`,
`password`, `Authorization`), or by its value: what the environment holds under such a name, and what a step keeps as a
`SecretStr`. Each becomes `SECRET`. What looks like ordinary text cannot be known for a secret, and stays.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from chainviz.tracing.beginnings import Beginnings
from chainviz.tracing.events import RunStart
from chainviz.tracing.values import SECRET, field_names

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

_SHORT = 200
"""Texts of this length are remembered: keys, names and tags come again and again."""
_REMEMBERED = 20_000
"""How many of them, and of the steps that were met."""
_SHORTEST = 6
"""Known values below this length are words that also mean something else."""


class _Form(NamedTuple):
    """What credentials of one kind look like: the part called `secret` goes. Sought only where one of the marks and one
    of the hints stand, for most texts have neither."""

    marks: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


def _form(marks: str, hints: str, pattern: str) -> _Form:
    return _Form(marks, tuple(hints.split()), re.compile(pattern, re.IGNORECASE))  # a schema's titles are capitalised


_NAMES = (
    r"(?:api|access|secret|private|account|signing|encryption)[_\- ]?key|pass(?:word|wd|phrase)|secret"
    r"|(?:access|auth|refresh|session|bearer|id|api|bot|csrf|security)[_\- ]?token|authorization|credentials?"
)
_FORMS = (
    # OpenAI, Anthropic, Stripe, Groq, LangSmith, Hugging Face, Tavily, Replicate, npm, PyPI, xAI, Perplexity
    _form("-_", "sk- sk_ pk_ rk_", r"(?<![A-Za-z0-9])(?P<secret>(?:sk-|[spr]k_(?:live|test)_)[A-Za-z0-9_-]{12,})"),
    _form(
        "-_",
        "gsk_ lsv2_ hf_ tvly- r8_ npm_ pypi- xai- pplx- glpat- nvapi-",
        r"(?<![A-Za-z0-9])(?P<secret>(?:gsk_|lsv2_|hf_|tvly-|r8_|npm_|pypi-|xai-|pplx-|glpat-|nvapi-)[A-Za-z0-9_-]{16,})",
    ),
    _form(
        "_",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"(?<![A-Za-z0-9])(?P<secret>(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,})",
    ),
    _form("-", "xox", r"(?<![A-Za-z0-9])(?P<secret>xox[a-z]-[A-Za-z0-9-]{10,})"),
    _form("ai", "akia asia", r"(?<![A-Za-z0-9])(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16})(?![A-Za-z0-9])"),
    _form("zy", "aiza ya29.", r"(?<![A-Za-z0-9])(?P<secret>(?:AIza|ya29\.)[A-Za-z0-9_-]{20,})"),
    _form(".", "eyj", r"(?<![A-Za-z0-9_-])(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)"),
    _form(
        "b",
        "bearer basic",
        r"(?<![a-z])(?:bearer|basic) {1,4}(?=[^\s\"']{0,400}[0-9=])(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
    ),
    _form(":", "://", r"://[^\s/:@\"'<>]{0,200}:(?P<secret>[^\s/@\"'<>]{1,400})@"),
    _form("-", "private key-----", r"(?P<secret>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----END))*)"),
    # password = "…" in source and reprs, ?api_key=… in addresses: quoted, or with a digit in it
    _form(
        ":=",
        "key pass secret token authorization credential",
        rf"(?:{_NAMES})\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}(?:\\?[\"'](?:bearer |basic )?(?P<secret>[^\"'\\\s]{{4,}})"
        r"|(?=[^\s\"',;&)}\]]{0,400}[0-9])(?P<bare>[^\s\"',;&(){}\[\]<>]{6,}))",
    ),
)
_MARKS = [hint for form in _FORMS[:7] for hint in form.hints]
"""How the forms begin that are known by that."""
_SAYS_SECRET = re.compile(
    rf"(?:^|_)(?:{_NAMES}|pass|pwd|cookie|connection_string|dsn|api_?keys?|client_?secret|bearer|auth|jwt"
    r"|(?:oauth|jwt|user|github|gitlab|slack|hf|hub|personal_access)_?token)s?$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_KEY = re.compile(r"(?=.*[0-9])[\w.~+/=-]{16,}")
"""What a `token` is like that is no piece of a text."""
_VALUES = ("value", "default", "const", "enum", "example", "examples")
"""Where a JSON Schema, or a list of pairs, keeps the value of what it has a name for."""


@lru_cache(maxsize=4096)
def says_secret(name: str) -> bool:
    """Whether what stands under this name is a secret."""
    return len(name) < 100 and _SAYS_SECRET.search(_CAMEL.sub("_", name).lower()) is not None


class Redactor:
    """Replaces secrets; `known` are some by their value."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self._beginnings = Beginnings(_MARKS)
        self._seen: dict[str, str] = {}
        self._steps: dict[int, Any] = {}
        self.learn(known)

    @classmethod
    def of(cls, trace: Trace) -> Redactor:
        """One that knows the secrets of the environment and of the trace's steps."""
        return TraceRedactor(trace).upto_now()

    @classmethod
    def of_steps(cls, steps: Iterable[Any] = ()) -> Redactor:
        """One that knows the secrets of the environment and of these steps."""
        redactor = cls(_of_environment())
        for step in steps:
            redactor.meet(step)
        return redactor

    def meet(self, step: Any) -> None:
        """Know the secrets of a step too."""
        if id(step) not in self._steps:
            if len(self._steps) > _REMEMBERED:
                self._steps.clear()  # they are met anew
            self._steps[id(step)] = step
            self.learn(secrets_of(step))

    def learn(self, secrets: Iterable[str]) -> None:
        """Know these by their value too."""
        new = {secret for secret in secrets if len(secret) >= _SHORTEST} - self._values
        if new:
            self._values |= new
            values = sorted(self._values, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, values)), re.IGNORECASE)
            self._beginnings.learn(values)
            self._seen.clear()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets of a text are, in order, none overlapping another."""
        found = [match.span() for match in self._known.finditer(text)] if self._known else []
        lower = text.lower()
        for marks, hints, pattern in _FORMS:
            if any(map(lower.__contains__, marks)) and any(map(lower.__contains__, hints)):
                found += (match.span(match.lastgroup or 0) for match in pattern.finditer(text))
        return list(_merged(sorted(found)))

    def begun(self, text: str) -> int:
        """Where a secret begins that is whole once there is more of the text; the text's length without one."""
        return self._beginnings.at(text)

    def found(self, text: str) -> list[str]:
        """The secrets of a text."""
        return [text[first:last] for first, last in self.spans(text)]

    def text(self, text: str) -> str:
        """The text without its secrets."""
        if len(text) > _SHORT:
            return self._text(text)
        if (clean := self._seen.get(text)) is None:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            clean = self._seen[text] = self._text(text)
        return clean

    def _text(self, text: str) -> str:
        parts: list[str] = []
        end = 0
        for first, last in self.spans(text):
            parts += (text[end:first], SECRET)
            end = last
        return "".join([*parts, text[end:]]) if end else text

    @staticmethod
    def without(texts: list[str], spans: list[tuple[int, int]]) -> list[str]:
        """`texts` without these spans of the text that they are the pieces of."""
        starts = [0]
        for text in texts:
            starts.append(starts[-1] + len(text))
        left = list(texts)
        for first, last in reversed(spans):
            begin, end = bisect_right(starts, first) - 1, bisect_left(starts, last) - 1
            tail = left[end][last - starts[end] :]
            head = left[begin][: first - starts[begin]] + SECRET
            if begin == end:
                left[begin] = head + tail
                continue
            left[begin], left[end] = head, tail
            left[begin + 1 : end] = [""] * (end - begin - 1)
        return left

    def value(self, value: Any) -> Any:
        """Encoded JSON (`tracing.values`) without its secrets; what has none is given back as it is."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        fields = cast("dict[str, Any]", value)
        if fields.get("$type") in ("dict", "addable"):
            return {**fields, "items": [self._pair(pair) for pair in fields["items"]]}
        return {self.text(key): self.named(key, item) for key, item in fields.items()}

    def _pair(self, pair: list[Any]) -> list[Any]:
        key, item = pair
        return [self.value(key), self.named(key, item) if isinstance(key, str) else self.value(item)]

    def named(self, name: str, value: Any) -> Any:
        """`value` for what stands under a name."""
        is_secret = says_secret(name) or (isinstance(value, str) and name.lower() == "token" and _KEY.fullmatch(value))
        return _masked(self.value(value)) if is_secret else self.value(value)


class TraceRedactor(Redactor):
    """One that learns the secrets of a trace's steps as these begin."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(_of_environment())
        self._recorder = trace.recorder
        self._events: list[RunEvent] = []
        self._looked = 0

    def upto_now(self) -> TraceRedactor:
        """Know the steps that have begun since the last time; returns itself."""
        if self._events is not self._recorder.events:
            self._events, self._looked = self._recorder.events, 0
        new = self._events[self._looked :]
        self._looked += len(new)
        for event in new:
            if event.__class__ is RunStart:
                self.meet(event.run.step)
        return self


def _masked(value: Any) -> Any:
    """What stands under a name that says secret; a dict is looked into, for it may be a schema of that field."""
    if isinstance(value, str):
        return SECRET if value else value
    if isinstance(value, list):
        return [_masked(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if "$type" in fields:
            return SECRET
        return {key: _masked(item) if key in _VALUES else item for key, item in fields.items()}
    return value


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begin, end = 0, 0
    for first, last in spans:
        if first < end:
            end = max(end, last)
            continue
        if end:
            yield begin, end
        begin, end = first, last
    if end:
        yield begin, end


def secrets_of(step: Any) -> Iterator[str]:
    """The values that the fields of a step keep as a `SecretStr` or the like; of one that stands for another
    framework's object, which is its `thing`, those of that object too."""
    for holder in (step, getattr(step, "thing", None)):
        for name in field_names(holder):
            yield from secrets_in(getattr(holder, name, None))


def secrets_in(value: Any) -> Iterator[str]:
    """What a `SecretStr` or the like keeps, or those among the values of a dict."""
    for item in cast("dict[Any, Any]", value).values() if isinstance(value, dict) else [value]:
        try:
            secret = item.get_secret_value()
        except Exception:  # most have no such method; a user's class may raise
            continue
        if isinstance(secret, str):
            yield secret


def _of_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if says_secret(name) and not os.path.exists(value):
            yield value


__all__ = ["Redactor", "TraceRedactor", "says_secret", "secrets_in", "secrets_of"]
