"""A checked roster → a run: what is made, what is said of it, and the exit code."""

import contextlib
import datetime
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf import naming, printfile, printing
from gluterelief_pdf.cache import Cache
from gluterelief_pdf.cli import hiring, locking, mailing, paper, posting
from gluterelief_pdf.cli.orders import Book
from gluterelief_pdf.cli.remembered import Inputs
from gluterelief_pdf.crew import Crew
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.folder import Folder
from gluterelief_pdf.manifest import DONE, FAILED, Entry
from gluterelief_pdf.resume import Run
from gluterelief_pdf.roster import Fault, Roster, RosterError
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.tables import Content
from gluterelief_pdf.worker import Bench

SOME_FAILED, INTERRUPTED = 1, 130


def go(settings: Settings, content: Content, name: str, roster: Roster, given: Mapping[str, Any]) -> int:
    """Make a sheet for every row, and give the exit code.

    Raises:
        RosterError: with every row that is wrong, unless they are skipped.
        HandoutError: for what is wrong whatever the rows say.
    """
    began = time.monotonic()
    pattern = naming.check(given["name_pattern"] or naming.PATTERN)
    locking.check(name, roster, given)
    inputs = Inputs(settings, content, given["logo"], datetime.date.today())
    book = Book(settings, given, Shelf(content), inputs, pattern)
    book.take(roster.rows)
    faults = [*roster.faults, *book.faults, *locking.faults(roster, given), *posting.faults(roster.rows, given)]
    if given["really"]:
        mailing.mailbox(settings)
    if given["print_to"] is not None:
        printing.check(given["print_to"])
    site = hiring.site(given)
    if site and site.note and given["encrypt"]:
        hint = "Use tls:// and the three certificate files, or make the sheets on this machine."
        raise OptionError("--encrypt: with tcp:// the passwords would cross the network in the clear", hint=hint)
    if faults and not (given["skip_bad"] and all(fault.row for fault in faults)):
        raise RosterError.of(name, faults)
    if given["drafts"]:
        posting.prepare(given["drafts"])
    for note in (*book.notes, *filter(None, [site and site.note])):
        click.echo(f"Note: {note}.", err=True)
    with Folder(given["out"]) as folder:
        wrong = {fault.row for fault in faults}
        orders = [order for order in book.sealed(folder.secret) if order.row not in wrong]
        bench = Bench(
            folder=folder.path,
            content=content,
            settings=book.benches,
            cache=None if given["no_cache"] else Cache.usual(),
            records=given["records"],
        )
        refused = _refused(faults)
        run = Run(orders, refused, bench, limit=given["limit"])
        _check_places(name, run)
        if given["print_file"]:
            sheets = [folder.path / order.file for order in orders]
            taken = {"a sheet": sheets, "a record": [sheet.with_suffix(".json") for sheet in sheets]}
            taken |= {"the list of the sheets": [run.manifest], "the roster": [Path(name)]}
            taken |= {"the clinic's settings": [settings.path]} if settings.path else {}
            _check_print_file(given["print_file"], taken, len(sheets))
        for fault in faults:
            click.echo(f"Skipped: {name}, {fault}", err=True)
        failed = _made(run, hiring.crew(bench, site, given["jobs"]), name, {order.row: order.line for order in orders})
        if failed is None:
            done = sum(entry.status == DONE for entry in run.entries.values())
            click.echo(
                f"Interrupted: {done} of {len(run.entries)} sheets are there. Run the same command again to go on.",
                err=True,
            )
            return INTERRUPTED
        if given["print_file"]:
            for part in printfile.write(given["print_file"], run.files()):
                click.echo(part)
            if others := printfile.others(given["print_file"], len(run.files())):
                names = ", ".join(path.name for path in others)
                click.echo(
                    f"Note: {names}: of an earlier run; look whether it is still right before it is printed.", err=True
                )
        click.echo(run.manifest)
        _summary(run, failed, len(refused), time.monotonic() - began)
        if given["print_to"] is not None:
            paper.send(
                run.entries.values(), folder.path, given["print_to"], copies=given["copies"], limit=given["limit"]
            )
        rows = {row.number: row for row in roster.rows}
        post = posting.Mail(Path(name).name, rows, orders, book.benches, book.shelf, folder, given["consent"])
        mailed = _mailed(post, run, settings, given)
    return mailed or (SOME_FAILED if failed or faults else 0)


