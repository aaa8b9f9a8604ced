"""List the languages there are."""

import datetime
from pathlib import Path

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.settings import Settings

HEAD = ("tag", "name", "English name", "direction", "sign-off", "font")


@click.command("languages", short_help="List the languages.", context_settings=options.CONTEXT)
@options.CLINIC
@options.OVERRIDES
@options.HELP
@click.pass_obj
def command(settings: Settings, /, overrides: Path | None) -> None:
    """List the languages: tag, own name, English name, direction, who signed it off, whether its font is there."""
    from gluterelief_pdf import fonts, handout, words
    from gluterelief_pdf.tables import Content

    content, today = Content.of(overrides), datetime.date.today()
    click.echo("\t".join(HEAD))
    for tag, language in words.languages(content).items():
        state = handout.seal(tag, options.lines(settings, tag), content, settings.signoffs, today).state
        signed = f"{state.valid.by}, {state.valid.on}" if state.valid else "none"
        face = fonts.called(language.font)
        font = language.font if face.installed else f"missing: {face.command}"
        click.echo("\t".join((tag, language.name, language.english, language.direction, signed, font)))
