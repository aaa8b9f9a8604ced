"""The command line: one module a command; this one holds what they share."""

import errno
import importlib
import os
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from gluterelief_pdf.errors import HandoutError, OutputError, printable

DEFAULT = "one"  # what runs when the first argument names no command
COMMANDS = (
    *("one", "batch", "init", "check", "review", "draft", "send", "outbox", "mail-check"),
    *("languages", "techniques", "cautions", "cache", "completion"),
)
HIDDEN = ("one",)
INTERRUPTED = 130

SECTIONS = {  # of the options of the default command, in the order of help
    "The clinic": (
        *("clinic", "lang", "logo", "clinic_name", "phone", "email", "website", "booking", "address"),
        *("country", "colour", "paper", "overrides"),
    ),
    "The patient": ("patient", "clinician", "date", "note", "side", "patient_in_title", "strict"),
    "The plan": ("technique", "without", "dose", "caution", "even_so"),
}

HELP = """Make a printable, accessible handout for easing sore spots in the buttocks at home.

\b
Examples:
  make-handout --lang en --logo clinic.png
  make-handout --logo clinic.svg --clinic-name "Riverside Physical Therapy" \\
      --phone 555-0100 --country US --output riverside.pdf
  make-handout --paper a4 --country GB --colour "#0b5394" --open
  make-handout init                     sets your clinic up, once
  make-handout --patient "Ann Lee" --date today --side left \\
      --technique ball.wall --technique stretch --caution blood-thinner
  make-handout batch roster.csv --out handouts/   a sheet for every row of a list
"""

EPILOG = """The path of the sheet goes to standard output, everything else to standard error.

\b
Environment:
  MAKE_HANDOUT_LOGO, MAKE_HANDOUT_COUNTRY, ...  a value for each option
  The command line wins over the environment, and that over clinic.toml.

\b
Exit codes:
  0 done    1 some rows failed    2 an option, a roster, a dose, a caution    3 words, facts
  4 clinic.toml, logo, colour   5 library, rendering   6 the file could not be written
  7 the mail server             1 some were not sent   75 some were put off: run again
  130 interrupted

\b
See also:
  make-handout check --logo clinic.png   is everything here and well?
  make-handout completion bash           options at the press of Tab
"""


class Commands(click.Group):
    """Loads a command only when it runs, runs `one` by default, and shows errors as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gluterelief_pdf.cli.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands and the options of the default command alike."""
        default = self.get_command(ctx, DEFAULT)
        assert default is not None
        own = default.shell_complete(click.Context(default, info_name=ctx.info_name), incomplete)
        names = {item.value for item in own}
        return own + [item for item in super().shell_complete(ctx, incomplete) if item.value not in names]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in ("-h", "--help", "--version"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the default command: they are what most people look for."""
        default = self.get_command(ctx, DEFAULT)
        assert default is not None
        inner = click.Context(default, info_name=ctx.info_name, parent=ctx)
        records = {
            option.name: record for option in default.get_params(inner) if (record := option.get_help_record(inner))
        }
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([records.pop(name) for name in names])
        records["version"] = ("--version", "Show the version and exit.")
        with formatter.section("The sheet, and what else comes out"):
            formatter.write_dl(list(records.values()))
        self.format_commands(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HandoutError as error:
            click.echo(f"Error: {error}", err=True)
            if error.hint:
                click.echo(error.hint, err=True)
            ctx.exit(error.exit_code)
        except click.UsageError as error:
            raise click.UsageError(printable(error.format_message()), error.ctx) from None
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (so that no second error comes at exit)
            click.echo("Error: no space is left for the output or for temporary files\nMake some room.", err=True)
            ctx.exit(OutputError.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted: nothing was written.", err=True)
            ctx.exit(INTERRUPTED)


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"make-handout {version('gluterelief-pdf')}")
        ctx.exit()


@click.group(
    cls=Commands,
    help=HELP,
    epilog=EPILOG,
    options_metavar="[OPTIONS]",
    subcommand_metavar="",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
def main() -> None:
    """Stand for all commands."""
