"""Make one handout: what runs where no command is named."""

from pathlib import Path

import click

UNREVIEWED = "no clinician has signed off this content; have yours read it before you hand it out"
NO_COUNTRY = "no --country, so the sheet names the emergency numbers of several countries"


@click.command(
    "make-handout",
    context_settings={"auto_envvar_prefix": "MAKE_HANDOUT", "help_option_names": ["-h", "--help"]},
)
@click.option("--lang", default="en", show_default=True, metavar="TAG", help="Language; see `make-handout languages`.")
@click.option("--logo", type=click.Path(path_type=Path), metavar="FILE", help="Your logo: PNG, JPEG or SVG.")
@click.option("--clinic-name", default="", metavar="TEXT", help="Your clinic's name.")
@click.option("--phone", default="", metavar="TEXT", help="Your phone number.")
@click.option("--website", default="", metavar="TEXT", help="Your website.")
@click.option("--address", multiple=True, metavar="TEXT", help="Your address; once for each line.")
@click.option("--country", metavar="CODE", help="Your country, such as US or GB: it gives the emergency number.")
@click.option(
    "--colour",
    "--color",
    default="auto",
    show_default=True,
    metavar="auto|#rrggbb",
    help="Your colour; auto takes it from the logo.",
)
@click.option("--paper", type=click.Choice(["letter", "a4"]), help="Paper. [default: the country's]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    help="The file to write, or - for standard output. [default: handout-<lang>.pdf]",
)
@click.option("--open", "open_it", is_flag=True, help="Open the sheet when it is made.")
@click.help_option("-h", "--help", help="Show this help and exit.")
def command(
    lang: str,
    logo: Path | None,
    clinic_name: str,
    phone: str,
    website: str,
    address: tuple[str, ...],
    country: str | None,
    colour: str,
    paper: str | None,
    output: Path | None,
    open_it: bool,
) -> None:
    """Make one handout."""
    from gluterelief_pdf import clinic as clinics
    from gluterelief_pdf import facts, handout
    from gluterelief_pdf import output as files
    from gluterelief_pdf.tables import Content

    clinic, notes = clinics.make(
        name=clinic_name,
        address=address,
        phone=phone,
        website=website,
        region=facts.region(Content.of(), country) if country else None,
        logo=logo,
        colour=colour,
    )
    rendered = handout.make(lang, clinic, paper=paper)  # type: ignore[arg-type]
    for note in (*notes, *([] if country else [NO_COUNTRY]), UNREVIEWED):
        click.echo(f"Note: {note}.", err=True)
    if output == Path("-"):
        files.send(rendered.pdf)
        return
    target = output or Path(f"handout-{lang}.pdf")
    files.write(target, rendered.pdf)
    click.echo(target)
    if open_it:
        click.launch(str(target))
