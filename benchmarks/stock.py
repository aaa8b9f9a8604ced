"""WeasyPrint as its documentation says to use it, on the same HTML, style sheets and fonts as the program's own."""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from gluterelief_pdf import handout, layout
from gluterelief_pdf.model import Sheet
from gluterelief_pdf.pdf import Press, ready

Work = tuple[Sequence[str], str]  # pages to lay out, of which the last is printed; style
PROCESS = """import os, sys, warnings
os.environ["FONTCONFIG_FILE"] = {conf!r}
warnings.simplefilter("ignore")
import weasyprint
from weasyprint.text.fonts import FontConfiguration
config = FontConfiguration()
sheet = weasyprint.CSS({css!r}, font_config=config)
weasyprint.HTML({html!r}).write_pdf({pdf!r}, stylesheets=[sheet], font_config=config, pdf_variant="pdf/ua-1")
"""


def command(folder: Path, sheet: Sheet) -> str:
    """Lay ready a process that makes a sheet in its best looking layout, and give the line that starts it."""
    html, css, _ = handout.source(sheet)
    (folder / "stock.html").write_text(html, encoding="utf-8")
    (folder / "stock.css").write_text(css, encoding="utf-8")
    conf = str(Path(handout.__file__).with_name("fonts.conf"))
    files = {kind: str(folder / f"stock.{kind}") for kind in ("html", "css", "pdf")}
    (folder / "stock.py").write_text(PROCESS.format(conf=conf, **files), encoding="utf-8")
    return f"{sys.executable} {folder}/stock.py"


def made(work: Work) -> bytes:
    """Make a sheet."""
    ready()
    warnings.simplefilter("ignore")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    pages, css = work
    for html in pages:
        config = FontConfiguration()
        sheet = weasyprint.CSS(string=css, font_config=config)
        document = weasyprint.HTML(string=html).render(stylesheets=[sheet], font_config=config)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def tried(sheet: Sheet, scratch: Path, press: Press) -> Work:
    """Give the pages that one who tries the layouts in their order lays out, the one that is printed last.

    What is cut out of large fonts is put into the scratch folder.
    """
    import weasyprint

    pages: list[str] = []
    found: list[int] = []
    for way in layout.layouts(sheet):
        html, css, folders = handout.source(sheet, way, scratch)
        style, config, fetcher = press.style(css, folders)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style], font_config=config)
        pages.append(html)
        found.append(len(document.pages))
        if found[-1] <= layout.allowed(sheet):
            return pages, css
    pages.append(pages.pop(found.index(min(found))))
    return pages, css
