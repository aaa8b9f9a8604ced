"""Tell whether everything that a sheet needs is here and well."""

import datetime
import platform
from collections.abc import Generator, Iterator
from importlib.metadata import version
from pathlib import Path

import click

from gluterelief_pdf.cli import options
from gluterelief_pdf.errors import HandoutError, RenderError
from gluterelief_pdf.settings import Settings

SOFT_DPI = 200  # below this a printed logo looks a little soft


@click.command("check", short_help="Is everything here and well?", context_settings=options.CONTEXT)
@click.option("--logo", type=click.Path(path_type=Path, readable=False), metavar="FILE", help="A logo to look at.")
@click.option("--colour", "--color", default="auto", metavar="auto|#rrggbb", help="A colour to look at.")
@options.OVERRIDES
@options.CLINIC
@options.HELP
@click.pass_context
def command(ctx: click.Context, logo: Path | None, colour: str, overrides: Path | None) -> None:
    """Check libraries, fonts, clinic.toml, content, sign-offs, logo, colour; exits with the first fault's code."""
    code = 0
    for finding in _findings(ctx.obj, logo, colour, overrides):
        if isinstance(finding, HandoutError):
            click.echo(f"fault  {finding}")
            if finding.hint:
                click.echo(f"       {finding.hint}")
            code = code or finding.exit_code
        else:
            click.echo(f"ok     {finding}")
    ctx.exit(code)


def _findings(
    settings: Settings, logo: Path | None, colour: str, overrides: Path | None
) -> Iterator[str | HandoutError]:
    yield f"Python {platform.python_version()}, WeasyPrint {version('weasyprint')}, {platform.system()}"
    missing = yield from _libraries()
    yield from _fonts()
    yield f"clinic file: {settings.path}" if settings.path else "no clinic.toml: make-handout init makes one"
    yield from _content(settings, overrides)
    yield from _clinic(logo, colour)
    if not missing:
        yield from _trial()


def _libraries() -> Generator[str | HandoutError, None, bool]:
    """Look for the system libraries; the result tells whether one is missing."""
    from gluterelief_pdf import libraries

    missing = False
    for library in libraries.found():
        if library.version:
            yield f"{library.name}: {library.version}"
        else:
            missing = True
            hint = f"Install it with: {libraries.install_command()}"
            yield RenderError(f"{library.name}: missing", hint=hint)
    return missing


def _fonts() -> Iterator[str | HandoutError]:
    from gluterelief_pdf import fonts

    for face in fonts.FACES:
        if face.extra and not face.installed:
            yield f"font {face.name}: not installed; its languages need the extra [{face.extra}]"
            continue
        try:
            for name in (face.regular, face.bold):
                face.file(name)
        except RenderError as error:
            yield error
        else:
            yield f"font {face.name}: regular and bold"


def _content(settings: Settings, overrides: Path | None) -> Iterator[str | HandoutError]:
    from gluterelief_pdf import fonts, handout, words
    from gluterelief_pdf.model import Clinic
    from gluterelief_pdf.tables import Content

    try:
        content = Content.of(overrides)
        known = words.languages(content)
    except HandoutError as error:
        yield error
        return
    for tag, language in known.items():
        face = fonts.called(language.font)
        if face.extra and not face.installed:
            yield f"content in {tag}: not to be had without the extra [{face.extra}]"
            continue
        try:
            sheet = handout.fill(tag, Clinic(), content=content)
            clinic = options.lines(settings, tag)
            seal = handout.seal(tag, clinic, content, settings.signoffs, datetime.date.today())
        except HandoutError as error:
            yield error
        else:
            state = seal.state.warning or f"signed off by {seal.state.valid.by if seal.state.valid else ''}"
            yield f"content {sheet.facts.version} in {tag}: {len(sheet.plan.techniques)} techniques; {state}"


def _clinic(logo: Path | None, colour: str) -> Iterator[str | HandoutError]:
    from gluterelief_pdf import clinic as clinics
    from gluterelief_pdf import colour as colours

    try:
        clinics.make(colour=colour)
    except HandoutError as error:
        yield error
        colour = clinics.AUTO
    try:
        clinic, notes = clinics.make(logo=logo, colour=colour)
    except HandoutError as error:
        yield error
        return
    if clinic.logo:
        size = f"{clinic.logo.width_mm:.0f} × {clinic.logo.height_mm:.0f} mm"
        if clinic.logo.dpi is None:
            yield f"logo: drawn, {size}"
        else:
            soft = " (a little soft: a larger picture would be sharper)" if clinic.logo.dpi < SOFT_DPI else ""
            yield f"logo: {size} at {clinic.logo.dpi} dots per inch{soft}"
    brand = colours.brand(clinic.brand)
    on_white = colours.contrast(brand.accent, colours.WHITE)
    yield f"colour {brand.accent}: contrast {on_white:.1f}:1 on white, {colours.TEXT_CONTRAST}:1 is needed"
    yield from notes


def _trial() -> Iterator[str | HandoutError]:
    """Make a sheet: this runs the tag repairs, the sealed fonts and the limits as they are here."""
    from gluterelief_pdf import handout, limits, pdf
    from gluterelief_pdf.model import Clinic

    try:
        rendered = handout.make("en", Clinic())
    except HandoutError as error:
        yield error
        return
    yield f"a sheet can be made: {rendered.pages} pages, {pdf.VARIANT}, tags repaired, only shipped fonts embedded"
    bounds = f"{handout.TIMEOUT_S:.0f} seconds and {handout.MEMORY_BYTES // 2**20} MiB"
    yield f"limits on rendering: {bounds if limits.AVAILABLE else 'none on this system'}"
