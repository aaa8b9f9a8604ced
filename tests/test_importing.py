"""WeasyPrint imported with less of what it does not need here, and whole for whoever needs it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks import declarations

PAGE = "<!doctype html><html lang=en><title>x</title><body><ol><li>One<input value=two></ol><p align=right>Three</html>"
WHOLE = f"""
from weasyprint.text.fonts import FontConfiguration
from gluterelief_pdf import fonts
config = FontConfiguration()
css = weasyprint.CSS(string=fonts.css(fonts.needed("")) + "* {{ font-family: Fira Sans }}", font_config=config)
document = weasyprint.HTML(string={PAGE!r}).render(
    stylesheets=[css], font_config=config, pdf_forms=True, presentational_hints=True
)
print(json.dumps(hashlib.sha256(document.write_pdf(pdf_forms=True)).hexdigest()))
"""


def told(program: str) -> Any:
    """Run a program in a process of its own, and give what it prints."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import hashlib, json, sys\n{program}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout)


def test_what_our_sheets_do_not_need_is_not_read() -> None:
    found = told(
        "from gluterelief_pdf import pdf; weasyprint = pdf.ready()\n"
        "from weasyprint import html; from weasyprint.text import ffi\n"
        "from gluterelief_pdf import declared\n"
        "sheets = [html.UA_STYLESHEET, html.UA_FORM_STYLESHEET, html.PH_STYLESHEET]\n"
        "print(json.dumps([[n for n in ('fontTools.subset', 'pycparser.c_parser') if n in sys.modules],"
        " [list(vars(sheet)) for sheet in sheets], ffi.ffi.new == declared.ffi.new]))"
    )

    assert found == [[], [["unread"]] * 3, True]


def test_others_find_all_of_it() -> None:
    less = told(f"from gluterelief_pdf import pdf\nweasyprint = pdf.ready()\n{WHOLE}")
    plain = told(f"import weasyprint\n{WHOLE}")

    assert less == plain


def test_counter_styles_are_there_for_whoever_asks_first() -> None:
    assert told(
        "from gluterelief_pdf import pdf; weasyprint = pdf.ready()\n"
        "page = weasyprint.HTML(string='<p>x')\n"
        "print(json.dumps(['lower-greek' in style for style in page._ua_counter_style() * 2]))"
    ) == [True, True]


def test_font_tools_come_when_they_are_called() -> None:
    assert told(
        "from gluterelief_pdf import pdf; pdf.ready()\n"
        "from weasyprint.pdf import fonts\n"
        "options = fonts.subset.Options(); import fontTools.subset\n"
        "print(json.dumps([type(options) is fontTools.subset.Options, fontTools.subset is fonts.subset]))"
    ) == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        "from gluterelief_pdf import declared; declared.SHA256 = 'of others'",
        "from gluterelief_pdf import importing; importing.SHEETS = {'none.css': 'NONE'}",
        "import weasyprint",
    ],
)
def test_another_weasyprint_is_imported_as_it_is(change: str) -> None:
    assert (
        told(
            f"{change}\nfrom gluterelief_pdf import handout; from gluterelief_pdf.model import Clinic\n"
            "print(json.dumps(handout.make('en', Clinic()).pages))"
        )
        == 6
    )


def test_a_weasyprint_without_those_style_sheets_is_told() -> None:
    assert (
        told(
            "from gluterelief_pdf import errors, importing, pdf\n"
            "importing.SHEETS = {'html5_ua.css': 'OTHER_NAME'}\n"
            "try: pdf.ready()\n"
            "except errors.RenderError as error: print(json.dumps(str(error)))"
        )
        == "this version of WeasyPrint is not known"
    )


def test_the_declarations_are_those_of_the_weasyprint_that_is_installed() -> None:
    written = declarations.FILE.read_text(encoding="utf-8")

    assert written == declarations.text(), "run `make declarations`"
