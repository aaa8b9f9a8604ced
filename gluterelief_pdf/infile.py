"""A file that somebody named → its bytes: never those of a pipe or a device, never more than are sane."""

import errno
import stat
from pathlib import Path

MAX_BYTES = 10_000_000


class UnfitError(OSError):
    """A file that is there, but not to be read; the hint says what to do."""

    def __init__(self, number: int, why: str, hint: str) -> None:
        super().__init__(number, why)
        self.hint = hint


def is_there(path: Path) -> bool:
    """Tell whether there is anything of that name; where we may not look, using it tells why.

    `Path.exists` raises an error there, until Python 3.14.
    """
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def read(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a plain file of at most `limit` bytes.

    A pipe could keep us waiting for ever, and a device such as /dev/zero has no end.

    Raises:
        OSError: if it can't be read.
        UnfitError: if it is no plain file, or larger.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UnfitError(errno.EISDIR, "is a folder, not a file", "Give the folder another name, or name a file.")
    if not stat.S_ISREG(mode):
        raise UnfitError(errno.EINVAL, "is a pipe or a device, not a file", "Name a plain file.")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UnfitError(errno.EFBIG, f"is larger than {limit // 1_000_000} MB", "Save a smaller copy and try again.")
    return content


def text(path: Path, limit: int = MAX_BYTES) -> str:
    """Read a file of UTF-8 text, with or without the mark that Windows writes.

    Raises:
        OSError: as `read` does.
        UnicodeDecodeError: if it is no such text.
    """
    return read(path, limit).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
