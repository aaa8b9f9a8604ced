"""The sheet by Typst, as a small tool with Click would make it: from a folder with the template and all that it needs."""

import json
from pathlib import Path

import click
import typst


def compiler(folder: Path) -> typst.Compiler:
    """Give a compiler that knows no fonts but the two of the sheet."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder / "fonts"])
    return typst.Compiler(b"", root=folder, font_paths=fonts)


def made(press: typst.Compiler, plan: str, patient: str, date: str, clinician: str) -> bytes:
    """Make one sheet from a file with its words and its three fields.

    The fields come as source: were they sys_inputs, nothing of the sheet before could be used again, and it would take four
    times as long.
    """
    fields = {"patient": patient, "date": date, "clinician": clinician}
    told = ", ".join(f"{field}: {json.dumps(value, ensure_ascii=False)}" for field, value in fields.items())
    source = f'#import "sheet.typ": handout\n#handout(json("{plan}"), ({told}))\n'
    pdf = press.compile(source.encode(), format="pdf", pdf_standards="ua-1", timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--patient", default="")
@click.option("--date", default="")
@click.option("--clinician", default="")
@click.option("--output", type=click.Path(path_type=Path), required=True)
def main(plan: Path, patient: str, date: str, clinician: str, output: Path) -> None:
    """Make one sheet."""
    output.write_bytes(made(compiler(plan.parent), plan.name, patient, date, clinician))
    click.echo(output)


if __name__ == "__main__":
    main()
