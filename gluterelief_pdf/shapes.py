"""What a table of the content may hold, said once: a value of another kind is told with its key, not met later."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["a text", "a number", "true or false", "a list of texts", "a list of two numbers"]
KINDS: Mapping[type, str] = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}


class Faults(Protocol):
    """What gathers faults with their key."""

    def add(self, key: str, what: str) -> None:
        """Note one fault."""


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose keys are names that somebody chose, each over a value of one shape."""

    each: "Shape"


@dataclass(frozen=True, slots=True)
class Record:
    """A table whose keys are fixed; what is not named here is told elsewhere, or means nothing."""

    parts: Mapping[str, "Shape"]
    needed: tuple[str, ...] = ()


Shape = Kind | Named | Record

NUMBER = Record(
    {
        **dict.fromkeys(("value", "min", "max", "lowest", "limit"), "a number"),
        "unit": "a text",
        "source": "a list of texts",
    }
)
POSITION = Record(
    {"figure": "a text", "equipment": "a list of texts", "floor": "true or false", "inline": "true or false"}
)
TECHNIQUE = Record(
    {
        **dict.fromkeys(("group", "instead_of"), "a text"),
        **dict.fromkeys(("equipment", "cells", "source"), "a list of texts"),
        **dict.fromkeys(("log", "one_picture"), "true or false"),
        "dose": Named(NUMBER),
        "position": Named(POSITION),
    }
)
CAUTION = Record(
    {
        **dict.fromkeys(("bar", "source"), "a list of texts"),
        "change": Named("a text"),
        "limit": Named("a number"),
        "ask": "true or false",
    }
)
FACTS = Record(
    {
        "version": "a text",
        "number": Named(NUMBER),
        "safety": Named(Named("a list of texts")),
        "applies": Named("a list of texts"),
        "technique": Named(TECHNIQUE),
        "caution": Named(CAUTION),
        "limit-reason": Named(Named("a text")),
        "habit": Named(Record({"figure": "a text"})),
        "source": Named(Record({"text": "a text"})),
    }
)
FIGURES = Named(
    Record(
        {"file": "a text", **dict.fromkeys(("view_box", "shows"), "a list of two numbers")}, needed=("file", "view_box")
    )
)
REGIONS = Named(
    Record(
        {**dict.fromkeys(("emergency", "urgent"), "a list of texts"), "paper": "a text"}, needed=("emergency", "paper")
    )
)
LANGUAGE_TEXTS = ("name", "english", "direction", "paper", "font", "range", "digits", "babel")
LANGUAGES = Named(
    Record(
        {
            **dict.fromkeys((*LANGUAGE_TEXTS, "between", "stop"), "a text"),
            "aliases": "a list of texts",
            "density": "a list of two numbers",
        },
        needed=LANGUAGE_TEXTS,
    )
)


def check(faults: Faults, value: object, shape: Shape, key: str = "") -> None:
    """Note everything in a value that is of another kind than its shape says, or missing."""
    if isinstance(shape, str):
        if not _fits(value, shape):
            faults.add(key, f"should be {shape}, not {kind(value)}")
    elif not isinstance(value, Mapping):
        faults.add(key or "the file", f"should be a table, not {kind(value)}")
    elif isinstance(shape, Named):
        for name, below in value.items():
            check(faults, below, shape.each, _below(key, name))
    else:
        for name in shape.needed:
            if name not in value:
                faults.add(_below(key, name), "is missing")
        for name, part in shape.parts.items():
            if name in value:
                check(faults, value[name], part, _below(key, name))


def kind(value: object) -> str:
    """Name the kind of a value of TOML."""
    return "a table" if isinstance(value, Mapping) else KINDS.get(type(value), "a date")


def _fits(value: object, wanted: Kind) -> bool:
    if wanted == "a list of texts":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if wanted == "a list of two numbers":
        return isinstance(value, list) and len(value) == 2 and all(_fits(each, "a number") for each in value)
    return kind(value) == wanted and not (isinstance(value, float) and not math.isfinite(value))


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
