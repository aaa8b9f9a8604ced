"""List the languages there are."""

import click


@click.command("languages", short_help="List the languages.")
def command() -> None:
    """List the languages: tag, own name, English name, direction."""
    from gluterelief_pdf import words
    from gluterelief_pdf.tables import Content

    for tag, language in words.languages(Content.of()).items():
        click.echo(f"{tag}\t{language.name}\t{language.english}\t{language.direction}")
