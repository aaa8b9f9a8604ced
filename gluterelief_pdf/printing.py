"""A finished PDF → the printer, through the system's own `lp`."""

import subprocess
from pathlib import Path

from gluterelief_pdf.errors import OptionError, OutputError
from gluterelief_pdf.model import Paper

MEDIA = {"letter": "Letter", "a4": "A4"}  # what CUPS calls the paper
TIMEOUT_S = 60.0
LIST = "lpstat -e lists the printers."


def check(queue: str) -> None:
    """Refuse what is no printer's name; none at all is the usual printer.

    Raises:
        OptionError: if it is no name.
    """
    if queue.startswith("-") or not queue.isprintable() or any(character in " /#" for character in queue):
        raise OptionError(f"--print: {queue!r} is not the name of a printer", hint=LIST)


def send(
    pdf: bytes, queue: str, *, paper: Paper, copies: int = 1, title: str = "handout", file: Path | None = None
) -> str:
    """Print on both sides, turned on the long edge, and give the name of the job.

    The PDF goes in by standard input, so that no file's name stands in the list of processes. The title stays in the
    printer's history: nothing of the patient may stand in it.

    Raises:
        OptionError: if the queue's name is none.
        OutputError: if there is no `lp` here, or it refuses; `file` is then what can be printed by hand.
    """
    check(queue)
    by_hand = f"Open {file} and print it on both sides." if file else "Print the file by hand, on both sides."
    target = ["-d", queue] if queue else []
    how = ["-n", str(copies), "-o", "sides=two-sided-long-edge", "-o", f"media={MEDIA[paper]}", "-t", title]
    command = ["lp", *target, *how]
    try:
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 (an argument list)
    except FileNotFoundError:
        raise OutputError("--print: this system has no lp command to print with", hint=by_hand) from None
    except subprocess.TimeoutExpired:
        raise OutputError(f"--print: no answer from lp in {TIMEOUT_S:g} seconds", hint=by_hand) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[0].removeprefix("lp: ").rstrip(".") if said else f"it ended with {done.returncode}"
        raise OutputError(f"--print: lp refused: {why}", hint=f"{LIST} {by_hand}")
    return done.stdout.decode("utf-8", "replace").partition("request id is ")[2].partition(" ")[0]
