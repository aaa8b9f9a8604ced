"""A digest of everything but the options that a sheet depends on: program, libraries, content, templates."""

import hashlib
import json
import os
import platform
import re
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from gluterelief_pdf import libraries
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import Content

PACKAGES = (
    *("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "cssselect2", "pyphen", "fonttools", "pillow", "cffi"),
    *("jinja2", "markupsafe", "babel", "segno", "defusedxml", "uharfbuzz", "justmytype-intl-cjk"),
    *("fontpkg-fira-sans", "fontpkg-heebo", "fontpkg-hind", "fontpkg-ibm-plex-sans-arabic", "fontpkg-noto-sans-thai"),
)
WORDS = "words"


def of(content: Content, tags: Iterable[str] | None = None) -> str:
    """Digest what every sheet in some languages depends on, in all if none is named (SHA-256, hexadecimal)."""
    package = Path(__file__).parent
    sources = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".conf"))
    words = None if tags is None else {f"{tag}.toml" for tag in (*tags, "en")}
    folders = [(shipped("templates"), "templates"), (content.shipped, "content")]
    folders += [(content.own, "own")] if content.own else []
    found = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    for path in sources:
        _add(found, f"program/{path.relative_to(package)}", path)
    for folder, name in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if words is None or path.parent.name != WORDS or path.name in words:
                _add(found, f"{name}/{path.relative_to(folder)}", path)
    return found.hexdigest()


def _add(found: "hashlib._Hash", name: str, path: Path) -> None:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # told where it is used, if it is
        digest = "unreadable"
    found.update(f"\n{name} {digest}\n".encode())


def versions() -> dict[str, str | None]:
    """Give the version of everything that is not ours, none for what is not here."""
    found: dict[str, str | None] = {library.name: library.version for library in libraries.found()}
    found |= {name: _installed().get(name) or _asked(name) for name in PACKAGES}
    found |= {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "epoch": os.environ.get("SOURCE_DATE_EPOCH", "0"),
    }
    return found


@cache
def _installed() -> dict[str, str]:
    """Read versions off the names of folders: ten times as quick as to ask, and a copied sheet is asked for often."""
    found = {}
    for folder in reversed(sys.path):
        with suppress(OSError):
            for entry in os.listdir(folder or "."):  # noqa: PTH208 (a quarter of the time)
                if entry.endswith(".dist-info"):
                    name, _, version = entry.removesuffix(".dist-info").partition("-")
                    found[re.sub("[-_.]+", "-", name).lower()] = version
    return found


def _asked(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
