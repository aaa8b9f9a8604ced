"""The runs of benchmarks/privacy.py, and where a patient's name, note and address have to be after each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.desk import Desk
from benchmarks.marked import ADDRESS, NAME, NOTE, PASSWORD

LP = """#!/bin/sh
printf '%s\\n' "$@" > {around}/arguments
cat > {around}/printed
sleep 0.2
echo request id is desk-1
"""
TEMPLATE = '{% extends "shipped/handout.html" %}{% block log %}%s{% endblock %}'
OWN = {"quoted": "{{ {}[patient.name] }}", "shown": '<img alt="x" src="https://qr.example/{{ patient.name }}">'}


@dataclass(frozen=True)
class Trial:
    """One run, and where the marks must be."""

    title: str
    command: tuple[str, ...]
    places: tuple[str, ...] = ()  # patterns of the files that have to hold a mark, each of at least one
    told: bool = False  # the one who asked is told the address
    listed: bool = False  # it was typed, so that it stands in the list of processes
    codes: tuple[int, ...] = (0,)
    stdin: bytes = b""
    planted: str = ""  # module:function:error, or crash
    struck: bool = False  # workers are killed
    clustered: bool = False  # sheets are made by a cluster, whose machines are searched too
    runs: int = 1
    noted: bool = True  # a note is on the sheet too, so that it is rendered whole
    environment: Mapping[str, str] = field(default_factory=dict)
    server: Mapping[str, list[str]] = field(default_factory=dict)  # what the mail server says


ONE = ("--technique", "ball", "--no-cache")
KEPT = ("--technique", "ball", "--output", "sheet.pdf")
SEND = ("send", "--to", "-", "--consent", "yes", "--send", "--technique", "ball")
PLAIN = ("batch", "roster.csv", "--out", "sheets", "--jobs", "2", "--technique", "ball")
BATCH = (*PLAIN, "--records", "--print-file", "all.pdf", "--drafts", "drafts")
SHEET, SHEETS, ALL, DRAFTS = r"desk/sheet\.pdf", r"desk/sheets/.*\.pdf", r"desk/all\.pdf", r"desk/drafts/.*\.eml"
LEDGER = r"desk/outbox\.sqlite(-wal|-shm)?"
TYPED = ADDRESS.encode()
TRIALS = (
    Trial("one sheet, the name typed", (*ONE, "--patient", NAME, "--output", "sheet.pdf"), (SHEET,), listed=True),
    Trial("one sheet, the name from the environment", (*ONE, "--output", "sheet.pdf"), (SHEET,)),
    Trial("a sheet in the cache's way", KEPT, (SHEET,)),
    Trial("a name written into a sheet, and into one made before", KEPT, (SHEET,), runs=2, noted=False),
    Trial("its record and its chart note", (*ONE, "--record", "record.json", "--chart-note"), (r"desk/handout-en\.pdf",)),
    Trial("a draft", ("draft", "--to", "-"), (r"desk/draft-en\.eml",), stdin=TYPED),
    Trial("a letter", SEND, (LEDGER,), stdin=TYPED),
    Trial("a letter, and the same once more", SEND, (LEDGER,), stdin=TYPED, runs=2),
    Trial("a letter that is not sent", ("send", "--to", "-"), told=True, stdin=TYPED),
    Trial(
        "a letter that the server refuses, quoting",
        SEND,
        (LEDGER,),
        stdin=TYPED,
        codes=(1,),
        server={"rcpt": [f"550 5.1.1 <{ADDRESS}> {NAME} is unknown"]},
    ),
    Trial(
        "a letter that the server puts off, quoting",
        SEND,
        (LEDGER,),
        stdin=TYPED,
        codes=(75,),
        server={"dot": [f"451 4.2.0 <{ADDRESS}> {NAME} later"] * 9},
    ),
    Trial("a batch with all it can do", (*BATCH, "--send"), (SHEETS, ALL, DRAFTS, LEDGER)),
    Trial("a batch of names written into sheets, twice", (*PLAIN, "--ignore", "note"), (SHEETS,), runs=2),
    Trial(
        "a batch behind passwords",
        ("batch", "locked.csv", "--out", "sheets", "--records", "--drafts", "drafts", "--encrypt"),
        (DRAFTS,),  # to whom they go; the sheets in them are locked
    ),
    Trial(
        "a batch whose workers are killed",
        BATCH,
        (SHEETS, ALL, DRAFTS),
        codes=(0, 1),  # one that dies while it tries a row alone costs that row
        struck=True,
    ),
    Trial("a batch on a cluster", BATCH[:-2], (SHEETS, ALL), clustered=True),
    Trial("an error of the program on a cluster", BATCH[:-2], codes=(1,), planted="page:html:error", clustered=True),
    Trial("a printed sheet", (*ONE, "--print", "desk", "--output", "sheet.pdf"), (SHEET, "around/printed")),
    Trial("an error of the program, one sheet", ONE, codes=(5,), planted="page:html:error"),
    Trial("an error of the program, a letter", SEND, codes=(5,), stdin=TYPED, planted="page:html:error"),
    Trial("an error of the program, a batch", BATCH, codes=(1,), planted="page:html:error"),
    Trial("an error of the program over an address", SEND, (LEDGER,), codes=(5,), stdin=TYPED, planted="mail:finished:error"),
    Trial("an error of the program over drafts", BATCH, (SHEETS, ALL), codes=(5,), planted="mail:draft:error"),
    Trial("an error of the program over a roster", BATCH, codes=(5,), planted="roster:load:error"),
    Trial(
        "an error of the program over a name that is written in",
        (*PLAIN, "--ignore", "note"),
        codes=(1,),
        planted="slots:written:error",
    ),
    Trial("an error of the program over a record", (*BATCH, "--ignore", "note"), codes=(1,), planted="record:make:error"),
    Trial("a crash, one sheet", ONE, codes=(5,), planted="page:html:crash"),
    Trial("a crash, a batch", BATCH, codes=(1, 5), planted="page:html:crash"),
    Trial("a crash over an address", SEND, (LEDGER,), codes=(-11,), stdin=TYPED, planted="mail:finished:crash"),
    Trial("a wrong name", (*ONE, "--clinic-name", "x" * 300), codes=(2,)),
    Trial("a wrong roster", ("batch", "wrong.csv"), codes=(2,)),
    Trial("a name that no font has", (*ONE, "--strict"), codes=(2,), environment={"MAKE_HANDOUT_PATIENT": f"{NAME} დ"}),
    *(Trial(f"a wrong template, a name {how}, one sheet", (*ONE, "--overrides", how), codes=(3, 5)) for how in OWN),
    *(Trial(f"a wrong template, a name {how}, a batch", (*BATCH, "--overrides", how), codes=(1, 3)) for how in OWN),
)  # fmt: skip


def prepared(desk: Desk, trial: Trial) -> dict[str, str]:
    """Write what a run is given, and give its environment."""
    rows = [f"{NAME},{NOTE},{ADDRESS.replace('@', f'{number}@')},yes" for number in range(3)]
    locked = [f"{row},{PASSWORD}" for row in rows]
    lists = {
        "roster.csv": ["name,note,email,consent", *rows],
        "locked.csv": ["name,note,email,consent,password", *locked],
        "wrong.csv": ["name,side,date,language,id", ",".join([NAME] * 5)],
    }
    for name, lines in lists.items():
        (desk.folder / name).write_text("\n".join(lines), encoding="utf-8")
    for how, block in OWN.items():
        template = desk.folder / how / "templates" / "handout.html"
        template.parent.mkdir(parents=True)
        template.write_text(TEMPLATE.replace("%s", block), encoding="utf-8")
    (desk.around / "bin").mkdir()
    lp = desk.around / "bin" / "lp"
    lp.write_text(LP.format(around=desk.around), encoding="utf-8")
    lp.chmod(0o755)
    desk.inbox.faults.update({stage: list(said) for stage, said in trial.server.items()})
    given = {} if trial.listed or trial.command[0] == "batch" else {"MAKE_HANDOUT_PATIENT": NAME}
    given |= {"MAKE_HANDOUT_NOTE": NOTE} if given and trial.noted else {}
    return {**given, "PATH": f"{lp.parent}:{os.environ['PATH']}", **trial.environment}
