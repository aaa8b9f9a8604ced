"""Draw the shipped figures in advance, for standard sheets and in low ink: `make drawings`, after a figure has changed."""

import argparse
import base64
import json
import zlib
from typing import Any
from unittest.mock import patch

from gluterelief_pdf import drawn, facts, page, pdf
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content


def made() -> dict[str, Any]:
    """Draw them, in the colour that stands for a clinic's."""
    press = pdf.Press()
    from gluterelief_pdf import pictures  # once WeasyPrint is there

    urls = [
        page.picture(figure, drawn.MARKER.decode(), lines=lines)
        for figure in facts.figures(Content.of()).values()
        for lines in (False, True)
    ]
    images = "".join(f'<img src="{url}" alt="figure">' for url in urls)
    with patch.object(drawn, "find", return_value=None):
        pdf.render(f"<html lang=en><title>figures</title><body>{images}</body></html>", css="", folders=(), press=press)
    found: dict[str, Any] = {}
    for url in urls:
        picture = press.pictures[pictures.name(url)]
        svg = base64.b64decode(url.partition(",")[2])
        found |= drawn.entry(svg, zlib.decompress(picture.drawn.content), picture.drawn.states)
    return found


def text(entries: dict[str, Any]) -> str:
    """Write the file."""
    return json.dumps(dict(sorted(entries.items())), indent=0) + "\n"


def main() -> None:
    """Draw them and write the file."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    file = shipped("content") / drawn.FILE
    file.write_text(text(made()), encoding="utf-8")
    print(file)


if __name__ == "__main__":
    main()
