"""TOML files read strictly: every fault is gathered with file and key, none is raised alone."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gluterelief_pdf.errors import ContentError


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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(f"{path.name}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"{path.name}: {error}", hint="Correct the file and try again.") from error


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