def _mailed(post: posting.Mail, run: Run, settings: Settings, given: Mapping[str, Any]) -> int:
    """Write drafts, send, or tell what would be sent; give the exit code."""
    done = frozenset(row for row, entry in run.entries.items() if entry.status == DONE)
    if not any(post.rows[row].email for row in done):
        return 0
    if given["drafts"]:
        posting.drafts(post, done, settings, given)
    if given["really"]:
        return posting.sent(post, done, settings, given)
    if not given["drafts"] and settings.mail and settings.mail.server:
        posting.told(post, done, settings, given)
    return 0


def _refused(faults: Iterable[Fault]) -> list[Entry]:
    """Note the rows that give no sheet, each with everything that is wrong with it."""
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(str(fault))
    return [Entry(row, "", "", FAILED, error=" ".join(said)) for row, said in wrong.items()]


def _check_places(name: str, run: Run) -> None:
    if run.foreign:
        faults = [
            Fault(order.line, "", f"{file} is there already, and no earlier run made it") for order, file in run.foreign
        ]
        raise RosterError.of(name, [*faults[:-1], _with_hint(faults[-1])])


def _check_print_file(print_file: Path, taken: Mapping[str, Iterable[Path]], number: int) -> None:
    written = {os.path.realpath(path) for path in (print_file, *printfile.parts(print_file, number))}
    for what, paths in taken.items():
        if written & set(map(os.path.realpath, paths)):
            raise OptionError(f"--print-file: has the name of {what}", hint="Choose another name for it.")


def _with_hint(fault: Fault) -> Fault:
    return Fault(fault.line, fault.column, fault.what, "Name another folder with --out, or move that file away.")


def _made(run: Run, crew: Crew, name: str, lines: Mapping[int, int]) -> int | None:
    """Make everything, with a bar on a terminal; give how many failed, none if it was interrupted."""
    failed = 0
    bar: Any = contextlib.nullcontext()
    if sys.stderr.isatty():
        began = time.monotonic()
        bar = click.progressbar(
            length=run.todo,
            label="Making sheets",
            show_pos=True,
            file=sys.stderr,
            item_show_func=lambda made: f"{made / (time.monotonic() - began):.1f} a second" if made else None,
        )
    made = run.go(crew)
    try:
        with bar as shown, contextlib.closing(made):
            for number, entry in enumerate(made, start=1):
                if entry.status == FAILED:
                    failed += 1
                    click.echo(
                        f"{chr(10) if shown else ''}Failed: {name}, line {lines[entry.row]}: {entry.error}", err=True
                    )
                elif entry.error:
                    click.echo(f"Note: {name}, line {lines[entry.row]}: {entry.error}.", err=True)
                if shown:
                    shown.update(1, number)
    except KeyboardInterrupt:
        return None
    return failed


def _summary(run: Run, failed: int, skipped: int, seconds: float) -> None:
    done = sum(entry.status == DONE for entry in run.entries.values())
    waiting = len(run.entries) - done - failed - skipped
    alone = f" ({run.full} rendered whole for one patient)" if run.full else ""
    parts = [f"{done} sheets are there, {done - run.kept} of them made now{alone}"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{skipped} rows skipped"] if skipped else []
    parts += [f"{waiting} left out by --limit"] if waiting else []
    click.echo(f"{'; '.join(parts)}; {seconds:.0f} seconds.", err=True)
    if run.earlier:
        number = len(run.earlier)
        click.echo(
            f"Note: {number} sheets of an earlier roster are there too; {run.manifest.name} names them.", err=True
        )
