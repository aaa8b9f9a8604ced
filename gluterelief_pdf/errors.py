"""What a person can put right, with the exit code that tells which kind it is (docs: the README's table)."""

import traceback
from typing import ClassVar

UNNAMED = "To be told more, make a sheet without a patient: what is wrong may quote what stands on it."


class HandoutError(Exception):
    """The base of all errors that the command line shows without a traceback."""

    exit_code: ClassVar[int] = 5

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(printable(message))
        self.hint = printable(hint)


class OptionError(HandoutError):
    """An option's value is wrong."""

    exit_code = 2


class ContentError(HandoutError):
    """Words, facts or figures are wrong; the message lists every fault, one a line."""

    exit_code = 3


class ClinicError(HandoutError):
    """The clinic's logo or colour is wrong."""

    exit_code = 4


class RenderError(HandoutError):
    """The sheet can't be made: a library is missing, or a limit is reached."""

    exit_code = 5


class QuotingError(RenderError):
    """The page can't be rendered, and the message quotes it after a colon: a patient may stand there."""

    def unquoted(self) -> RenderError:
        """Tell the same without it."""
        return RenderError(str(self).partition(": ")[0], hint=UNNAMED)


class ClusterError(HandoutError):
    """The machines that were to make the sheets can't be reached, or are not fit. No row is blamed for it."""

    exit_code = 5


class OutputError(HandoutError):
    """The sheet can't be written where it should go."""

    exit_code = 6


class MailError(HandoutError):
    """The mail server can't be reached, trusted or logged in to. No letter is blamed for it."""

    exit_code = 7


def printable(text: str) -> str:
    """Write out what would steer a terminal, or turn its lines round: it may be quoted from anybody's file."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


class BugError(RuntimeError):
    """An error of the program, told by where it happened: what it says may hold anything, a patient's name too."""

    @classmethod
    def of(cls, bug: BaseException) -> "BugError":
        """Take from an error its traceback, and the kinds of errors that led to it."""
        return bug if isinstance(bug, cls) else cls(_places(bug))


def _places(bug: BaseException) -> str:
    """Write a traceback with the kinds of errors, and without what they say."""
    before = bug.__cause__ or bug.__context__
    above = f"{_places(before)}\nwhich led to:\n" if before else ""
    return f"{above}{''.join(traceback.format_tb(bug.__traceback__))}{type(bug).__name__}"
