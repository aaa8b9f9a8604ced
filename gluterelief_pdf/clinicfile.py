"""Writes clinic.toml: a commented new one, and a sign-off into one that is there, whose comments stay."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gluterelief_pdf import infile, output, signoff
from gluterelief_pdf.errors import ClinicError
from gluterelief_pdf.model import Signoff

HEAD = "# What your sheets say of your clinic. A line that begins with # is switched off: take the # away to use it.\n"
ENTRIES = (  # key, what it is, an example for where nothing was given
    ("name", "Your clinic's name, as it stands on the sheet.", "Riverside Physical Therapy"),
    ("logo", "Your logo: PNG, JPEG or SVG, beside this file.", "clinic.png"),
    ("address", "Your address, a text for each line.", ["12 Mill Lane", "Springfield"]),
    ("phone", "How patients reach you.", "555-0100"),
    ("email", "", "desk@riverside.example"),
    ("website", "", "riverside.example"),
    ("booking", "The web address where a visit is booked.", "https://riverside.example/book"),
    ("country", "Your country decides the emergency number, the paper and some words.", "US"),
    ("colour", 'Your colour, or "auto" to take it from the logo.', "auto"),
    ("paper", '"letter" or "a4", if not the country\'s.', "letter"),
    ("language", "The language of your sheets where none is named; see make-handout languages.", "en"),
    (
        "techniques",
        "The techniques of your sheets where none is named; see make-handout techniques.",
        ["ball.wall", "stretch"],
    ),
    ("opening", "A line of your own under the title, in your language.", "Bring this sheet to your next visit."),
    ("closing", "A line of your own at the end.", "We are glad to help."),
    ("urgent", "Whom to call the same day, besides the doctor.", "our nurse, 555-0101"),
    ("emergency", "Only if your country's number is not right where you are.", ["911"]),
    ("overrides", "A folder with your own words, doses, pictures and templates.", "overrides"),
)
TAIL = """
# To send sheets by e-mail, take the # away here; docs/mail.md tells more. It has to stay at the end.
# [mail]
# from = "desk@riverside.example"
# host = "smtp.riverside.example"
# user = "desk@riverside.example"
# password_command = ["pass", "show", "clinic-mail"]
"""


def new(values: Mapping[str, Any]) -> str:
    """Write a clinic.toml: what is given is switched on, all else stands as a comment with an example."""
    rows = [HEAD]
    for key, what, example in ENTRIES:
        if what:
            rows.append(f"\n# {what}\n")
        value = values.get(key)
        rows.append(f"{key} = {_toml(value)}\n" if value else f"# {key} = {_toml(example)}\n")
    return "".join(rows) + TAIL


def sign(path: Path, record: Signoff) -> None:
    """Put a sign-off into a clinic.toml; an earlier one of the same language gives way, everything else stays.

    Raises:
        ClinicError: if the file can't be read.
        OutputError: if it can't be written; the old file is then untouched.
    """
    with output.alone(path):
        _sign(path, record)


def _sign(path: Path, record: Signoff) -> None:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(infile.read(path).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ClinicError(f"{path}: cannot be read: {error}", hint="Correct the file and try again.") from error
    entry = tomlkit.table()
    entry.add("language", record.language)
    entry.add("by", record.by)
    entry.add("on", record.on)
    entry.add("digest", record.digest)
    rows = "\n".join(f"{name} {value}" for name, value in signoff.short(record.parts).items())
    entry.add("parts", tomlkit.string(f"\n{rows}\n", multiline=True))
    records = tomlkit.aot()
    for other in document.get("signoff", []):
        if other.get("language") != record.language:
            records.append(other)
    records.append(entry)
    document.pop("signoff", None)
    document.append("signoff", records)
    output.write(path, tomlkit.dumps(document).encode())


def _toml(value: Any) -> str:
    import tomlkit

    return str(tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string())
