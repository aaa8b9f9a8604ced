"""HTML → a tagged PDF/UA-1, sealed: only shipped fonts, no network, no file outside the named folders.

WeasyPrint is imported when a PDF is made, not before: `make-handout --help` is quick without it, and a missing library
becomes a sentence.
"""

import ctypes.util
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from gluterelief_pdf import importing, libraries
from gluterelief_pdf.errors import QuotingError, RenderError
from gluterelief_pdf.layout import Ends, Piece
from gluterelief_pdf.model import Rendered, Slot
from gluterelief_pdf.store import Store

VARIANT = "pdf/ua-1"  # ISO 14289-1: what screen readers and print shops support today
MAX_RESOURCE_BYTES = 10_000_000
NO_FONTS = "No fonts configured in FontConfig"  # we want none but our own


Choose = Callable[[Callable[[int], int], Callable[[int], Sequence[Piece]]], int]
MOST_STYLES = 8  # kept by a press: each holds its fonts open


class MissingCharactersError(RenderError):
    """No shipped font has these characters."""

    characters: str = ""


def render(
    html: str,
    *,
    css: str,
    folders: Iterable[Path],
    forms: bool = False,
    own: bool = False,
    others: Sequence[Callable[[], str]] = (),
    choose: Choose | None = None,
    ends: Callable[[int], Ends] | None = None,
    alike: bool = False,
    press: "Press | None" = None,
) -> Rendered:
    """Make the PDF. The same input gives the same bytes, with the same Pango, HarfBuzz and zlib, on a used press too.

    `own` tells that templates or style sheets of a clinic's own are in it. Where there are other ways to lay it out,
    `choose` gives the number of the way that is taken. It gets two functions: the first tells how many pages a way
    takes, the second the pieces that it is made of. `ends` gives, for the number of a way, what foretells in which of
    its pieces a page ends. With `alike` numbers do not matter to the heights of the pieces.

    Raises:
        RenderError: if a library is missing, or WeasyPrint warns of anything.
        MissingCharactersError: if a character would print as an empty box.
    """
    ready()
    with _Complaints() as complaints, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_FONTS)
        from weasyprint.urls import FatalURLFetchingError

        from gluterelief_pdf import cut, lines, parts, styles, tags
        from gluterelief_pdf.source import Source

        tags.install()
        lines.install()
        styles.install()
        press = press or Press()
        sheet, config, fetcher = press.style(css, tuple(folders))
        config.styles = None if own or forms else config.kept  # else more than the rules that are known may be in it

        def rendered(page: str) -> Any:
            source = Source(page, fetcher=fetcher, own=own)
            tags.mark_decorative(source.etree_element)
            return source.render(stylesheets=[sheet], font_config=config, pdf_forms=forms, cache=press.pictures)

        def chosen(ways: Sequence[Callable[[], str]]) -> Any:
            prepared = cache(lambda number: press.pictures.prepare(ways[number](), fetcher))
            foretold: Callable[[int], Ends | None] = ends or (lambda _: None)
            laid_out = cache(lambda number: press.parts.laid_out(prepared(number), css, rendered, foretold(number)))
            pieces = partial(press.parts.pieces, style=css, render=rendered, alike=alike)
            if not choose or len(ways) == 1:
                return laid_out(0)
            return laid_out(choose(lambda number: len(laid_out(number).pages), lambda number: pieces(prepared(number))))

        try:
            press.parts.begin()
            document = chosen((lambda: html, *others))
            parts.fill(document)
            rooms: dict[str, Slot] = {}

            def finish(document: Any, written: Any) -> None:
                tags.finish(document, written)
                rooms.update(cut.finish(document, written))

            pdf = document.write_pdf(pdf_variant=VARIANT, finisher=finish, pdf_forms=forms)
        except FatalURLFetchingError as refusal:  # no Exception, so that nothing on its way can swallow it
            raise _not_shipped(fetcher.denied) from refusal
        if fetcher.denied or complaints.heard:  # by a picture, maybe, which must be complained of the next time too
            press.pictures.clear()
            press.parts.clear()
        else:
            press.pictures.keep()
    if missing := sorted({chr(point) for font in document.fonts.values() for point in font.missing}):
        unprintable = MissingCharactersError(f"no shipped font has {', '.join(missing)}")
        unprintable.characters = "".join(missing)
        raise unprintable
    if fetcher.denied:  # inside an SVG the refusal itself is swallowed
        raise _not_shipped(fetcher.denied)
    if complaints.heard:
        raise QuotingError(f"the page cannot be laid out as written: {complaints.heard[0]}")
    return Rendered(pdf=pdf, pages=len(document.pages), slots=cut.placed(rooms, pdf))


