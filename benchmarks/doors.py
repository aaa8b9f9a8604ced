"""What is put through each door: strategies of hypothesis, each of which gives the files and options of one run.

Nothing leads out of the folder it is tried in, and nothing is sent: see `benchmarks/fuzz.py`, which runs them.
"""

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from benchmarks.lines import options
from benchmarks.pieces import BESIDE, LANGUAGES, PIECES, TEXT, VALUE, WORD, Case, logos, mangled, svg, toml
from gluterelief_pdf.columns import COLUMNS
from gluterelief_pdf.resources import shipped
from gluterelief_pdf.tables import leaves

SLOW = ["check"]  # or another that looks at every language
CONTENT, TEMPLATES = shipped("content"), shipped("templates")
CLINIC: dict[str, Any] = {
    "name": "Riverside Physical Therapy",
    "logo": "clinic.png",
    "address": ["12 Mill Lane", "Springfield"],
    "phone": "555-0100",
    "email": "desk@riverside.example",
    "website": "riverside.example",
    "booking": "https://riverside.example/book",
    "country": "US",
    "colour": "#0b6e6e",
    "paper": "a4",
    "language": "es",
    "techniques": ["ball.wall", "stretch"],
    "opening": {"en": "Welcome.", "es": "Bienvenida."},
    "closing": "We are glad to help.",
    "urgent": "our nurse, 555-0101",
    "emergency": ["911"],
    "mail": {
        "from": "desk@riverside.example",
        "reply_to": "ada@riverside.example",
        "host": "localhost",
        "port": 2525,
        "security": "starttls",
        "user": "desk",
        "password_file": "password",
        "ca_file": "authority.pem",
        "ledger": "outbox.sqlite",
        "per_minute": 30,
        "timeout": 5,
        "pauses": [1, 5],
    },
    "signoff": [{"language": "en", "by": "Ada Moss", "digest": "00", "parts": "facts 00"}],
}


@st.composite
def _seldom(draw: DrawFn, command: list[str]) -> list[str]:
    """Run what looks at every language one time in ten."""
    if command != SLOW:
        return command
    return (
        draw(st.sampled_from([["languages"], ["check"]]))
        if draw(st.integers(0, 9)) == 0
        else ["draft", "--to", "ann@home.example"]
    )


@st.composite
def clinic(draw: DrawFn) -> Case:
    """A clinic.toml: right but for a few keys, or damaged."""
    keys = draw(st.sets(st.sampled_from(sorted(CLINIC)), min_size=1))
    table: dict[str, Any] = {key: CLINIC[key] for key in keys}
    for _ in range(draw(st.integers(0, 3))):
        key = draw(st.one_of(st.sampled_from(sorted(CLINIC)), TEXT.filter(bool)))
        inner = table.get(key)
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            below = draw(st.one_of(st.sampled_from(sorted(inner)), TEXT.filter(bool)))
            table[key] = {**inner, below: draw(VALUE)}
        else:
            table[key] = draw(st.one_of(VALUE, st.lists(WORD, max_size=6), st.dictionaries(st.just("en"), VALUE)))
    content = toml(table)
    if draw(st.integers(0, 3)) == 0:
        content = draw(mangled(content))
    if re.search(rb"(?i)(ledger|_file|logo|overrides)['\"]*\s*=\s*\S*(/|\.\.)", content):  # stays in its folder
        content = b""
    command = draw(
        st.sampled_from(
            [
                ["--patient", "Ann Lee"],
                ["--lang", "en"],
                ["draft", "--to", "ann@home.example"],
                ["send", "--to", "ann@home.example"],
                ["batch", "roster.csv"],
                ["outbox"],
                ["review", "--lang", "en", "--yes", "--by", "Ada Moss, PT"],
                SLOW,
            ]
        )
    )
    return Case(draw(_seldom(command)), {**BESIDE, "clinic.toml": content})


