"""The finished file → the disk, whole or not at all."""

import errno
import glob
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gluterelief_pdf.errors import OutputError

STALE_S = 600.0  # a draft so old is of a run that was killed
KEPT = 50  # characters of a name in that of its draft: a disk takes 255 bytes, of which one may need four


def send(content: bytes) -> None:
    """Write to standard output.

    Raises:
        OutputError: if nobody reads it to the end.
    """
    if sys.stdout is None:
        raise OutputError("standard output: is closed", hint="Name a file with --output.")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (so that no second error comes at exit)
        hint = "Name a file with --output."
        raise OutputError(f"standard output: cannot be written: {_reason(error)}", hint=hint) from error


def write(path: Path, content: bytes) -> None:
    """Write a file atomically: whoever opens it sees the old one or the new one, never half of one.

    Raises:
        OutputError: if it is no file, the folder is missing or can't be written to, or the disk is full.
    """
    try:
        target = Path(os.path.realpath(path))  # a symbolic link stays one
        if target.is_dir():
            raise OutputError(f"{path}: is a folder", hint="Name a file, such as handout-en.pdf.")
        if target.exists() and not target.is_file():  # a device would be replaced for everybody
            raise OutputError(f"{path}: is not a file", hint="Name a file, or - for standard output.")
        _replace(target, content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error)}", hint=_cure(error)) from error


def sweep(path: Path) -> None:
    """Remove what a run that was killed while it wrote this file left; a batch does so for its whole folder."""
    try:
        target = Path(os.path.realpath(path))
    except OSError:  # the folder we stand in is gone: writing will tell
        return
    _remove_stale(target.parent, glob.escape(f".{target.name[:KEPT]}"))


def sweep_all(folder: Path, suffix: str) -> None:
    """Remove what killed runs left of all files of one kind in a folder that is not ours alone."""
    _remove_stale(folder, f".*{suffix}")


def _remove_stale(folder: Path, names: str) -> None:
    with suppress(OSError):  # of the folder, which writing tells
        for draft in folder.glob(f"{names}.{'?' * 8}.part"):
            with suppress(OSError):
                if time.time() - draft.lstat().st_mtime > STALE_S:
                    draft.unlink()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep others who ask for the same from a file's folder while it is read and written anew; not on Windows."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    except OSError:  # writing will tell
        yield
        return
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{target.name[:KEPT]}.{secrets.token_hex(4)}.part")
    old = target.stat() if target.exists() else None
    mode = 0o600 | stat.S_IMODE(old.st_mode) & 0o666 if old else 0o666  # from the start: what is open stays open
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            if old:
                _take_rights(descriptor, old)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    finally:
        with suppress(OSError):
            draft.unlink()


def _take_rights(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the rights of the old one: who could not read that shall not read this."""
    mode = stat.S_IMODE(old.st_mode)
    with suppress(OSError, AttributeError):  # Windows, disks without rights
        if os.fstat(descriptor).st_gid != old.st_gid:
            try:
                os.fchown(descriptor, -1, old.st_gid)
            except OSError:
                mode &= ~stat.S_IRWXG  # they are another group's
        os.fchmod(descriptor, mode)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _cure(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "Make the folder first, or choose another one."
    if error.errno == errno.ENAMETOOLONG:
        return "Choose a shorter name."
    return "Choose another place."
