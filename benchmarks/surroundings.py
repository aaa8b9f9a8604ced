"""What the program stands in: locales, homes, fonts, masks of rights, closed streams. Part of benchmarks/faults.py."""

import os
import random
import stat
import subprocess

from benchmarks.desk import ONE, SEND, Desk, Told, roster, sheet, wrong_with
from gluterelief_pdf import fonts

LOCALES = {"C": "C", "tr_TR.UTF-8": "tr_TR", "de_DE.ISO-8859-1": "de_DE"}


def surroundings(desk: Desk, _chance: random.Random, _kills: int) -> Told:
    """Locales, homes, fonts, masks, closed streams."""
    roster(desk, 2)
    made = sheet(desk)
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
                "" if sheet(desk, place) == made else sheet(desk, place)[-300:].decode("utf-8", "replace"),
            )
        batch = ("batch", "roster.csv", "--out", f"ö-{source}")
        for command in _several(("languages",), ("check",), ("review", "--lang", "ar"), batch, ("cautions",)):
            yield f"locale {name}: {command[0]}", wrong_with(desk.run(*command, environment=place), 0)
        yield (
            f"locale {name}: a file with an umlaut",
            wrong_with(desk.run(*ONE[:-1], "Röhm ß.pdf", environment=place), 0),
        )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    yield "ASCII only: languages", wrong_with(desk.run("languages", environment=ascii_only), 0)
    for title, home in {"no HOME": None, "a HOME that is not there": "/nowhere", "an empty HOME": ""}.items():
        batch = ("batch", "roster.csv", "--out", f"home{len(title)}")
        for command in _several(ONE, ("--lang", "en"), ("outbox",), batch, ("cache",)):
            yield f"{title}: {command[0]}", wrong_with(desk.run(*command, environment={"HOME": home}), 0)
    if os.geteuid() == 0:
        hidden = "for f in /usr/share/fonts /usr/local/share/fonts /etc/fonts /root/.fonts; do [ ! -d $f ] || mount -t tmpfs x $f; done"
        yield (
            "no fonts on the system: the same sheet",
            "" if desk.mounted(hidden, *ONE).code == 0 and sheet(desk) == made else "another",
        )
        folder = fonts.called("Fira Sans").file("FiraSans-Regular.ttf").parent
        fontless = ("batch", "roster.csv", "--out", "fontless", "--no-cache")
        for command in _several((*ONE, "--no-cache"), fontless, ("check",), ("draft", "--to", "a@home.example")):
            done = desk.mounted(f"mount -t tmpfs x {folder}", *command)
            yield f"the face of the sheet is gone: {command[0]}", wrong_with(done, 5, 1)  # 1: told of each row
    yield from _masks(desk)
    yield from _streams(desk, made)


def _several(*commands: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return commands


def _masks(desk: Desk) -> Told:
    for mask, others in ((0o077, 0), (0o000, 0o066)):
        (desk.folder / "sheet.pdf").unlink(missing_ok=True)
        done = desk.run(*ONE, umask=mask)
        mode = stat.S_IMODE((desk.folder / "sheet.pdf").stat().st_mode)
        yield (
            f"umask {mask:03o}: one sheet ({mode:03o})",
            wrong_with(done, 0) or ("" if mode & 0o066 == others else "its mode"),
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
            wrong_with(done, 0) or (f"{seen}" if seen else ""),
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
            yield f"{closed}, {name}", wrong_with(done, 0)
        whole = (desk.folder / "sheet.pdf").read_bytes()
        sheets = [path.read_bytes()[-6:] for path in (desk.folder / f"closed{number}").glob("*.pdf")]
        good = whole.startswith(b"%PDF") and whole.endswith(b"%%EOF\n") and sheets == [b"%%EOF\n"] * 2
        yield f"{closed}: the files are whole", "" if good else f"{whole[:9]!r} … {whole[-9:]!r}, {sheets}"
    done = desk.run("--patient", "Ann Lee", "--output", "-", shell='"$@" >&-')
    yield ">&-, a sheet to standard output", wrong_with(done, 6)
    done = desk.run("languages", shell='"$@" > /dev/full')
    yield "standard output on a full disk", wrong_with(done, 6)
    done = desk.run("--patient", "Ann Lee", "--output", "-", shell='"$@" | head -c 10')
    yield "a reader that goes away", wrong_with(done, 0)
    assert made
