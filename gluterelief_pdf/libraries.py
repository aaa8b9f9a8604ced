"""The system libraries that WeasyPrint loads: which are here, which version, and what installs them."""

import ctypes
import ctypes.util
import platform
from collections.abc import Callable
from dataclasses import dataclass

INSTALL = {
    "debian": "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "ubuntu": "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "fedora": "sudo dnf install pango harfbuzz",
    "suse": "sudo zypper install libpango-1_0-0 libharfbuzz-subset0",
    "arch": "sudo pacman -S pango",
    "alpine": "sudo apk add pango harfbuzz-subset",
    "Darwin": "brew install pango",
    "Windows": "pacman -S mingw-w64-ucrt-x86_64-pango (in MSYS2)",
}
ELSEWHERE = "your system's package manager: Pango and HarfBuzz"


@dataclass(frozen=True, slots=True)
class Library:
    """A system library; no version if it is not here."""

    name: str
    version: str | None


def install_command() -> str:
    """Give the command that installs the system libraries here."""
    system = platform.system()
    if system != "Linux":
        return INSTALL.get(system, ELSEWHERE)
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((INSTALL[name] for name in names if name in INSTALL), ELSEWHERE)


def found() -> tuple[Library, ...]:
    """Look for every library, and ask it for its version."""
    return tuple(Library(name, _version(file, ask)) for name, file, ask in WANTED)


def _version(name: str, ask: Callable[[ctypes.CDLL], str]) -> str | None:
    for file in (f"lib{name}.so.0", f"lib{name}.so.1", f"lib{name}.0.dylib", None):  # a search takes a process
        try:
            place = file or ctypes.util.find_library(name)
            return ask(ctypes.CDLL(place)) if place else None
        except (OSError, AttributeError):
            continue
    return None


def _text(function: str) -> Callable[[ctypes.CDLL], str]:
    def ask(library: ctypes.CDLL) -> str:
        call = getattr(library, function)
        call.restype = ctypes.c_char_p
        return str(call().decode())

    return ask


def _has(function: str) -> Callable[[ctypes.CDLL], str]:
    def ask(library: ctypes.CDLL) -> str:
        getattr(library, function)  # raises AttributeError where the library is another one
        return "present"

    return ask


def _fontconfig(library: ctypes.CDLL) -> str:
    number = library.FcGetVersion()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


WANTED: tuple[tuple[str, str, Callable[[ctypes.CDLL], str]], ...] = (
    ("Pango", "pango-1.0", _text("pango_version_string")),
    ("PangoFT2", "pangoft2-1.0", _has("pango_ft2_font_map_new")),
    ("HarfBuzz", "harfbuzz", _text("hb_version_string")),
    ("HarfBuzz subset", "harfbuzz-subset", _has("hb_subset_input_create_or_fail")),
    ("Fontconfig", "fontconfig", _fontconfig),
)
