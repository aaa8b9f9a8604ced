"""The finished file → the disk, whole or not at all."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from gluterelief_pdf.errors import OutputError


def send(content: bytes) -> None:
    """Write to standard output.

    Raises:
        OutputError: if nobody reads it to the end.
    """
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (so that no second error comes at exit)
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"standard output: cannot be written: {reason}", hint="Name a file with --output.") from error


def write(path: Path, content: bytes) -> None:
    """Write a file atomically: whoever opens it sees the old one or the new one, never half of one.

    Raises:
        OutputError: if the folder is missing or can't be written to, or the disk is full.
    """
    target = Path(os.path.realpath(path))  # a symbolic link stays one
    if target.is_dir():
        raise OutputError(f"{path}: is a folder", hint="Name a file, such as handout-en.pdf.")
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = (
            "Make the folder first, or choose another one." if not target.parent.is_dir() else "Choose another place."
        )
        raise OutputError(f"{path}: cannot be written: {reason}", hint=hint) from error
    finally:
        with suppress(OSError):
            draft.unlink()
