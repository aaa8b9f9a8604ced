"""The sheets of a batch → the printer, each once: a run that was stopped goes on with what is not printed yet."""

import itertools
import os
from collections.abc import Iterable
from pathlib import Path

import click

from gluterelief_pdf import printfile, printing
from gluterelief_pdf.errors import OutputError
from gluterelief_pdf.manifest import DONE, Entry

NOTE = ".printed"  # rows and digests of the sheets that the printer has taken


def send(entries: Iterable[Entry], folder: Path, queue: str, *, copies: int, limit: int | None) -> None:
    """Print the finished sheets in the order of the roster, but for those that were printed before; `limit` at most.

    Raises:
        OutputError: if there is no printer, or it refuses; what was printed until then is not printed again.
    """
    done = [entry for entry in sorted(entries, key=lambda entry: entry.row) if entry.status == DONE]
    note, printed = folder / NOTE, 0
    try:
        before = note.read_text(encoding="ascii", errors="replace") if note.exists() else ""
        known = set(before.splitlines())
        waiting = {line: entry for entry in done if (line := f"{entry.row} {entry.sha256}") not in known}
        with note.open("a", encoding="ascii") as notes:
            notes.write("\n" if before and not before.endswith("\n") else "")  # a full disk cut the last line off
            for line, entry in itertools.islice(waiting.items(), limit):
                path = folder / entry.file
                pdf = path.read_bytes()
                title = f"handout-{entry.language}"
                printing.send(pdf, queue, paper=printfile.paper(pdf), copies=copies, title=title, file=path)
                notes.write(f"{line}\n")
                notes.flush()
                os.fsync(notes.fileno())
                printed += 1
    except OSError as error:
        raise OutputError(f"{error.filename or note}: {(error.strerror or str(error)).lower()}") from error
    finally:
        click.echo(f"Printing: {printed} of {len(done)} sheets now.", err=True)
