"""HTML → a tagged PDF/UA-1, sealed: only shipped fonts, no network, no file outside the named folders.

WeasyPrint is imported when a PDF is made, not before: `make-handout --help` is quick without it, and a missing library
becomes a sentence.
"""

import ctypes.util
import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from gluterelief_pdf import libraries
from gluterelief_pdf.errors import RenderError
from gluterelief_pdf.model import Rendered

VARIANT = "pdf/ua-1"  # ISO 14289-1: what screen readers and print shops support today
MAX_RESOURCE_BYTES = 10_000_000
NO_FONTS = "No fonts configured in FontConfig"  # we want none but our own


class MissingCharactersError(RenderError):
    """No shipped font has these characters."""

    characters: str = ""


def render(
    html: str,
    *,
    css: str,
    folders: Iterable[Path],
    forms: bool = False,
    others: Iterable[str] = (),
    allowed: int | None = None,
) -> Rendered:
    """Make the PDF. The same input gives the same bytes, with the same Pango, HarfBuzz and zlib.

    With more pages than allowed, the others are tried: the first that keeps to them is taken, or else the shortest.

    Raises:
        RenderError: if a library is missing, or WeasyPrint warns of anything.
        MissingCharactersError: if a character would print as an empty box.
    """
    weasyprint = ready()
    with _Complaints() as complaints, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_FONTS)
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError

        from gluterelief_pdf import tags

        tags.install()
        fetcher = _fetcher(folders)
        config = FontConfiguration()
        sheet = weasyprint.CSS(string=css, font_config=config, url_fetcher=fetcher)
        document: Any = None
        try:
            for way in chain([html], others):
                source = weasyprint.HTML(string=way, url_fetcher=fetcher)
                tags.mark_decorative(source.etree_element)
                tried = source.render(stylesheets=[sheet], font_config=config, pdf_forms=forms)
                if document is None or len(tried.pages) < len(document.pages):
                    document = tried
                if allowed is None or len(document.pages) <= allowed:
                    break
            pdf = document.write_pdf(pdf_variant=VARIANT, finisher=tags.finish, pdf_forms=forms)
        except FatalURLFetchingError as refusal:  # no Exception, so that nothing on its way can swallow it
            raise _not_shipped(fetcher.denied) from refusal
    if missing := sorted({chr(point) for font in document.fonts.values() for point in font.missing}):
        unprintable = MissingCharactersError(f"no shipped font has {', '.join(missing)}")
        unprintable.characters = "".join(missing)
        raise unprintable
    if fetcher.denied:  # inside an SVG the refusal itself is swallowed
        raise _not_shipped(fetcher.denied)
    if complaints.heard:
        raise RenderError(f"the page cannot be laid out as written: {complaints.heard[0]}")
    return Rendered(pdf=pdf, pages=len(document.pages))


def _not_shipped(denied: list[str]) -> RenderError:
    return RenderError(f"the page asks for something that is not shipped: {denied[0]}")


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
