"""`python -m gluterelief_pdf` is `make-handout`. It is started here, so that not even an import ends in a traceback."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

INTERRUPTED = 130
NO_ROOM = 6
BUG = 5


def run() -> None:
    """Start the program."""
    gc.set_threshold(100_000, 50, 50)  # a short life: looking for garbage seldom saves a few percent
    try:
        _prepare()
        from gluterelief_pdf.cli import main

        code = main(prog_name="make-handout", standalone_mode=True)
    except KeyboardInterrupt:
        _end("Interrupted: nothing was written.", INTERRUPTED)
    except OSError as error:
        import errno

        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            _tell(error)
        _end("Error: no space is left for the output or for temporary files\nMake some room.", NO_ROOM)
    except Exception as bug:
        if isinstance(bug.__cause__, KeyboardInterrupt):  # as Python 3.11 wraps one that comes while a class is made
            _end("Interrupted: nothing was written.", INTERRUPTED)
        _tell(bug)
    sys.exit(code)


def _prepare() -> None:
    """See to it that no crash leaves what is in memory on the disk, and that every name can be told."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, ValueError):  # Windows; a bound that cannot be set
        pass
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # one of the three streams was closed:
        os.set_inheritable(descriptor, True)  # no file may take its place, here or in a process that we start
    os.close(descriptor)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the program ends)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may have bytes, or letters, that the locale has not
            unicode = stream.encoding.lower().startswith("utf")
            stream.reconfigure(errors="surrogateescape" if unicode else "backslashreplace")


def _tell(bug: Exception) -> NoReturn:
    """Tell where an error of the program happened, without what it says: that may be a patient's."""
    from gluterelief_pdf.errors import BugError

    _end(f"{BugError.of(bug)}\nError: this is an error of the program\nPlease report what stands above.", BUG)


def _end(message: str, code: int) -> NoReturn:
    """Say one last sentence and leave, without what standard output could not take."""
    print(message, file=sys.stderr, flush=True)
    os._exit(code)


if __name__ == "__main__":  # a batch's workers import it as well
    run()
