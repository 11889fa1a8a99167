"""What LocalChatModel says: it reads context and question in a prompt and answers by rules, the same each time."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from chainviz.messages import BaseMessage

JOKES = {
    "bears": "Why don't bears wear shoes?\n\nBecause they have bear feet!",
    "cats": "Why don't cats play poker in the wild?\n\nToo many cheetahs!",
}
JOKE = "Why did the model tell a joke about {topic}?\n\nBecause it was the only variable in the prompt!"

POEMS = {
    "bears": "Through misty pines the brown bears roam,\nAnd every honeyed hill is home.",
    "cats": "A cat lies down where sunbeams fall,\nAnd dreams that she commands it all.",
}
POEM = "Two lines for {topic}, short and clear:\nThe less is said, the more you hear."

NOT_IN_CONTEXT = "The context does not say."
FALLBACK = (
    "I am a small model that runs by rules on this machine: I answer questions from the context in a prompt,"
    " and I know jokes and two-line poems. You wrote: {text}"
)

_PAGE_CONTENT = re.compile(r"""page_content=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_QUESTION = re.compile(r"(?ims)^\s*(?:question|query|q)\s*:[ \t]*(.+?)(?=^\s*(?:answer|a)\s*:|\Z)")
_CONTEXT = re.compile(
    r"(?ims)\b(?:context|documents|passages)\b[^:\n]*:(.*?)(?=^\s*(?:question|query|q|answer)\s*:|\Z)"
)
_REQUEST = re.compile(r"(?i)\b(joke|poem)\b(?:.*?\b(?:about|on|for)\s+(.+))?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
_PLACE = re.compile(r"\b(at|in|from|near)\s+([^\W\d_]+)")

_SMALL_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be by did do does for from had has have he her his how i in is it its me my of on or our"
        " she that the their them they this to was we were what when where which who whom why will with you your"
    )
)
_NO_NAMES = _SMALL_WORDS | frozenset(
    _WORD.findall(
        "all any autumn bed case class day each evening every fact front general home last morning most next night no"
        " noon one order place school some spring summer time times two university winter work"
    )
)


def answer(messages: Sequence[BaseMessage]) -> str:
    """The answer to a prompt: from its context if it has one, else a joke, a poem, or an honest word about itself."""
    texts = [message.text for message in messages]
    asked = next((message.text for message in reversed(messages) if message.type not in ("system", "ai")), "")
    asked = asked or (texts[-1] if texts else "")
    labelled = _QUESTION.search(asked)
    question = (labelled[1] if labelled else asked).strip()
    passages = _passages("\n".join(texts))
    if passages is not None:
        return _best(question, passages)
    request = _REQUEST.search(question)
    if request:
        return _rhyme_or_joke(request[1].lower(), (request[2] or "").strip().rstrip(".!?"))
    return FALLBACK.format(text=_shortened(question))


def _passages(text: str) -> list[str] | None:
    """The sentences of the context in a prompt; None where it has no context."""
    documents = [_unquoted(literal) for literal in _PAGE_CONTENT.findall(text)]
    if documents:
        return _sentences(documents)
    context = _CONTEXT.search(text)
    return _sentences([context[1]]) if context else None


def _unquoted(literal: str) -> str:
    """The text of a literal as Python's `repr` writes it, or of one that is quoted only."""
    try:
        return str(ast.literal_eval(literal))
    except (SyntaxError, ValueError):
        return literal[1:-1]


def _sentences(texts: Iterable[str]) -> list[str]:
    found = [part.strip().lstrip("-*• ") for text in texts for part in _SENTENCE_END.split(text)]
    return [part for part in found if _WORD.search(part)]


def _best(question: str, passages: list[str]) -> str:
    """The passage that shares most with the question; a word counts the more, the fewer passages have it."""
    wanted = _stems(question)
    stems = [_stems(passage) for passage in passages]
    spread = Counter(stem for own in stems for stem in own)
    scores = [sum(1 + log(len(passages) / spread[stem]) for stem in wanted & own) for own in stems]
    if not any(scores):
        return NOT_IN_CONTEXT
    return _as_sentence(passages[scores.index(max(scores))])


def _stems(text: str) -> set[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return {_stem(word) for word in words if word not in _SMALL_WORDS}


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word.removesuffix("e") if len(word) > 3 else word


def _as_sentence(passage: str) -> str:
    """The passage with a capital and a full stop; where it is in lower case, names of places get their capital too."""
    if passage == passage.lower():
        passage = _PLACE.sub(_capital_place, passage)
    passage = passage[0].upper() + passage[1:]
    return passage if passage[-1] in ".!?…" else f"{passage}."


def _capital_place(match: re.Match[str]) -> str:
    preposition, word = match.groups()
    return match[0] if word in _NO_NAMES else f"{preposition} {word.capitalize()}"


def _rhyme_or_joke(kind: str, topic: str) -> str:
    table, general = (JOKES, JOKE) if kind == "joke" else (POEMS, POEM)
    words = {word.lower() for word in _WORD.findall(topic)}
    known = next((name for name in table if words & {name, name.removesuffix("s")}), None)
    return table[known] if known else general.format(topic=topic or "anything")


def _shortened(text: str, limit: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


__all__ = ["answer"]
