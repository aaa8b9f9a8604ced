"""What goes wrong around the program: kills, full disks, odd clocks, locales, homes, masks, streams, two at once.

    python -m benchmarks.faults [--only PART] [--seed N] [--kills N]

Each line is one fault; "wrong" lines say what was found. Nothing may be lost or half-written, and the exit code tells.
Needs root for what is mounted, and Debian's libfaketime and locales. `make trust` runs it.
"""

import argparse
import hashlib
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.desk import Desk, Done, ended, opened

ONE = ("--patient", "Ann Lee", "--technique", "ball", "--output", "sheet.pdf")
BATCH = ("batch", "roster.csv", "--out", "sheets", "--records", "--no-cache", "--jobs", "2")
SEND = ("send", "--technique", "ball", "--consent", "yes", "--send", "--to")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
LOCALES = {"C": "C", "tr_TR.UTF-8": "tr_TR", "de_DE.ISO-8859-1": "de_DE"}
AWAIT_S = 4.0  # until a child has heard that the one who started it was killed
Told = Iterator[tuple[str, str]]  # what was tried, and what is wrong; empty if nothing


def _roster(desk: Desk, rows: int = 8) -> None:
    lines = [
        f"Patient {number},p{number}@home.example,yes,{'left' if number % 2 else 'both'}" for number in range(rows)
    ]
    text = "name,email,consent,side\n" + "".join(f"{line}\n" for line in lines)
    (desk.folder / "roster.csv").write_text(text, encoding="utf-8")


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".pdf", ".json", ".eml")
    }


def _wrong(done: Done, *codes: int) -> str:
    """Tell what is wrong with how a run ended."""
    if not done.plain:
        return f"a traceback: {done.stderr[-300:]}"
    return "" if done.code in codes else f"exit code {done.code}: {done.stderr[-300:]}"


