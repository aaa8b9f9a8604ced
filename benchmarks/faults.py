"""What goes wrong around the program: kills, full disks, odd clocks, locales, homes, masks, streams, two at once.

    python -m benchmarks.faults [--only PART] [--seed N] [--kills N]

Each line is one fault; "wrong" lines say what was found. Nothing may be lost or half-written, and the exit code tells.
Needs root for what is mounted, and Debian's libfaketime and locales. `make trust` runs it.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.desk import BATCH, ONE, SEND, Desk, Told, digests, ended, opened, roster, sheet, wrong_with
from benchmarks.kills import killed
from benchmarks.surroundings import surroundings

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def interrupted(desk: Desk, chance: random.Random, kills: int) -> Told:
    """Ctrl-C at moments spread over each command; {n} makes each run a new one, which has its work still before it."""
    roster(desk, 4)
    commands = {
        "one sheet": (*ONE, "--no-cache"),
        "a draft": ("draft", "--to", "ann@home.example", "--technique", "ball"),
        "a batch": tuple("sheets{n}" if part == "sheets" else part for part in BATCH),
        "a letter": (*SEND, "ann{n}@home.example"),
        "init": ("init", "--yes", "--force", "--clinic", "other/clinic.toml", "--country", "US"),
        "review": ("review", "--yes", "--by", "Ada Moss"),
        "check": ("check",),
    }
    (desk.folder / "other").mkdir(exist_ok=True)
    for name, command in commands.items():
        began = time.monotonic()
        desk.run(*(part.format(n="first") for part in command))
        took_s = time.monotonic() - began
        codes: Counter[int] = Counter()
        wrong = ""
        for number in range(max(4, kills // 3)):
            running = desk.start(*(part.format(n=number) for part in command))
            time.sleep(took_s * (number + chance.random()) / max(4, kills // 3))
            running.send_signal(signal.SIGINT)
            done = ended(running)
            codes[done.code] += 1
            early = (
                done.stderr.endswith("KeyboardInterrupt\n") and "/gluterelief_pdf/" not in done.stderr
            )  # Python starts
            if not early:  # SIGINT itself, which a shell tells as 130 too: Python does not listen yet, or no more
                wrong = wrong or wrong_with(done, 0, 1, 130, -signal.SIGINT)
            codes[-9] += early
        time.sleep(1)
        wrong = wrong or (f"left: {desk.left()}" if desk.left() else "")
        early_ones = f", {codes.pop(-9)} of them before the first line of the program" if codes[-9] else ""
        codes.pop(-9, None)
        yield f"Ctrl-C, {name}: exit codes {dict(codes)}{early_ones}", wrong


def disks(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """Full disks, read-only ones, and no room for temporary files."""
    roster(desk, 3)
    (desk.folder / "disk").mkdir()
    commands = {
        "one sheet": (*ONE[:-1], "disk/sheet.pdf"),
        "a draft": ("draft", "--to", "ann@home.example", "--output", "disk/draft.eml"),
        "a record": (*ONE, "--record", "disk/record.json"),
        "a batch": ("batch", "roster.csv", "--out", "disk/sheets", "--no-cache"),
        "drafts of a batch": ("batch", "roster.csv", "--out", "sheets", "--drafts", "disk/drafts"),
        "a print file": ("batch", "roster.csv", "--out", "sheets", "--print-file", "disk/all.pdf"),
        "an example roster": ("batch", "--template", "disk/roster.csv"),
        "init": ("init", "--yes", "--clinic", "disk/clinic.toml", "--country", "US"),
    }
    full = "mount -t tmpfs -o size=16k x disk && { head -c 15k /dev/zero > disk/full; head -c 9k /dev/zero >> disk/full; true; } 2>&-"
    for kind, how in {"full": full, "read-only": "mount -t tmpfs -o ro x disk"}.items():
        for name, command in commands.items():
            yield f"{kind} disk, {name}", wrong_with(desk.mounted(how, *command), 6)
    toml = desk.folder / "clinic.toml"
    kept = toml.read_text(encoding="utf-8")
    toml.write_text(kept.replace("outbox.sqlite", "disk/outbox.sqlite"), encoding="utf-8")
    before = len(desk.inbox.got)
    for kind, how in {"full": full, "read-only": "mount -t tmpfs -o ro x disk"}.items():
        wrong = wrong_with(desk.mounted(how, *SEND, "ann@home.example"), 6)
        yield f"{kind} disk, the ledger: nothing is sent", wrong or ("sent" if len(desk.inbox.got) != before else "")
    toml.write_text(kept, encoding="utf-8")
    signed = desk.mounted(
        "mount -t tmpfs x disk && cp clinic.toml disk && mount -o remount,ro disk",
        "review",
        "--yes",
        "--by",
        "Ada",
        "--clinic",
        "disk/clinic.toml",
    )
    yield "read-only disk, a sign-off", wrong_with(signed, 6)
    cache = {"XDG_CACHE_HOME": str(desk.folder / "disk")}
    for kind, how in {"full": full, "read-only": "mount -t tmpfs -o ro x disk"}.items():
        yield (
            f"{kind} disk, the cache: the sheet is made",
            wrong_with(desk.mounted(how, "--lang", "en", environment=cache), 0),
        )
    here = {"TMPDIR": str(desk.folder / "disk")}
    for name, command in {
        "one sheet": ("--lang", "ja", "--no-cache"),
        "a batch": ("batch", "roster.csv", "--lang", "ja"),
    }.items():
        done = desk.mounted("mount -t tmpfs -o size=40k x disk", *command, environment=here)
        yield f"40 kB for temporary files, {name}", wrong_with(done, 0, 6)
    closed = (
        "for f in /tmp /var/tmp; do mount --bind $f $f && mount -o remount,bind,ro $f || exit 9; done"  # and still read
    )
    nowhere = f"mount -t tmpfs x /dev/shm && cp roster.csv /dev/shm && {closed}; cd /proc"  # where nobody can write
    for name, command in {
        "one sheet": ("--country", "US", "--output", "/dev/shm/x.pdf", "--no-cache"),
        "a batch": ("batch", "/dev/shm/roster.csv", "--out", "/dev/shm/out"),
    }.items():
        yield (
            f"no folder for temporary files at all, {name}",
            wrong_with(desk.mounted(nowhere, *command, environment=here), 0, 6),
        )
    done = desk.mounted("mount -t tmpfs -o ro x /dev/shm", "batch", "roster.csv", "--no-cache", "--out", "sheets2")
    yield "a batch without /dev/shm", wrong_with(done, 5)
    here_gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    for name, command, code in (
        ("one sheet", (*ONE[:-1], str(desk.folder / "sheet.pdf")), 0),
        ("a batch", ("batch", str(desk.folder / "roster.csv"), "--out", str(desk.folder / "sheets3"), "--no-cache"), 5),
    ):
        yield f"from a folder that is gone, {name}", wrong_with(desk.run(*command, shell=here_gone), code)


def clocks(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """A clock that was set back, or is far ahead."""
    if not Path(FAKETIME).is_file():
        yield "another time", "libfaketime is not installed: .ci/install soak"
        return
    roster(desk, 3)
    made = sheet(desk)
    desk.run(*BATCH)
    sheets = digests(desk.folder / "sheets")
    desk.run(*SEND, "clock@home.example")
    for day in ("1999-12-31 23:59:58", "2037-12-31 23:59:58"):
        then = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{day}"}
        now = sheet(desk, then)
        yield f"{day}: the same sheet", "" if now == made else f"{now[:200]!r}"
        again = desk.run(*BATCH, environment=then)
        same = "0 of them made now" in again.stderr and digests(desk.folder / "sheets") == sheets
        yield f"{day}: a batch goes on", wrong_with(again, 0) or ("" if same else f"made anew: {again.stderr[-200:]}")
        count = len(desk.inbox.got)
        done = desk.run(*SEND, "clock@home.example", environment=then)
        yield (
            f"{day}: a letter is not sent twice",
            wrong_with(done, 0) or ("sent" if len(desk.inbox.got) != count else ""),
        )
        yield f"{day}: the outbox", wrong_with(desk.run("outbox", environment=then), 0)
    for day in ("1999-12-31 23:59:58", "2037-12-31 23:59:58"):  # at the end, for the sheet changes with it
        then = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{day}"}
        yield f"{day}: a sign-off", wrong_with(desk.run("review", "--yes", "--by", "Ada", environment=then), 0)
    yield "a sign-off of a day to come", wrong_with(desk.run(*ONE), 0)


def together(desk: Desk, _chance: random.Random, kills: int) -> Told:
    """Two runs at once."""
    roster(desk, 6)
    for round_ in range(max(2, kills // 6)):
        done = [ended(each) for each in [desk.start(*ONE), desk.start(*ONE)]]
        whole = (desk.folder / "sheet.pdf").read_bytes().endswith(b"%%EOF\n")
        yield (
            f"two sheets to one file, {round_}",
            "".join(wrong_with(each, 0) for each in done) or ("" if whole else "half"),
        )
    runs = [desk.start(*BATCH), desk.start(*BATCH)]
    done = [ended(run) for run in runs]
    codes = sorted(each.code for each in done)
    yield (
        f"two batches in one folder: exit codes {codes}",
        "" if codes in ([0, 6], [0, 0]) and all(e.plain for e in done) else str(done),
    )
    count = len(desk.inbox.got)
    send = ("batch", "roster.csv", "--out", "sheets", "--records", "--no-cache", "--send")
    other = ("batch", "roster.csv", "--out", "others", "--send")
    done = [ended(each) for each in [desk.start(*send), desk.start(*other)]]
    arrived = Counter(address for envelope in desk.inbox.got[count:] for address in envelope.rcpt_tos)
    codes = sorted(each.code for each in done)
    yield (
        f"two batches that send the same list: exit codes {codes}, {dict(Counter(arrived.values()))}",
        "" if set(arrived.values()) == {1} and all(each.plain for each in done) else str(done),
    )
    for round_ in range(max(3, kills // 3)):
        tags = ("en", "es", "de")
        runs = [desk.start("review", "--lang", tag, "--yes", "--by", f"Ada {round_}") for tag in tags]
        done = [ended(each) for each in runs]
        text = (desk.folder / "clinic.toml").read_text(encoding="utf-8")
        lost = [tag for tag in tags if f'language = "{tag}"\nby = "Ada {round_}"' not in text]
        if wrong := "".join(wrong_with(each, 0) for each in done) or (f"lost: {lost}" if lost else ""):
            break
    yield f"three sign-offs in one clinic.toml at once, {max(3, kills // 3)} times", wrong
    pairs = []
    for round_ in range(max(3, kills // 3)):
        (desk.folder / f"init{round_}").mkdir()
        init = ("init", "--yes", "--country", "US", "--clinic", f"init{round_}/clinic.toml", "--name")
        pairs.append(sorted(ended(each).code for each in [desk.start(*init, "One"), desk.start(*init, "Two")]))
    yield f"two inits at once: exit codes {pairs}", "" if all(each == [0, 6] for each in pairs) else "both"


PARTS: dict[str, Callable[[Desk, random.Random, int], Told]] = {
    "killed": killed,
    "interrupted": interrupted,
    "disks": disks,
    "clocks": clocks,
    "surroundings": surroundings,
    "together": together,
}


def main() -> int:
    """Try every fault, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--kills", type=int, default=30)
    asked = parser.parse_args()
    faults = wrong = 0
    print(f"seed {asked.seed}")
    for name in asked.only or PARTS:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder, opened(Path(folder)) as desk:
            desk.around.chmod(0o755)
            for what, found in PARTS[name](desk, random.Random(asked.seed), asked.kills):
                print(f"{name}: {'wrong' if found else 'ok   '}  {what}{': ' + found if found else ''}", flush=True)
                faults, wrong = faults + 1, wrong + bool(found)
    print(f"{faults} faults, {wrong} of them wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
