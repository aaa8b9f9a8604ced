"""List the cautions there are."""

import click


@click.command("cautions", short_help="List cautions and what they do.")
@click.option("--lang", default="en", show_default=True, metavar="TAG", help="Language of the names.")
@click.help_option("-h", "--help", help="Show this help and exit.")
def command(lang: str) -> None:
    """List the cautions: key, name, what each leaves out, what it changes."""
    from gluterelief_pdf import handout
    from gluterelief_pdf.tables import Content

    for caution, name in handout.caution_names(lang, Content.of()):
        out, changes = (", ".join(names) or "-" for names in (caution.bar, caution.change))
        click.echo(f"{caution.key}\t{name}\tleaves out: {out}\tchanges: {changes}")
