"""A page of HTML as WeasyPrint reads it, with less of WeasyPrint's own style sheet.

Some of its rules are for every element: the numbers of notes, the marker of what may be a list's item. Each costs all
elements a style of their own. Our pages have neither notes nor lists of anything but `li`, and look the same without.
"""

import re
from functools import cache
from typing import Any

import weasyprint
from weasyprint.css.counters import CounterStyle
from weasyprint.html import UA

NOTES = re.compile(r"^::(?:foot)?note-\w+ \{.*\}\n", re.MULTILINE)
MARKER = re.compile(r"^::marker(?= \{)", re.MULTILINE)


class Source(weasyprint.HTML):  # type: ignore[misc]
    """A page of HTML."""

    def __init__(self, page: str, *, fetcher: Any, own: bool) -> None:
        """Read it. On a page with templates or style sheets of a clinic's own anything may stand: it gets all rules."""
        super().__init__(string=page, url_fetcher=fetcher)
        self._own = own

    def _ua_stylesheets(self, forms: bool = False) -> Any:
        whole, *rest = super()._ua_stylesheets(forms)
        return [whole if self._own else _less()[0], *rest]

    def _ua_counter_style(self) -> Any:
        return super()._ua_counter_style() if self._own else [_less()[1].copy()]


@cache
def _less() -> tuple[Any, Any]:
    counters = CounterStyle()
    return weasyprint.CSS(string=MARKER.sub("li::marker", NOTES.sub("", UA)), counter_style=counters), counters