class Press:
    """What the sheets of one process share: style sheets read once, fonts loaded once, pictures prepared once."""

    def __init__(self, drawings: Store | None = None) -> None:
        ready()
        from gluterelief_pdf.parts import Parts
        from gluterelief_pdf.pictures import Pictures

        self.parts = Parts()
        self.pictures = Pictures(drawings)
        self._styles: dict[tuple[str, tuple[Path, ...]], tuple[Any, Any, Any]] = {}

    def style(self, css: str, folders: tuple[Path, ...]) -> tuple[Any, Any, Any]:
        """Give a style sheet, its fonts, and a fetcher that knows their folders."""
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        from gluterelief_pdf.parts import STYLE
        from gluterelief_pdf.styles import Styles

        key = (css, folders)
        if key not in self._styles:
            if len(self._styles) >= MOST_STYLES:
                del self._styles[next(iter(self._styles))]
            config, fetcher = FontConfiguration(), _fetcher(folders)
            config.kept = Styles()
            sheet = weasyprint.CSS(string=css + STYLE, font_config=config, url_fetcher=fetcher)
            self._styles[key] = (sheet, config, fetcher)
        self._styles[key][2].denied.clear()
        return self._styles[key]


def _not_shipped(denied: list[str]) -> RenderError:
    return QuotingError(f"the page asks for something that is not shipped: {denied[0]}")


def ready() -> Any:
    """Import WeasyPrint with the font system sealed.

    Raises:
        RenderError: if a system library is missing, with what installs it.
    """
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # fontTools would write the time of day into some fonts
    hint = f"Install it with: {libraries.install_command()}"
    try:
        with (
            open(os.devnull, "w", encoding="utf-8") as quiet,
            _stdout_to(quiet),  # its banner goes to stdout
            _known_names(),
            importing.less(),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", message=NO_FONTS)
            import weasyprint
            from weasyprint.text.ffi import harfbuzz_subset
    except OSError as error:
        raise RenderError(f"a system library is missing: {str(error).splitlines()[0]}", hint=hint) from error
    if harfbuzz_subset is None:
        raise RenderError("a system library is missing: harfbuzz-subset", hint=hint)
    return weasyprint


@contextmanager
def _known_names() -> Iterator[None]:
    """Look for libraries by the names they have on Linux, without asking a compiler, which cffi would do for others."""
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _stdout_to(stream: Any) -> Any:
    from contextlib import redirect_stdout

    return redirect_stdout(stream)


def _fetcher(folders: Iterable[Path]) -> Any:
    """Make a fetcher of small data: URLs and of files below the folders; it notes what it denies."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    roots = [folder.resolve() for folder in folders]

    class Sealed(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
            self.denied: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            scheme = parts.scheme.lower()
            if scheme == "data" and len(url) <= MAX_RESOURCE_BYTES * 4 // 3:
                return super().fetch(url, headers)
            if scheme == "file" and parts.netloc in ("", "localhost"):
                path = Path(url2pathname(parts.path)).resolve()
                inside = any(path.is_relative_to(root) for root in roots)
                if inside and path.is_file() and path.stat().st_size <= MAX_RESOURCE_BYTES:
                    return super().fetch(url, headers)
            self.denied.append(url[:100])
            raise FatalURLFetchingError(f"not allowed: {url[:100]}")

    return Sealed()


class _Complaints(logging.Handler):
    """Collects WeasyPrint's warnings and errors, which would else be lines in a log that nobody reads."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())

    def __enter__(self) -> "_Complaints":
        self._logger = logging.getLogger("weasyprint")
        self._others = self._logger.handlers
        self._logger.handlers = [self]
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.handlers = self._others
