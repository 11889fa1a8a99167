"""Programs that a type checker must reject, each at a marked line and nowhere else: read by pyright, never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chainviz import (
    ChatPromptTemplate,
    LocalChatModel,
    Runnable,
    RunnableConfig,
    RunnableLambda,
    RunnableParallel,
    RunnableSequence,
    StrOutputParser,
    chain,
)


class Show(Runnable[int, str]): ...


class Read(Runnable[str, float]): ...


def double(number: int) -> int: ...
async def adouble(number: int) -> int: ...
def numbers(chunks: Iterator[int]) -> Iterator[int]: ...


@chain
def decorated(number: int) -> str: ...


def use(*values: Any) -> None: ...
def take_text(text: str) -> None: ...


show, read = Show(), Read()
prompt, model = ChatPromptTemplate.from_template("{topic}"), LocalChatModel()

use(show | show)  # rejected: a text into a step that takes a number
use(show | double)  # rejected: a text into a function that takes a number
use(show | adouble)  # rejected
use(show | numbers)  # rejected: a generator of numbers
use(show | decorated)  # rejected
use(show | {"a": read, "b": show})  # rejected: under the key b
use(show | {"a": double})  # rejected
use(show | 3)  # rejected: no step at all
use(double | read)  # rejected: a number into a step that takes a text
use({"a": show} | read)  # rejected: a dict into a step that takes a text
use(show | read | show)  # rejected: the second of two
use(show.pipe(show))  # rejected
use(show.pipe(read, read))  # rejected: the second of two
use(show.pipe(lambda text: text + 1))  # rejected: inside the lambda
use(RunnableSequence(show, show))  # rejected
use(RunnableLambda(double) | read)  # rejected
use(RunnableParallel(a=show, b=read))  # rejected: a number and a text in one
use(model | prompt)  # rejected: a message into a prompt
use(prompt | StrOutputParser() | double)  # rejected: a text into a function that takes a number
use(prompt | model | double)  # rejected: a message into a function that takes a number
use(show.invoke("text"))  # rejected
use(show.batch(["text"]))  # rejected
use(show.map().invoke(["text"]))  # rejected
use(prompt.invoke(3))  # rejected
use(model.invoke(3))  # rejected
use(show.invoke(1, {"tagz": ["a"]}))  # rejected: no such key
use(show.with_retry(attempts=3))  # rejected: no such option
take_text((show | read).invoke(1))  # rejected: a number is no text
config: RunnableConfig = {"timeout": "soon"}  # rejected