CELLS = {
    "names": ["ball.wall", "stretch; press", "pigeon", "blood-thinner", "ball.wall, fingers", "pregnancy"],
    "doses": ["ball.hold=45s", "ball.hold=45s; glute-bridge.days=2", "pigeon.hold=9999"],
    "flag": ["yes", "no", "ja", "1", "x", "maybe"],
    "side": ["left", "right", "both", "links", "izquierda"],
    "edition": ["standard", "large-print", "low-ink"],
    "paper": ["letter", "a4", "A4"],
    "day": ["2026-11-25", "25.11.2026", "5/6/2026", "13/13/2026", "0000-00-00", "today"],
    "language": [*LANGUAGES, "Spanish", "zh-TW", "xx"],
    "consent": ["yes", "no", "2026-11-25"],
    "text": ["Ann Lee", "José Ruiz", "A-1", "a@home.example", "https://riverside.example", "#0b6e6e", "US", "auto"],
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"]


@st.composite
def roster(draw: DrawFn) -> Case:
    """A list of patients, in the ways that spreadsheets write one, with wrong cells, or damaged."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=7, unique_by=lambda column: column.key))
    header = [draw(st.sampled_from([column.key, *column.names])) for column in columns]
    if draw(st.integers(0, 5)) == 0:
        header[draw(st.integers(0, len(header) - 1))] = draw(WORD)
    odd = draw(st.sampled_from([0, 0, 4, 12]))
    rows = []
    for _ in range(draw(st.integers(0, 5))):
        cells = [
            draw(WORD) if odd and draw(st.integers(0, odd)) == 0 else draw(st.sampled_from(["", *CELLS[column.kind]]))
            for column in columns
        ]
        rows.append(cells + [draw(WORD)] * (odd == 4 and draw(st.integers(0, 9)) == 0))
    text = io.StringIO()
    csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\r\n", "\n"])),
    ).writerows([header, *rows])
    content = text.getvalue().encode(draw(st.sampled_from(ENCODINGS[:2] * 3 + ENCODINGS)), "replace")
    if draw(st.integers(0, 4)) == 0:
        content = draw(mangled(content))
    more = draw(
        st.lists(
            st.sampled_from(
                [
                    ["--skip-bad"],
                    ["--records"],
                    ["--drafts", "drafts"],
                    ["--limit", "2"],
                    ["--dates", "day-first"],
                    ["--print-file", "all.pdf"],
                    ["--strict"],
                    ["--encoding", "cp1252"],
                    ["--name-pattern", "{id}-{row}"],
                    ["--name-pattern", "{language}"],
                    ["--patient-in-title"],
                ]
            ),
            max_size=3,
        )
    )
    return Case(
        ["batch", "list.csv", "--country", "US", *(each for pair in more for each in pair)], {"list.csv": content}
    )


FILES = ["facts.toml", "words/en.toml", "words/es.toml", "languages.toml", "regions.toml", "illustrations/index.toml"]
TABLES = {name: tomllib.loads((CONTENT / name).read_text(encoding="utf-8")) for name in FILES}


def _nodes(name: str) -> list[str]:
    found: dict[str, None] = {}
    for key in leaves(TABLES[name]):
        parts = key.split(".")
        found |= dict.fromkeys(".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return list(found)


NODES = {name: _nodes(name) for name in FILES}


def _at(tree: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


@st.composite
def _changed(draw: DrawFn, old: Any, name: str) -> Any:
    """Give another value for one that is shipped: near it, another one's, or anything."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(VALUE)
    if kind == 1:
        return _at(TABLES[name], draw(st.sampled_from(NODES[name])))
    if isinstance(old, str):
        cut = draw(st.integers(0, len(old)))
        return old[:cut] + draw(WORD) + old[cut:]
    if isinstance(old, bool | int | float):
        return draw(st.one_of(st.integers(-5, 500), st.just(old), st.floats(-5, 500), st.just(str(old))))
    if isinstance(old, list):
        return [*old[: draw(st.integers(0, len(old)))], *draw(st.lists(st.one_of(WORD, VALUE), max_size=2))]
    return {draw(st.one_of(TEXT.filter(bool), st.sampled_from(sorted(old or ()) or ["a"]))): draw(VALUE)}


@st.composite
def content(draw: DrawFn) -> Case:
    """A folder of overrides: a few keys changed or added, or a file damaged, or a drawing."""
    files = {}
    for name in draw(st.lists(st.sampled_from([*FILES, "drawing"]), min_size=1, max_size=2, unique=True)):
        if name == "drawing":
            drawing = draw(st.sampled_from(sorted((CONTENT / "illustrations").glob("*.svg"))))
            files[f"own/illustrations/{drawing.name}"] = draw(st.one_of(mangled(drawing.read_bytes()), svg()))
        elif draw(st.integers(0, 6)) == 0:
            files[f"own/{name}"] = draw(mangled((CONTENT / name).read_bytes()))
        else:
            table: dict[str, Any] = {}
            for _ in range(draw(st.integers(1, 3))):
                dotted = draw(st.sampled_from(NODES[name]))
                new = draw(_changed(_at(TABLES[name], dotted), name))
                *above, last = [
                    *dotted.split("."),
                    *([draw(TEXT.filter(bool))] if draw(st.integers(0, 5)) == 0 else []),
                ]
                below = table
                for key in above:
                    inner = below.setdefault(key, {})
                    below = inner if isinstance(inner, dict) else {}
                below[last] = new
            files[f"own/{name}"] = toml(table)
    command = draw(
        st.sampled_from(
            [
                ["--lang", "en"],
                ["--lang", "es"],
                ["--lang", "en", "--with", "es", "--technique", "ball", "--caution", "blood-thinner"],
                ["--country", "GB", "--dose", "ball.hold=45s", "--edition", "large-print"],
                ["draft", "--to", "ann@home.example", "--lang", "es"],
                ["batch", "roster.csv"],
                ["review", "--lang", "en", "--yes"],
                ["techniques"],
                ["cautions"],
                SLOW,
            ]
        )
    )
    return Case([*draw(_seldom(command)), "--overrides", "own"], {**BESIDE, **files})


BLOCKS = ["head", "start", "what", "safety", "find", "techniques", "prevention", "log", "end"]
JINJA = st.sampled_from(PIECES["jinja"])
HTML = st.sampled_from(PIECES["html"])
CSS = st.sampled_from(PIECES["css"])


@st.composite
def templates(draw: DrawFn) -> Case:
    """Templates and style sheets of a clinic's own: a block taken over, a shipped file damaged, a style laid over."""
    kind = draw(st.integers(0, 4))
    if kind < 2:
        body = "".join(draw(st.lists(st.one_of(JINJA, HTML, HTML, WORD), min_size=1, max_size=4)))
        block = draw(st.sampled_from(BLOCKS))
        name, text = (
            "handout.html",
            f'{{% extends "shipped/handout.html" %}}{{% block {block} %}}{body}{{% endblock %}}',
        )
        files = {name: text.encode()}
    elif kind == 2:
        body = "\n".join(draw(st.lists(st.one_of(CSS, WORD), min_size=1, max_size=4)))
        files = {
            draw(
                st.sampled_from(["css/90-ours.css", "css/20-sheet.css", "css/editions/large-print.css"])
            ): body.encode()
        }
    else:
        path = draw(st.sampled_from(sorted(path for path in TEMPLATES.rglob("*.*") if path.is_file())))
        files = {path.relative_to(TEMPLATES).as_posix(): draw(mangled(path.read_bytes()))}
    command = draw(
        st.sampled_from([["--technique", "fingers"], ["--edition", "large-print"], ["draft", "--to", "a@b.example"]])
    )
    return Case(
        [*command, "--overrides", "own"], {str(Path("own/templates", name)): text for name, text in files.items()}
    )


DOORS: dict[str, SearchStrategy[Case]] = {
    "clinic.toml": clinic(),
    "roster": roster(),
    "words and facts": content(),
    "options": options(),
    "logos": logos(),
    "templates": templates(),
}
