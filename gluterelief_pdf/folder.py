"""The folder that a batch writes to: one runner at a time, and a secret by which rows are told apart."""

import os
import re
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from gluterelief_pdf.errors import OutputError

LOCK = ".make-handout"
DRAFT = re.compile(r"\..+\.[0-9a-f]{8}\.part")  # what a stopped run leaves: output.write names them so
SCRATCH = ".make-handout-"  # folders for what workers need while they work: fonts
SECRET_BYTES = 32


class Folder:
    """A folder that is ours as long as we are in it (`with`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secret = b""
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Take the folder; make it if it is not there.

        Raises:
            OutputError: if it can't be written to, or another run is in it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            self._lock = os.fdopen(descriptor, "r+b")
            if not _locked(self._lock):
                hint = "Wait until it is done, or name another folder with --out."
                raise OutputError(f"{self.path}: another run is making sheets in this folder", hint=hint)
            self.secret = self._lock.read(SECRET_BYTES)
            if len(self.secret) < SECRET_BYTES:
                self.secret = secrets.token_bytes(SECRET_BYTES)
                self._lock.seek(0)
                self._lock.write(self.secret)
                self._lock.flush()
                os.fsync(self._lock.fileno())
            self._sweep()
        except OSError as error:
            reason = "is not a folder" if isinstance(error, FileExistsError) else (error.strerror or str(error)).lower()
            raise OutputError(f"{self.path}: {reason}", hint="Choose another folder with --out.") from error
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Let go of it."""
        if self._lock:
            self._lock.close()

    def _sweep(self) -> None:
        """Remove what a run that was killed left half written."""
        for path in self.path.iterdir():
            if DRAFT.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                with suppress(OSError):
                    path.unlink()
            elif path.name.startswith(SCRATCH) and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


def _locked(file: IO[bytes]) -> bool:
    """Lock a file for this process; the system lets go of it when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(SECRET_BYTES)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
