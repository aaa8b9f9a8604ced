"""WeasyPrint imported without what our sheets do not need, which takes more than half of the time of its import.

fontTools' cutting of fonts, which HarfBuzz does for us, and WeasyPrint's own style sheets are read when something asks
for them. Its C declarations, which it parses at each start, come parsed (declared.py). What is not the same as we know
it is read as usual.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from gluterelief_pdf.wrapping import unknown

LATER = ("fontTools.subset", "fontTools.varLib.instancer")
SHEETS = {"html5_ua.css": "UA_STYLESHEET", "html5_ua_form.css": "UA_FORM_STYLESHEET", "html5_ph.css": "PH_STYLESHEET"}


@contextmanager
def less() -> Iterator[None]:
    """Import WeasyPrint in here.

    Raises:
        RenderError: if it has no place for what was left out.
    """
    if "weasyprint" in sys.modules or not (found := find_spec("weasyprint")) or not found.origin:
        yield
        return
    import cffi
    import tinycss2

    css = Path(found.origin).parent / "css"
    texts = {(css / file).read_text(encoding="utf-8"): name for file, name in SHEETS.items() if (css / file).is_file()}
    parse, parser = tinycss2.parse_stylesheet, cffi.FFI
    later = {name: _Later(name) for name in LATER if name not in sys.modules}
    sys.modules.update(later)
    tinycss2.parse_stylesheet = lambda text: [] if text in texts else parse(text)
    cffi.FFI = lambda: _Declarations(parser)
    try:
        yield
    finally:
        tinycss2.parse_stylesheet, cffi.FFI = parse, parser
        for name in later:
            del sys.modules[name]
    _leave_unread({name: text for text, name in texts.items()})


class _Later(ModuleType):
    """Stands for a module whose functions are called now and then."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: getattr(import_module(self.__name__), name)(*args, **options)


class _Declarations:
    """Stands for what knows the C declarations."""

    def __init__(self, parser: Callable[[], Any]) -> None:
        self._parser = parser

    def cdef(self, text: str) -> None:
        """Take the declarations, parsed beforehand if they are the same."""
        from gluterelief_pdf import declared

        known: Any = declared.ffi
        if sha256(text.encode()).hexdigest() != declared.SHA256:
            known = self._parser()
            known.cdef(text)
        vars(self).update((name, getattr(known, name)) for name in dir(known) if not name.startswith("__"))


def _leave_unread(texts: Mapping[str, str]) -> None:
    """Have WeasyPrint's own style sheets, which are empty as yet, read as soon as one asks for what is in them."""
    import weasyprint
    from weasyprint import html
    from weasyprint.css.counters import CounterStyle

    class Unread(weasyprint.CSS):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            text = self.__dict__.pop("unread", None)
            if text is None:
                raise AttributeError(name)
            self.__class__ = weasyprint.CSS
            weasyprint.CSS.__init__(self, string=text, counter_style=html.UA_COUNTER_STYLE)
            return getattr(self, name)

    class Counters(CounterStyle):  # type: ignore[misc]
        def copy(self) -> Any:
            self.__class__ = CounterStyle
            _ = html.UA_STYLESHEET.matcher  # they stand in it
            return self.copy()

    try:
        for name, text in texts.items():
            sheet = getattr(html, name)
            sheet.__class__ = Unread
            vars(sheet).clear()
            sheet.unread = text
        html.UA_COUNTER_STYLE.__class__ = Counters
    except (AttributeError, TypeError) as error:
        raise unknown() from error
