"""Everything a front desk may hand in, and what comes out: writes docs/inputs.md.

Each row is one run of the real program in an empty folder. `make inputs` runs it; it takes some minutes.
"""

import argparse
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.logos import LOGOS, REFUSED_SVG  # noqa: E402 (the tests' own logos)
from tests.verapdf import failures  # noqa: E402

# A small process in between: what a process used counts from the fork, and the one that made a large logo is large.
MEASURED = """import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, setsigdef=[signal.SIGINT])
_, status, used = os.wait4(child, 0)
open(sys.argv[1], "w").write(f"{os.waitstatus_to_exitcode(status)} {used.ru_maxrss}")
"""


@dataclass
class Case:
    """One thing handed in."""

    title: str
    arguments: list[str] = field(default_factory=list)
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    prepare: Callable[[Path], None] = lambda folder: None
    afterwards: Callable[[Path], None] = lambda folder: None
    interrupted_s: float = 0  # when Ctrl-C is pressed


@dataclass
class Outcome:
    """What came of it."""

    case: Case
    code: int
    said: str
    left: list[str]
    seconds: float
    mebibytes: int
    pdf: bytes


def _png(size: tuple[int, int], mode: str = "RGB") -> Callable[[], bytes]:
    def save() -> bytes:
        file = io.BytesIO()
        Image.new(mode, size).save(file, "PNG")
        return file.getvalue()

    return save


def _other(kind: str) -> Callable[[], bytes]:
    def save() -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (40, 40), "teal").save(file, kind)
        return file.getvalue()

    return save


def _logo(title: str, name: str, content: Callable[[], bytes]) -> Case:
    return Case(title, ["--logo", name], {name: content})


def cases() -> list[Case]:
    """List all that is tried."""
    found = [_logo(f"logo {name}", name, content) for name, content in LOGOS.items()]
    found += [_logo("logo in a folder with a space and an umlaut", "Röhm logo.png", LOGOS["rgb.png"])]
    found += [_logo("39-megapixel PNG", "big.png", _png((6200, 6300)))]
    found += [_logo("39-megapixel PNG with transparency", "big.png", _png((6200, 6300), "RGBA"))]
    found += [_logo(f"SVG: {name}", "clinic.svg", content) for name, (content, _) in REFUSED_SVG.items()]
    found += [
        _logo(f"a {kind} file named .png", "clinic.png", _other(kind)) for kind in ("GIF", "WEBP", "PDF", "TIFF", "BMP")
    ]
    found += [
        _logo("a HEIC photo", "clinic.heic", lambda: b"\0\0\0\x18ftypheic" + b"\0" * 99),
        _logo("text named .png", "clinic.png", lambda: b"our logo"),
        _logo("an empty file", "clinic.png", lambda: b""),
        _logo("a PNG cut short", "clinic.png", lambda: LOGOS["rgb.png"]()[:300]),
        _logo("11 MB", "clinic.png", lambda: b"\x89PNG" + b"x" * 11_000_000),
        _logo("a bomb: 30000 × 30000 in 0.1 MB", "clinic.png", _png((30000, 30000), "1")),
        Case("no such file", ["--logo", "none.png"]),
        Case("a folder", ["--logo", "."]),
        Case("a file that cannot be read", ["--logo", "/proc/self/mem"]),
        Case("a device", ["--logo", "/dev/zero"]),
    ]
    texts = {
        "a name of 200 characters": "Riverside Physical Therapy and Rehabilitation " * 4 + "of Springfield !",
        "markup": "<b>Bold</b> & \"Sons\" 'Ltd' </style><script>",
        "a template": "{{ 7*7 }} {% include '/etc/passwd' %}",
        "Arabic": "عيادة النهر للعلاج الطبيعي",
        "Hindi": "नदी भौतिक चिकित्सा",
        "Polish, Vietnamese, Russian, Greek": "Łódź · Bệnh viện · Клиника · Κλινική",
        "Chinese": "河畔诊所",
        "an emoji": "Happy 😀 Clinic",
        "a right-to-left override": "Clinic \u202egpj.exe",
        "a control character": "Clinic\a",
        "a line break": "Clinic\nTwo",
        "spaces only": "   ",
    }
    found += [Case(f"name: {title}", ["--clinic-name", text]) for title, text in texts.items()]
    found += [
        Case(
            "three-line address, no phone",
            [part for line in ("Suite 4", "12 Mill Lane", "Springfield") for part in ("--address", line)],
        ),
        Case("colour red}", ["--colour", "red}"]),
        Case("country Atlantis", ["--country", "Atlantis"]),
        Case("language Klingon", ["--lang", "tlh"]),
        Case("output: folder missing", ["--output", "nowhere/sheet.pdf"]),
        Case("output: a folder", ["--output", "."]),
        Case("output: /dev/full", ["--output", "/dev/full/sheet.pdf"]),
        Case("output: a name with a line break", ["--output", "a\nb.pdf"]),
        Case("output: -", ["--output", "-"]),
        Case("output: /proc, where nothing can be made", ["--output", "/proc/sheet.pdf"]),
        Case("output: a link to a file", ["--output", "link.pdf"], prepare=_link),
        Case("output: a file that is open elsewhere", ["--output", "sheet.pdf"], prepare=_open),
        Case("Ctrl-C while the sheet is made", ["--no-cache"], interrupted_s=0.8),
    ]
    if os.geteuid() == 0:
        disks = {"a full disk, with an older sheet on it": "size=64k", "a disk that is read-only": "size=9m"}
        found += [
            Case(f"output: {title}", ["--output", "disk/sheet.pdf"], prepare=_disk(options), afterwards=_unmounted)
            for title, options in disks.items()
        ]
    return found


