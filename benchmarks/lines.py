"""Command lines, right and wrong: the door of the options of benchmarks/fuzz.py."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from benchmarks.pieces import BESIDE, LANGUAGES, WORD, Case

OPTIONS: dict[str, list[str]] = {
    "--lang": [*LANGUAGES, "pt", "zh-TW", "xx"],
    "--with": ["es", "en", "ar"],
    "--logo": ["clinic.png", "clinic.svg", "roster.csv", "none.png"],
    "--clinic-name": ["Riverside", "عيادة", "河畔"],
    "--phone": ["555-0100"],
    "--email": ["desk@riverside.example"],
    "--website": ["riverside.example", "http://[", "https://a.b:99999", "//x.y"],
    "--booking": ["https://riverside.example/book", "http://[::1]x.y", "https://é.example"],
    "--link": ["https://riverside.example/book", "a.b", "https://" + "a" * 290 + ".example"],
    "--address": ["12 Mill Lane", "a\\nb\\nc\\nd\\ne"],
    "--country": ["US", "gb", "UK", "XX"],
    "--colour": ["auto", "#0b6e6e", "teal", "#fff", "rgb(1,2,3)", "hsl(400,1%,1%)"],
    "--paper": ["letter", "A4"],
    "--patient": ["Ann Lee", "สมชาย", "დავით"],
    "--clinician": ["Ada Moss"],
    "--date": ["2026-11-25", "today", "0001-01-01", "9999-12-31", "20261125", "2026-W48-3"],
    "--note": ["Start with the wall.", "a\\nb"],
    "--side": ["left", "both"],
    "--technique": ["ball", "ball.wall", "press", "care", "find", "pigeon"],
    "--without": ["ball", "press", "stretch", "strength", "care", "find"],
    "--dose": ["ball.hold=45s", "glute-bridge.days=2-3", "pigeon.hold=1e9", "ball.hold=٣٠s", "ball.hold=²", "find.x=1"],
    "--caution": ["blood-thinner", "pregnancy", "hip-replacement"],
    "--edition": ["large-print", "low-ink", "large-print-low-ink"],
    "--record": ["record.json", "-"],
    "--output": ["sheet.pdf", "-", "nowhere/sheet.pdf", "clinic.png", "x" * 300],
    "--to": ["ann@home.example", "Ann <ann@home.example>"],
    "--copies": ["2", "0"],
    "--print": ["desk", "-d"],
    "--name": ["Riverside"],
    "--language": ["en", "es"],
    "--by": ["Ada Moss"],
    "--on": ["2026-11-01", "today"],
    "--template": ["example.csv"],
    "--out": ["sheets", "clinic.png"],
    "--encoding": ["cp1252", "rot13", "idna", "hex", "utf-7"],
    "--jobs": ["1"],
    "--name-pattern": ["{row}", "{id}{row:>99999999}", "{row!r}", "{row.real}", "{language[0]}-{row}"],
}
FLAGS = ["--even-so", "--fillable", "--patient-in-title", "--strict", "--record-patient", "--chart-note", "--yes"]
FLAGS += ["--force", "--encrypt", "--no-cache", "--clear", "--drafts=drafts", "--records", "--skip-bad"]
COMMANDS = [["draft"], ["send"], ["batch", "roster.csv"], ["init", "--yes"], ["check"], ["review", "--yes"], ["outbox"]]
COMMANDS += [["languages"], ["techniques"], ["cautions"], ["cache"], ["completion", "bash"], ["languages", "x"]]
OF_ONE = [
    name for name in OPTIONS if name not in ("--to", "--name", "--language", "--by", "--on", "--template", "--out")
]


@st.composite
def options(draw: DrawFn) -> Case:
    """A command line: right options with right or wrong values, in any number."""
    command = draw(st.sampled_from([[]] * len(COMMANDS) + COMMANDS))
    given: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.integers(0, 4)) == 0:
            given.append(draw(st.sampled_from(FLAGS)))
            continue
        name = draw(st.sampled_from([*OPTIONS] if command else OF_ONE))
        value = draw(st.one_of(*[st.sampled_from(OPTIONS[name])] * 3, WORD))
        if name in ("--output", "--record", "--template", "--out", "--logo"):
            value = value.replace("/..", "").lstrip("/")
        given += [f"{name}={value}".replace("\0", "")]
    if draw(st.integers(0, 30)) == 0:
        given.append(draw(WORD).replace("\0", ""))
    return Case([*command, *given], BESIDE)
