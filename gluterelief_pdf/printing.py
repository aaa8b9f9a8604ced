"""A finished PDF → the printer, through the system's own `lp`."""

import subprocess
from pathlib import Path

from gluterelief_pdf.errors import OptionError, OutputError
from gluterelief_pdf.model import Paper

MEDIA = {"letter": "Letter", "a4": "A4"}  # PWG names of the paper (IPP, RFC 8011)
TITLE = "handout"  # stays in the printer's history: nothing of the patient
TIMEOUT_S = 60.0


def send(pdf: bytes, queue: str, *, paper: Paper, copies: int = 1, file: Path | None = None) -> str:
    """Print on both sides, turned on the long edge, and give what the system calls the job; no queue is the usual one.

    The PDF goes in by standard input, so that no file's name stands in the list of processes.

    Raises:
        OptionError: if the queue's name is none.
        OutputError: if there is no `lp` here, or it refuses; `file` is then what can be printed by hand.
    """
    if queue.startswith("-") or not queue.isprintable() or " " in queue or "/" in queue:
        raise OptionError(f"--print: {queue!r} is not the name of a printer", hint="lpstat -e lists them.")
    by_hand = f"Open {file} and print it on both sides." if file else "Print the file by hand."
    target = ["-d", queue] if queue else []
    how = ["-n", str(copies), "-o", "sides=two-sided-long-edge", "-o", f"media={MEDIA[paper]}", "-t", TITLE]
    try:
        done = subprocess.run(  # noqa: S603 (an argument list, checked)
            ["lp", *target, *how],  # noqa: S607 (the system's)
            input=pdf,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError:
        raise OutputError("--print: this system has no lp command to print with", hint=by_hand) from None
    except subprocess.TimeoutExpired:
        raise OutputError(f"--print: no answer from lp in {TIMEOUT_S:g} seconds", hint=by_hand) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[0].removeprefix("lp: ") if said else f"it ended with {done.returncode}"
        raise OutputError(f"--print: lp refused: {why}", hint=f"lpstat -e lists the printers. {by_hand}")
    return done.stdout.decode("utf-8", "replace").partition("request id is ")[2].partition(" ")[0]
