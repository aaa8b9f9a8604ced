"""Show a clinician the whole text of a language, and record that it was reviewed."""

import datetime
from pathlib import Path

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.settings import Settings
from gluterelief_pdf.tables import Content


@click.command("review", short_help="Read all the words and sign them off.", context_settings=options.CONTEXT)
@options.LANG
@click.option("--by", default="", metavar="TEXT", help='Who reviews: "Name, role". Without it the text is only shown.')
@click.option("--on", "day", default="today", show_default=True, metavar="DATE", help="The day of the review.")
@click.option("--yes", is_flag=True, help="The text was read: don't show it and don't ask.")
@options.CLINIC
@options.OVERRIDES
@options.HELP
@click.pass_obj
def command(settings: Settings, /, lang: str, by: str, day: str, yes: bool, overrides: Path | None) -> None:
    """Read everything a patient may read in one language, and sign it off in clinic.toml."""
    from gluterelief_pdf import clinicfile, entries, handout, words
    from gluterelief_pdf.model import Signoff

    if by:
        path = options.needs_file(settings)
        entries.check("--by", by)
    content = Content.of(overrides)
    lang = words.find(lang, content).tag
    clinic = options.lines(settings, lang)
    text = handout.everything(lang, clinic, content)
    if not yes:
        click.echo_via_pager(text)
    if not by:
        return
    if not yes and not click.confirm(f"Have you read all of it, and do you sign it off as {by}?", err=True):
        raise OptionError("nothing was signed off", hint="Say yes when the text is right.")
    when = options.date_of(day)
    if when is None or when > datetime.date.today():
        raise OptionError("--on: a review cannot be of a day to come", hint="Leave --on out for today.")
    seal = handout.seal(lang, clinic, content, (), when)
    clinicfile.sign(path, Signoff(lang, by, when, seal.digest, seal.parts))
    click.echo(f"{path}: {lang} signed off by {by} on {when}")
