"""`python -m gluterelief_pdf` is `make-handout`. It is started here, so that not even an import ends in a traceback."""

import gc
import os
import sys

INTERRUPTED = 130
NO_ROOM = 6


def run() -> None:
    """Start the program."""
    gc.set_threshold(100_000, 50, 50)  # a short life: looking for garbage seldom saves a few percent
    try:
        from gluterelief_pdf.cli import main

        code = main(prog_name="make-handout", standalone_mode=True)
    except KeyboardInterrupt:
        _end("Interrupted: nothing was written.", INTERRUPTED)
    except OSError as error:
        import errno

        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _end("Error: no space is left for the output or for temporary files\nMake some room.", NO_ROOM)
    sys.exit(code)


def _end(message: str, code: int) -> None:
    """Say one last sentence and leave, without what standard output could not take."""
    print(message, file=sys.stderr, flush=True)
    os._exit(code)


if __name__ == "__main__":  # a batch's workers import it as well
    run()
