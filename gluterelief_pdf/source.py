"""A page of HTML as WeasyPrint reads it, with less of WeasyPrint's own style sheet.

Some of its rules are for every element: the numbers of notes, the marker of what may be a list's item. Each costs all
elements a style of their own. A page that has neither notes nor lists of anything but `li` looks the same without.
"""

import re
from functools import cache
from typing import Any

import weasyprint
from weasyprint.css.counters import CounterStyle
from weasyprint.html import UA

NOTES = re.compile(r"^::(?:foot)?note-\w+ \{.*\}\n", re.MULTILINE)
MARKER = re.compile(r"^::marker(?= \{)", re.MULTILINE)
NEEDED_BY = ("footnote", "note(", "list-item")  # in CSS


class Source(weasyprint.HTML):  # type: ignore[misc]
    """A page of HTML."""

    def __init__(self, css: str, page: str, fetcher: Any) -> None:
        super().__init__(string=page, url_fetcher=fetcher)
        self._whole = any(word in text for word in NEEDED_BY for text in (css, page))

    def _ua_stylesheets(self, forms: bool = False) -> Any:
        own, *rest = super()._ua_stylesheets(forms)
        return [own if self._whole else _less(), *rest]


@cache
def _less() -> Any:
    less = MARKER.sub("li::marker", NOTES.sub("", UA))
    return weasyprint.CSS(string=less, counter_style=CounterStyle())  # the page has these from the original
