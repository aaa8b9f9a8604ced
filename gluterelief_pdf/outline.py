"""What a clinic's own template may get wrong for those who listen to a sheet: headings, and pictures without a text."""

import re
from html.parser import HTMLParser

HEADING = re.compile(r"h([1-6])")


def faults(html: str) -> tuple[str, ...]:
    """Tell where a page leaves out a level of its headings, or has a drawing that a screen reader could not tell.

    ISO 14289-1, 7.4.2 and 7.3: a PDF/UA validator refuses both.
    """
    reader = _Reader()
    reader.feed(html)
    return tuple(reader.faults)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._level = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if found := HEADING.fullmatch(tag):
            level = int(found[1])
            if level > self._level + 1:
                before = f"<h{self._level}>" if self._level else "nothing"
                self.faults.append(f"<{tag}> stands below {before}: a level of headings is left out")
            self._level = level
        if tag == "svg":
            self.faults.append('<svg> has no text in place of it: put it into illustrations/, and use <img alt="…">')
