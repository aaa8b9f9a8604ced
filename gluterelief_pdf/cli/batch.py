"""Make one handout for every row of a roster."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gluterelief_pdf.cli import hiring, options, posting
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content


@click.command(
    "batch",
    short_help="One handout for every row of a CSV file.",
    context_settings=options.CONTEXT,
    no_args_is_help=True,
)
@click.argument(
    "roster", required=False, type=click.Path(path_type=Path, allow_dash=True, readable=False), metavar="ROSTER.csv"
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("handouts"), show_default=True, metavar="DIR",
              help="The folder for the sheets and their list, manifest.csv.")  # fmt: skip
@click.option("--template", type=click.Path(path_type=Path), metavar="FILE", help="Write an example of a roster.")
@click.option("--encoding", metavar="NAME", help="The roster's encoding, if it is neither UTF-8 nor marked UTF-16.")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column that is not for us; once for each.")
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How dates such as 5/6/2026 are meant.")
@click.option("--skip-bad", is_flag=True, help="Make the good rows though others are wrong.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Make the first N rows; mail and print N at most.")
@options.add(*hiring.OPTIONS)
@click.option("--name-pattern", default="", metavar="TEXT",
              help="Names of files. [default: {row:04d}-handout-{language}.pdf]")  # fmt: skip
@click.option("--print-file", type=click.Path(path_type=Path), metavar="FILE",
              help="All sheets in one file for a two-sided printer, in parts of 200 patients.")  # fmt: skip
@click.option("--records", is_flag=True, help="Beside each sheet its record as JSON, without the patient's name.")
@options.PRINT
@options.COPIES
@options.add(*posting.OPTIONS)
@options.NO_CACHE
@options.add(
    options.LANG,
    options.LOGO,
    *options.CLINIC_OPTIONS,
    options.CLINIC,
    options.OVERRIDES,
    *options.PATIENT_OPTIONS,
    *options.CHOICE_OPTIONS,
    *options.SHEET_OPTIONS,
)
@click.option("--patient-in-title", is_flag=True, help="Put the patient's name in the document's title as well.")
@click.option("--strict", is_flag=True, help="Refuse a name that no font can print; else a line is left to write on.")
@options.HELP
@click.pass_context
def command(ctx: click.Context, /, roster: Path | None, template: Path | None, **given: Any) -> None:
    """Make one handout for every row of a CSV file: name, language, techniques, doses, cautions and more.

    What a row leaves empty comes from the options, and from clinic.toml. The whole file is checked before anything is
    made. A run that was stopped goes on when it is started again.
    """
    from gluterelief_pdf import infile, output
    from gluterelief_pdf import roster as rosters
    from gluterelief_pdf.errors import OptionError, OutputError

    if template:
        if roster:
            hint = "Leave --template out to make the sheets, or the roster to write the example."
            raise OptionError("--template: writes an example, and makes no sheets", hint=hint)
        if infile.is_there(template) and not _same(template, rosters.example()):  # somebody's list of patients, maybe
            hint = "Choose another name for the example, or move that file away."
            raise OutputError(f"{template}: is there already", hint=hint)
        output.write(template, rosters.example())
        click.echo(template)
        return
    if roster is None:
        if given["print_to"]:
            raise OptionError(
                f"no roster is named: --print took {given['print_to']!r} for a printer",
                hint="To print on the usual printer, name the roster before --print.",
            )
        raise OptionError(
            "no roster is named", hint="Name a CSV file, or - for standard input; --template FILE makes one."
        )
    settings: Settings = ctx.obj
    content = Content.of(given["overrides"])
    read = rosters.load(
        str(roster), _bytes(roster), content, encoding=given["encoding"], ignored=given["ignore"], dates=given["dates"]
    )
    from gluterelief_pdf.cli import running

    with _stoppable():
        try:
            code = running.go(settings, content, str(roster), read, given)
        except KeyboardInterrupt:
            click.echo("Interrupted: what is finished is kept. Run the same command again to go on.", err=True)
            code = running.INTERRUPTED
    ctx.exit(code)


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _bytes(roster: Path) -> bytes:
    from gluterelief_pdf import csvfile, infile
    from gluterelief_pdf.errors import OptionError

    if roster == Path("-"):
        return sys.stdin.buffer.read(csvfile.MAX_BYTES + 1)
    try:
        if roster.is_dir():
            raise OptionError(f"{roster}: is a folder, not a CSV file", hint="Name the file.")
        return infile.read(roster, csvfile.MAX_BYTES)
    except FileNotFoundError:
        raise OptionError(f"{roster}: there is no such file", hint="Check the name and the folder.") from None
    except infile.UnfitError as error:
        raise OptionError(f"{roster}: {error.strerror}", hint=error.hint) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OptionError(f"{roster}: cannot be read: {reason}", hint="Check who may read the file.") from error


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take the end of a session, and a polite kill, as Ctrl-C."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    kinds = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {kind: signal.signal(kind, stop) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
