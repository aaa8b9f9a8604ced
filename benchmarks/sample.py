"""What is measured: the sheets of one clinic, and the program as a clinic runs it, with a cache of its own."""

import csv
import math
import os
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from gluterelief_pdf import clinic, facts, handout
from gluterelief_pdf.model import Choice, Clinic, Edition, Sheet
from gluterelief_pdf.shelf import Shelf

LOGO = Path(__file__).parents[1] / "docs" / "sample" / "clinic.png"
NAME, ADDRESS, PHONE, WEBSITE = (
    "Riverside Physical Therapy",
    "12 Mill Lane, Springfield",
    "555-0100",
    "riverside.example",
)
COUNTRY = "US"
CLINICIAN = "Ada Moss"
DATE, DATE_PRINTED = "2026-11-25", "November 25, 2026"
PROGRAM = Path(sys.executable).with_name("make-handout")
OPTIONS = (
    *("--logo", str(LOGO), "--clinic-name", NAME, "--address", ADDRESS, "--phone", PHONE, "--website", WEBSITE),
    *("--country", COUNTRY),
)  # fmt: skip


def who(shelf: Shelf) -> Clinic:
    """Give the clinic of the options."""
    found, _ = clinic.make(
        name=NAME,
        address=(ADDRESS,),
        phone=PHONE,
        website=WEBSITE,
        logo=LOGO,
        region=facts.region(shelf.content, COUNTRY),
    )
    return found


def filled(
    shelf: Shelf,
    tag: str = "en",
    *,
    choice: Choice | None = None,
    edition: Edition = "standard",
    beside: str | None = None,
    fillable: bool = False,
) -> Sheet:
    """Fill a sheet of the clinic, for no patient in particular."""
    return handout.fill(tag, who(shelf), shelf=shelf, choice=choice, edition=edition, beside=beside, fillable=fillable)


def choices(number: int, shelf: Shelf, chance: random.Random) -> list[Choice]:
    """Give plans that all differ: three to eight techniques, each with a dose of its own."""
    known = [technique for technique in shelf.facts.techniques if technique.group != "find"]
    found: dict[Choice, None] = {}
    while len(found) < number:
        chosen = chance.sample(known, chance.randint(3, 8))
        doses = []
        for technique in chosen:
            changeable = [part for part, n in technique.dose.items() if n.lowest is not None and n.limit is not None]
            if changeable:
                part = chance.choice(changeable)
                dose = technique.dose[part]
                doses.append(
                    f"{technique.key}.{part}={chance.randint(math.ceil(dose.lowest or 1), int(dose.limit or 1))}"
                )
        found[Choice(tuple(technique.key for technique in chosen), doses=tuple(doses))] = None
    return list(found)


def roster(path: Path, rows: Iterable[tuple[str, Choice]]) -> None:
    """Write a roster of patients' names and their plans."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["name", "techniques", "doses"])
        write.writerows([name, "; ".join(choice.techniques), "; ".join(choice.doses)] for name, choice in rows)


def names(choices: Sequence[Choice], number: int) -> list[tuple[str, Choice]]:
    """Give rows of different patients, the plans in turn."""
    return [(f"Patient {row + 1}", choices[row % len(choices)]) for row in range(number)]


def alone(folder: Path) -> dict[str, str]:
    """Give an environment in which the program has no clinic.toml, and keeps what it makes in a folder.

    Its modules are compiled once, as they are where it is installed.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "XDG_CONFIG_HOME": f"{folder}/config", "XDG_CACHE_HOME": f"{folder}/cache"}
