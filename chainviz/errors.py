"""Every exception that chainviz raises of its own accord.

    ChainvizError
    ├── NotAStepError (TypeError)                        a chain was built from something that is no step
    ├── AsyncOnlyError (TypeError, NotImplementedError)  a sync verb was called of a step that has coroutines only
    ├── SyncOnlyError (TypeError, NotImplementedError)   an async verb was called of a step that has a generator only
    ├── InvalidInputError (ValueError)                   a step was given input that it does not take
    │   ├── InputTypeError (TypeError)                   … because it is of another type
    │   ├── InvalidArgumentsError                        … because the arguments do not fit the tool
    │   ├── MissingVariableError (KeyError)              a prompt lacks a variable
    │   ├── MissingFieldError (KeyError)                 a message lacks a field
    │   ├── NoMessageError (NotImplementedError)         what stands where a message or a prompt should is none
    │   └── TemplateSyntaxError (SyntaxError)            a mustache template is not well formed
    ├── InvalidConfigError (ValueError)                  a config or a parameter is not of its form
    │   ├── NoRunError (RuntimeError)                    what needs a run around it was called outside of one
    │   └── FilterError                                  a filter of the views does not parse
    ├── StepTimeoutError (TimeoutError)                  a call did not end within `config["timeout"]`
    ├── ExecutorError (RuntimeError)                     an item of a batch could not be run on its executor
    ├── RecursionDepthError (RecursionError)             steps that return steps went too deep
    ├── OutputParserError (ValueError)                   a model's text is not what the parser reads
    ├── ToolError                                        a tool says that it failed
    ├── JournalError (ValueError)                        a file is no journal that can be read
    ├── ProgramError (RuntimeError)                      a program outside Python failed
    │   └── MissingProgramError                          … because it is not installed
    ├── MissingPackageError (ImportError)                a package that an extra installs is not there
    └── MissingBundleError (FileNotFoundError)           the front end was not built

A user's own exception passes through a chain unchanged: the same object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class ChainvizError(Exception):
    """The root of the tree: catch it to catch whatever chainviz itself objects to."""


class NotAStepError(ChainvizError, TypeError):
    """Something that is neither a Runnable, a callable nor a dict of these stands where a step should."""


class AsyncOnlyError(ChainvizError, TypeError, NotImplementedError):
    """A sync verb was called of a step whose function is a coroutine function or an async generator function."""


class SyncOnlyError(ChainvizError, TypeError, NotImplementedError):
    """An async verb was called of a step that streams from a generator function."""


class InvalidInputError(ChainvizError, ValueError):
    """A step was given an input that it does not take."""


class InputTypeError(InvalidInputError, TypeError):
    """A step was given an input of another type than it takes."""


class InvalidArgumentsError(InvalidInputError):
    """The arguments that a tool was given do not fit its schema; `handle_validation_error` decides what becomes of it.
    What the tool's own code raises is another matter."""


class MissingVariableError(InvalidInputError, KeyError):
    """A prompt was formatted without one of its variables."""

    __str__ = Exception.__str__


class MissingFieldError(InvalidInputError, KeyError):
    """A message was made without a field that it needs."""

    __str__ = Exception.__str__


class NoMessageError(InvalidInputError, NotImplementedError):
    """What stands where a message, or a part of a prompt, should is of no form of one."""


class TemplateSyntaxError(InvalidInputError, SyntaxError):
    """The tags of a mustache template are not well formed."""

    __init__ = SyntaxError.__init__


class InvalidConfigError(ChainvizError, ValueError):
    """A config, an option or a parameter is not of the form that is expected there."""


class NoRunError(InvalidConfigError, RuntimeError):
    """Something that needs a run around it was called outside of one."""


class StepTimeoutError(ChainvizError, TimeoutError):
    """A call did not end within the seconds of its `config["timeout"]`."""


class ExecutorError(ChainvizError, RuntimeError):
    """An item of a batch could not be run on its executor: something does not pickle, or its worker died."""


class RecursionDepthError(ChainvizError, RecursionError):
    """A function kept returning runnables, or a chain kept calling itself, past `recursion_limit`."""


class OutputParserError(ChainvizError, ValueError):
    """A model's text is not what the parser reads; `llm_output` has the text. `observation` is what the model may be
    told of it, with `send_to_llm`. Raises ValueError where `send_to_llm` has not both."""

    def __init__(
        self,
        error: Any,
        observation: str | None = None,
        llm_output: str | None = None,
        send_to_llm: bool = False,
    ) -> None:
        super().__init__(error)
        if send_to_llm and (observation is None or llm_output is None):
            raise ValueError("an OutputParserError for the model: expected `observation` and `llm_output`, got None")
        self.observation = observation
        self.llm_output = llm_output
        self.send_to_llm = send_to_llm


class ToolError(ChainvizError):
    """Raised by a tool to say that it failed; `handle_tool_error` decides what becomes of it."""


class FilterError(InvalidConfigError):
    """A filter of the views does not parse."""


class JournalError(ChainvizError, ValueError):
    """A file is not a journal, or one that can't be read; the message names the line."""


class ProgramError(ChainvizError, RuntimeError):
    """A program outside Python failed; the message is its own."""


class MissingProgramError(ProgramError):
    """A program outside Python is needed and not installed."""


class MissingPackageError(ChainvizError, ImportError):
    """A package that an extra of chainviz installs is not there."""


class MissingBundleError(ChainvizError, FileNotFoundError):
    """The built front end is not where the package expects it."""


def shorten(value: Any, limit: int = 80) -> str:
    """A value's repr for an error message, at most `limit` characters, whatever its `__repr__` does."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def describe(error: BaseException) -> str:
    """What an exception says, after its class, whatever its `__str__` does."""
    try:
        text = str(error)
    except Exception:
        text = shorten(error)
    return f"{type(error).__name__}: {text}"


def listed(names: Iterable[object]) -> str:
    """Names, or nothing, for an error message: `'a', 'b'`."""
    return ", ".join(repr(name) for name in names) or "nothing"


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant: `; did you mean 'tags'?`, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