def _link(folder: Path) -> None:
    (folder / "real.pdf").write_bytes(b"old")
    (folder / "link.pdf").symlink_to("real.pdf")


HELD: list[io.BufferedReader] = []  # files that stay open


def _open(folder: Path) -> None:
    (folder / "sheet.pdf").write_bytes(b"old")
    HELD.append((folder / "sheet.pdf").open("rb"))


def _disk(options: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)
        (disk / "sheet.pdf").write_bytes(b"old")
        if "64k" not in options:
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)

    return prepare


def _unmounted(folder: Path) -> None:
    """Take the disk away; what was there before must be there still, and nothing else."""
    disk = folder / "disk"
    found = {path.name: path.read_bytes() for path in disk.iterdir()}
    subprocess.run(["umount", disk], check=True)
    disk.rmdir()
    assert found == {"sheet.pdf": b"old"}


def run(case: Case) -> Outcome:
    """Run the program once and measure it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in case.files.items():
            (folder / file).write_bytes(content())
        case.prepare(folder)
        out, errors, scratch = folder / ".out", folder / ".errors", folder / ".tmp"
        scratch.mkdir()
        began = time.monotonic()
        with out.open("wb") as stdout, errors.open("wb") as stderr:
            command = [sys.executable, "-m", "gluterelief_pdf", "--country", "US", *case.arguments]
            running = subprocess.Popen(
                [sys.executable, "-c", MEASURED, folder / ".used", *command],
                cwd=folder,
                stdout=stdout,
                stderr=stderr,
                env={**os.environ, "TMPDIR": str(scratch), "XDG_CACHE_HOME": str(folder / ".cache")},
                start_new_session=True,
            )
            if case.interrupted_s:
                time.sleep(case.interrupted_s)
                os.killpg(running.pid, signal.SIGINT)
            assert running.wait() == 0
        seconds = time.monotonic() - began
        code, kibibytes = map(int, (folder / ".used").read_text(encoding="utf-8").split())
        case.afterwards(folder)
        said = errors.read_text(encoding="utf-8")
        said = "\n".join(line for line in said.splitlines() if "signed off" not in line)
        ours = (".out", ".errors", ".used", ".tmp", ".cache", *case.files)
        left = sorted(path.name for path in folder.iterdir() if path.name not in ours)
        left += [f"temporary {path.name}" for path in scratch.iterdir()]
        pdfs = [path.read_bytes() for path in folder.glob("*.pdf") if path.name not in case.files]
        pdf = pdfs[0] if pdfs else out.read_bytes() if out.read_bytes().startswith(b"%PDF") else b""
        return Outcome(case, code, said, left, seconds, kibibytes // 1024, pdf)


def table(outcomes: list[Outcome], verdicts: dict[str, list[str]]) -> str:
    """Write what came out as Markdown."""
    rows = []
    for number, outcome in enumerate(outcomes):
        said = outcome.said.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;") or "—"
        rules = verdicts.get(f"{number}.pdf")
        checked = "—" if rules is None else "passes" if not rules else f"{len(rules)} rules fail"
        made = f"{len(outcome.pdf) // 1000} kB" if outcome.pdf else "nothing"
        title = outcome.case.title.replace("|", "\\|").replace("<", "&lt;")
        rows.append(f"| {title} | {outcome.code} | {made} | {checked} | {said} |")
    slow = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:3]
    large = sorted(outcomes, key=lambda outcome: -outcome.mebibytes)[:3]
    refused = [outcome for outcome in outcomes if outcome.code]
    return "\n".join(
        [
            "# What a front desk may hand in, and what comes out",
            "",
            "Written by `make inputs`: each row is one run of `make-handout --country US …` in an empty folder. The reminder that no",
            "clinician has signed the content off is left out. Times are of one loaded two-core machine.",
            "",
            f"{len(outcomes)} inputs: {len(outcomes) - len(refused)} sheets, {len(refused)} refused; tracebacks: "
            f"{sum('Traceback' in outcome.said for outcome in outcomes)}; temporary files left: "
            f"{sum(name.startswith('temporary') for outcome in outcomes for name in outcome.left)}; files left by a refusal: "
            f"{sum(len(outcome.left) for outcome in refused)}; sheets that veraPDF fails: {sum(bool(rules) for rules in verdicts.values())}.",
            "",
            "Slowest: " + "; ".join(f"{outcome.case.title} {outcome.seconds:.1f} s" for outcome in slow) + ".",
            "Slowest refusal: " + max(f"{outcome.seconds:.1f} s" for outcome in refused) + ".",
            "Most memory: " + "; ".join(f"{outcome.case.title} {outcome.mebibytes} MiB" for outcome in large) + ".",
            "Most memory of a refusal: " + f"{max(outcome.mebibytes for outcome in refused)} MiB.",
            "",
            "| input | exit code | made | PDF/UA-1 | what it says |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "![Sheets in the colours of 24 logos](logos.jpg)",
            "",
        ]
    )


def main() -> None:
    """Try everything, and write it down."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    outcomes = [run(case) for case in cases()]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, outcome in enumerate(outcomes):
            if outcome.pdf:
                files.append(Path(folder, f"{number}.pdf"))
                files[-1].write_bytes(outcome.pdf)
        verdicts = failures(files)
    (ROOT / "docs" / "inputs.md").write_text(table(outcomes, verdicts), encoding="utf-8")


if __name__ == "__main__":
    main()
