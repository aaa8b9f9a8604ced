"""List the techniques there are."""

import click


@click.command("techniques")
@click.option("--lang", default="en", show_default=True, metavar="TAG", help="Language of the names and doses.")
def command(lang: str) -> None:
    """List the techniques: key, group, name, default dose."""
    from gluterelief_pdf import handout
    from gluterelief_pdf.model import Clinic
    from gluterelief_pdf.quantities import plain

    sheet = handout.fill(lang, Clinic())
    for technique in sheet.plan.techniques:
        words = vars(sheet.texts.technique)[technique.key]
        dose = plain(", ".join(cell.value for cell in words.cells))
        click.echo("\t".join((technique.key, technique.group, words.name, dose)).rstrip())
