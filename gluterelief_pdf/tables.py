"""TOML files read strictly: every fault is gathered with file and key, none is raised alone."""

import difflib
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gluterelief_pdf import infile
from gluterelief_pdf.errors import ContentError
from gluterelief_pdf.resources import shipped


class Faults:
    """The faults found in one file, so that a person sees them all at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[str] = []

    def add(self, key: str, what: str) -> None:
        """Note one fault."""
        self.found.append(f"{self.file}: {key}: {what}")

    def unknown(self, key: str, name: str, known: Iterable[str]) -> None:
        """Note a name that nothing knows, with the nearest one that something does."""
        near = difflib.get_close_matches(name, list(known), n=1)
        self.add(key, f"unknown {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))

    def settle(self) -> None:
        """Raise ContentError with every fault, if there is one."""
        if self.found:
            raise ContentError("\n".join(self.found), hint="Correct the file and try again.")


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ContentError: if it is missing, not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(text(path))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}", hint="Correct the file and try again.") from error


def text(path: Path) -> str:
    """Read a file of UTF-8 text.

    Raises:
        ContentError: if it is missing, can't be read or is not UTF-8.
    """
    with _told(path):
        return infile.text(path)


def data(path: Path) -> bytes:
    """Read any file of the content.

    Raises:
        ContentError: if it is missing or can't be read.
    """
    with _told(path):
        return infile.read(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "Check the file and what names it in the overrides folder."
        raise ContentError(f"{path.name}: cannot be read: {reason}", hint=hint) from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name}: is not UTF-8 text", hint="Save it as UTF-8 and try again.") from error


def leaves(tree: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Flatten nested tables into dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        dotted = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and value:
            flat |= leaves(value, dotted)
        else:
            flat[dotted] = value
    return flat


@dataclass(frozen=True, slots=True)
class Content:
    """The shipped content, and a clinic's own folder laid over it: key by key, a list replaces a list."""

    shipped: Path
    own: Path | None = None

    @classmethod
    def of(cls, own: Path | None = None) -> "Content":
        """Give what is shipped, with a clinic's overrides if it has some.

        Raises:
            ContentError: if there is no such folder.
        """
        if own is not None and not (infile.is_there(own) and own.is_dir()):
            raise ContentError(f"{own}: there is no such folder of overrides", hint="Check the name and the folder.")
        return cls(shipped("content"), own)

    def table(self, name: str) -> dict[str, Any]:
        """Read a TOML file as merged.

        Raises:
            ContentError: if it is in neither folder, or one of the two can't be read.
        """
        own = self.own / name if self.own else None
        if own is None or not os.path.lexists(own):
            return read(self.shipped / name)
        base = read(self.shipped / name) if (self.shipped / name).is_file() else {}
        return merged(base, read(own))

    def file(self, name: str) -> Path:
        """Find a file: the clinic's own, if there is anything of that name, else the shipped one."""
        own = self.own / name if self.own else None
        return own if own and os.path.lexists(own) else self.shipped / name

    def is_own(self, name: str) -> bool:
        """Tell whether a file is the clinic's own."""
        return self.file(name) != self.shipped / name


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another. A number given as one value takes the place of a range, and the other way round."""
    result = dict(base)
    if "value" in own:
        result.pop("min", None)
        result.pop("max", None)
    elif "min" in own or "max" in own:
        result.pop("value", None)
    for key, value in own.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result
