"""The sheets of a batch → the printer, each once: a run that was stopped goes on with what is not printed yet."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from gluterelief_pdf import printfile, printing
from gluterelief_pdf.errors import OutputError
from gluterelief_pdf.manifest import DONE, Entry

NOTE = ".printed"  # rows and digests of the sheets that the printer has taken


def send(entries: Iterable[Entry], folder: Path, queue: str, copies: int) -> None:
    """Print the finished sheets in the order of the roster, but for those that were printed before.

    Raises:
        OutputError: if there is no printer, or it refuses; what was printed until then is not printed again.
    """
    wanted = [entry for entry in sorted(entries, key=lambda entry: entry.row) if entry.status == DONE]
    note = folder / NOTE
    before = set(note.read_text(encoding="ascii").splitlines()) if note.exists() else set()
    printed = 0
    try:
        with note.open("a", encoding="ascii") as notes:
            for entry in wanted:
                line = f"{entry.row} {entry.sha256}"
                if line in before:
                    continue
                path = folder / entry.file
                pdf = path.read_bytes()
                printing.send(
                    pdf, queue, paper=printfile.paper(pdf), copies=copies, title=f"handout-{entry.language}", file=path
                )
                notes.write(f"{line}\n")
                notes.flush()
                os.fsync(notes.fileno())
                printed += 1
    except OSError as error:
        raise OutputError(f"{note}: cannot be written: {(error.strerror or str(error)).lower()}") from error
    finally:
        kept = sum(f"{entry.row} {entry.sha256}" in before for entry in wanted)
        earlier = f"; {kept} printed before" if kept else ""
        click.echo(f"Printing: {printed} of {len(wanted)} sheets{earlier}.", err=True)