def killed(desk: Desk, chance: random.Random, kills: int) -> Told:
    """SIGKILL at moments spread over the whole of one sheet, one batch, one letter."""
    began = time.monotonic()
    desk.run(*ONE)
    whole, took_s = (desk.folder / "sheet.pdf").read_bytes(), time.monotonic() - began
    found: Counter[str] = Counter()
    for number in range(kills):
        (desk.folder / "sheet.pdf").write_bytes(b"older")
        running = desk.start(*ONE)
        time.sleep(1.2 * took_s * (number + chance.random()) / kills)
        running.kill()
        running.communicate()
        found["new" if (now := (desk.folder / "sheet.pdf").read_bytes()) == whole else "older"] += 1
        if now not in (b"older", whole):
            yield f"kill {number} of one sheet", "half a sheet"
    time.sleep(AWAIT_S)
    left = [name for name in desk.left() if not name.endswith(".part")]
    yield f"one sheet, {kills} kills: {dict(found)}", f"left in the temporary folder: {left}" if left else ""
    for draft in desk.folder.glob(".*.part"):
        os.utime(draft, (1, 1))
    desk.run(*ONE)
    yield "the next run takes away what a kill left in the folder", str(desk.left()) if desk.left() else ""
    yield from _killed_batch(desk, chance, max(3, kills // 3))
    yield from _killed_sending(desk, chance, max(3, kills // 2))


def _killed_batch(desk: Desk, chance: random.Random, kills: int) -> Told:
    _roster(desk)
    began = time.monotonic()
    desk.run(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf")
    wanted, took_s = _digests(desk.folder), time.monotonic() - began
    desk.clear()
    _roster(desk)
    for _ in range(kills):
        running = desk.start(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf", start_new_session=True)
        time.sleep(took_s * chance.uniform(0.1, 0.9))
        os.killpg(running.pid, signal.SIGKILL) if chance.random() < 0.5 else running.kill()
        ended(running)
    last = desk.run(*BATCH, "--drafts", "drafts", "--print-file", "all.pdf")
    wrong = _wrong(last, 0) or ("" if _digests(desk.folder) == wanted | _also(desk) else "other files than undisturbed")
    yield f"a batch with records, drafts and a print file, {kills} kills: the same files", wrong
    left = [name for name in desk.left() if name.startswith(".")]
    yield "nothing half-written is left by it", str(left) if left else ""


def _also(desk: Desk) -> dict[str, str]:
    """Give what is there besides: the sheet of the part before."""
    return {name: digest for name, digest in _digests(desk.folder).items() if "/" not in name and name == "sheet.pdf"}


def _killed_sending(desk: Desk, chance: random.Random, kills: int) -> Told:
    began = time.monotonic()
    desk.run(*SEND, "first@home.example")
    took_s = time.monotonic() - began
    for number in range(kills):
        running = desk.start(*SEND, f"kill{number}@home.example")
        time.sleep(took_s * (number + chance.random()) / kills)
        running.kill()
        ended(running)
        again = desk.run(*SEND, f"kill{number}@home.example")
        if wrong := _wrong(again, 0, 1):
            yield f"a letter, kill {number}", wrong
    arrived = Counter(address for envelope in desk.inbox.got for address in envelope.rcpt_tos)
    with closing(sqlite3.connect(desk.folder / "outbox.sqlite")) as book:
        states = dict(book.execute("SELECT address, state FROM letter"))
    doubled = [address for address, count in arrived.items() if count > 1]
    lost = [a for n in range(kills) if not arrived[a := f"kill{n}@home.example"] and states.get(a) != "unknown"]
    told = Counter(states.values())
    yield (
        f"a letter, {kills} kills, then sent again: {dict(told)}",
        f"lost {lost}, doubled {doubled}" if lost or doubled else "",
    )


def interrupted(desk: Desk, chance: random.Random, kills: int) -> Told:
    """Ctrl-C at moments spread over each command."""
    _roster(desk, 4)
    commands = {
        "one sheet": ONE,
        "a draft": ("draft", "--to", "ann@home.example", "--technique", "ball"),
        "a batch": BATCH,
        "a letter": (*SEND, "ann@home.example"),
        "init": ("init", "--yes", "--force", "--clinic", "other/clinic.toml", "--country", "US"),
        "review": ("review", "--yes", "--by", "Ada Moss"),
        "check": ("check",),
    }
    (desk.folder / "other").mkdir(exist_ok=True)
    for name, command in commands.items():
        began = time.monotonic()
        desk.run(*command)
        took_s = time.monotonic() - began
        codes: Counter[int] = Counter()
        wrong = ""
        for number in range(max(4, kills // 3)):
            running = desk.start(*command)
            time.sleep(took_s * (number + chance.random()) / max(4, kills // 3))
            running.send_signal(signal.SIGINT)
            done = ended(running)
            codes[done.code] += 1
            early = "site.py" in done.stderr or "runpy" in done.stderr  # Python itself is still starting
            if not early:
                wrong = wrong or _wrong(done, 0, 1, 130)
            codes[-9] += early
        time.sleep(1)
        wrong = wrong or (f"left: {desk.left()}" if desk.left() else "")
        early_ones = f", {codes.pop(-9)} of them before the first line of the program" if codes[-9] else ""
        codes.pop(-9, None)
        yield f"Ctrl-C, {name}: exit codes {dict(codes)}{early_ones}", wrong


def disks(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """Full disks, read-only ones, and no room for temporary files."""
    _roster(desk, 3)
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
            yield f"{kind} disk, {name}", _wrong(desk.mounted(how, *command), 6)
    toml = desk.folder / "clinic.toml"
    kept = toml.read_text(encoding="utf-8")
    toml.write_text(kept.replace("outbox.sqlite", "disk/outbox.sqlite"), encoding="utf-8")
    before = len(desk.inbox.got)
    for kind, how in {"full": full, "read-only": "mount -t tmpfs -o ro x disk"}.items():
        wrong = _wrong(desk.mounted(how, *SEND, "ann@home.example"), 6)
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
    yield "read-only disk, a sign-off", _wrong(signed, 6)
    cache = {"XDG_CACHE_HOME": str(desk.folder / "disk")}
    for kind, how in {"full": full, "read-only": "mount -t tmpfs -o ro x disk"}.items():
        yield (
            f"{kind} disk, the cache: the sheet is made",
            _wrong(desk.mounted(how, "--lang", "en", environment=cache), 0),
        )
    here = {"TMPDIR": str(desk.folder / "disk")}
    for name, command in {
        "one sheet": ("--lang", "ja", "--no-cache"),
        "a batch": ("batch", "roster.csv", "--lang", "ja"),
    }.items():
        done = desk.mounted("mount -t tmpfs -o size=40k x disk", *command, environment=here)
        yield f"40 kB for temporary files, {name}", _wrong(done, 0, 6)
    nowhere = "for f in /tmp /var/tmp; do mount -t tmpfs -o ro x $f; done; mount -t tmpfs -o ro x disk && cp ../desk/roster.csv /dev/shm/ && cd disk"
    for name, command in {
        "one sheet": ("--country", "US", "--output", "/dev/shm/x.pdf", "--no-cache"),
        "a batch": ("batch", "/dev/shm/roster.csv", "--out", "/dev/shm/out"),
    }.items():
        done = desk.mounted(f"mount -t tmpfs x /dev/shm && {nowhere}", *command, environment=here)
        yield f"no folder for temporary files at all, {name}", _wrong(done, 0, 6)
    done = desk.mounted("mount -t tmpfs -o ro x /dev/shm", "batch", "roster.csv", "--no-cache", "--out", "sheets2")
    yield "a batch without /dev/shm", _wrong(done, 0, 5)


def clocks(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """A clock that was set back, or is far ahead."""
    _roster(desk, 3)
    made = _made(desk)
    desk.run(*BATCH)
    sheets = _digests(desk.folder / "sheets")
    desk.run(*SEND, "clock@home.example")
    for day in ("1999-12-31 23:59:58", "2037-12-31 23:59:58"):
        then = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{day}"}
        yield f"{day}: the same sheet", "" if _made(desk, then) == made else "another sheet"
        again = desk.run(*BATCH, environment=then)
        same = "0 of them made now" in again.stderr and _digests(desk.folder / "sheets") == sheets
        yield f"{day}: a batch goes on", _wrong(again, 0) or ("" if same else f"made anew: {again.stderr[-200:]}")
        count = len(desk.inbox.got)
        done = desk.run(*SEND, "clock@home.example", environment=then)
        yield f"{day}: a letter is not sent twice", _wrong(done, 0) or ("sent" if len(desk.inbox.got) != count else "")
        yield f"{day}: the outbox", _wrong(desk.run("outbox", environment=then), 0)
        yield f"{day}: a sign-off", _wrong(desk.run("review", "--yes", "--by", "Ada", environment=then), 0)
    yield "a sign-off of a day to come", _wrong(desk.run(*ONE), 0)


def _made(desk: Desk, environment: dict[str, str | None] | dict[str, str] | None = None) -> bytes:
    done = desk.run(
        "--patient",
        "José İlkin",
        "--technique",
        "ball",
        "--date",
        "2026-11-25",
        "--output",
        "-",
        environment=environment,
    )
    return done.stdout if not _wrong(done, 0) else done.stderr.encode()


def surroundings(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """Locales, homes, fonts, masks, closed streams."""
    _roster(desk, 2)
    made = _made(desk)
    for name, source in LOCALES.items():
        if source != "C":
            charset = name.partition(".")[2]
            subprocess.run(
                ["localedef", "-i", source, "-f", charset, str(desk.around / name)], check=False, capture_output=True
            )
        place: dict[str, str | None] = {"LC_ALL": name, "LOCPATH": str(desk.around)}
        if "ISO" not in name:
            yield (
                f"locale {name}: the same sheet",
                "" if _made(desk, place) == made else _made(desk, place)[-300:].decode("utf-8", "replace"),
            )
        for command in (
            ("languages",),
            ("check",),
            ("review", "--lang", "ar"),
            ("batch", "roster.csv", "--out", f"ö-{source}"),
            ("cautions",),
        ):
            yield f"locale {name}: {command[0]}", _wrong(desk.run(*command, environment=place), 0)
        yield f"locale {name}: a file with an umlaut", _wrong(desk.run(*ONE[:-1], "Röhm ß.pdf", environment=place), 0)
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    yield "ASCII only: languages", _wrong(desk.run("languages", environment=ascii_only), 0)
    for title, place in {
        "no HOME": {"HOME": None},
        "a HOME that is not there": {"HOME": "/nowhere"},
        "an empty HOME": {"HOME": ""},
    }.items():
        for command in (
            ONE,
            ("--lang", "en"),
            ("outbox",),
            ("batch", "roster.csv", "--out", f"home{len(title)}"),
            ("cache",),
        ):
            yield f"{title}: {command[0]}", _wrong(desk.run(*command, environment=place), 0)
    if os.geteuid() == 0:
        fonts = "for f in /usr/share/fonts /usr/local/share/fonts /etc/fonts /root/.fonts; do [ ! -d $f ] || mount -t tmpfs x $f; done"
        yield (
            "no fonts on the system: the same sheet",
            "" if desk.mounted(fonts, *ONE).code == 0 and _made(desk) == made else "another",
        )
        import fontpkg_fira_sans

        package = Path(fontpkg_fira_sans.__file__ or "").parent
        for command in (
            ONE,
            ("batch", "roster.csv", "--out", "fontless"),
            ("check",),
            ("draft", "--to", "a@home.example"),
        ):
            done = desk.mounted(f"mount -t tmpfs x {package}/files", *command)
            yield f"the face of the sheet is gone: {command[0]}", _wrong(done, 5)
    yield from _masks(desk)
    yield from _streams(desk, made)


def _masks(desk: Desk) -> Told:
    for mask, others in ((0o077, 0), (0o000, 0o066)):
        (desk.folder / "sheet.pdf").unlink(missing_ok=True)
        done = desk.run(*ONE, umask=mask)
        mode = stat.S_IMODE((desk.folder / "sheet.pdf").stat().st_mode)
        yield (
            f"umask {mask:03o}: one sheet ({mode:03o})",
            _wrong(done, 0) or ("" if mode & 0o066 == others else "its mode"),
        )
        done = desk.run("batch", "roster.csv", "--out", f"mask{mask:o}", "--send", umask=mask)
        private = [
            desk.folder / "outbox.sqlite",
            desk.folder / "outbox.sqlite-lock",
            desk.folder / f"mask{mask:o}" / ".make-handout",
        ]
        seen = [path.name for path in private if path.stat().st_mode & 0o077]
        yield (
            f"umask {mask:03o}: a batch that is sent; ledger and secret are private",
            _wrong(done, 0) or (f"{seen}" if seen else ""),
        )
        desk.run("--lang", "en", umask=mask)
        cache = desk.around / "home/.cache/make-handout/sheets"
        yield f"umask {mask:03o}: the cache is private", "" if cache.stat().st_mode & 0o077 == 0 else "its mode"
    (desk.folder / "sheet.pdf").chmod(0o600)
    desk.run(*ONE, umask=0o022)
    yield (
        "a sheet that only its owner could read stays so",
        "" if (desk.folder / "sheet.pdf").stat().st_mode & 0o077 == 0 else "its mode",
    )


def _streams(desk: Desk, made: bytes) -> Told:
    commands = {
        "one sheet": ONE,
        "a batch": ("batch", "roster.csv"),
        "a draft": ("draft", "--to", "a@home.example"),
        "a letter": SEND,
    }
    for number, closed in enumerate((">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-")):
        for name, command in commands.items():
            more = (
                ("--out", f"closed{number}", "--no-cache")
                if name == "a batch"
                else (f"s{number}@home.example",)
                if name == "a letter"
                else ()
            )
            done = desk.run(*command, *more, shell=f'"$@" {closed}')
            yield f"{closed}, {name}", _wrong(done, 0)
        whole = (desk.folder / "sheet.pdf").read_bytes()
        sheets = [path.read_bytes()[-6:] for path in (desk.folder / f"closed{number}").glob("*.pdf")]
        good = whole.startswith(b"%PDF") and whole.endswith(b"%%EOF\n") and sheets == [b"%%EOF\n"] * 2
        yield f"{closed}: the files are whole", "" if good else f"{whole[:9]!r} … {whole[-9:]!r}, {sheets}"
    done = desk.run("--patient", "Ann Lee", "--output", "-", shell='"$@" >&-')
    yield ">&-, a sheet to standard output", _wrong(done, 6)
    done = desk.run("languages", shell='"$@" > /dev/full')
    yield "standard output on a full disk", _wrong(done, 6)
    done = desk.run("--patient", "Ann Lee", "--output", "-", shell='"$@" | head -c 10')
    yield "a reader that goes away", _wrong(done, 0)
    assert made


def together(desk: Desk, _chance: random.Random, kills: int) -> Told:
    """Two runs at once."""
    _roster(desk, 6)
    for round_ in range(max(2, kills // 6)):
        done = [ended(each) for each in [desk.start(*ONE), desk.start(*ONE)]]
        whole = (desk.folder / "sheet.pdf").read_bytes().endswith(b"%%EOF\n")
        yield (
            f"two sheets to one file, {round_}",
            "".join(_wrong(each, 0) for each in done) or ("" if whole else "half"),
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
        if wrong := "".join(_wrong(each, 0) for each in done) or (f"lost: {lost}" if lost else ""):
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
