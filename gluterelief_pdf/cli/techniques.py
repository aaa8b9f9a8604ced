"""List the techniques there are."""

import click


@click.command("techniques", short_help="List techniques and positions.")
@click.option("--lang", default="en", show_default=True, metavar="TAG", help="Language of the names and doses.")
def command(lang: str) -> None:
    """List the techniques: key, group, name, default dose; under each its positions, the easiest first."""
    from gluterelief_pdf import handout
    from gluterelief_pdf.model import Clinic
    from gluterelief_pdf.quantities import plain

    sheet = handout.fill(lang, Clinic())
    for technique in sheet.plan.techniques:
        words = vars(sheet.texts.technique)[technique.key]
        dose = plain(", ".join(cell.value for cell in words.cells))
        click.echo("\t".join((technique.key, technique.group, words.name, dose)).rstrip())
        if len(technique.positions) > 1:
            for at in technique.positions:
                click.echo(f"  {technique.key}.{at.key}\t{technique.group}\t{vars(words.position)[at.key].name}")
