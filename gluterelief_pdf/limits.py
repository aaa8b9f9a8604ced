"""Work under a limit of time and memory: in a child process that can be ended.

Unix only. Elsewhere the work is done here and without limits.
"""

import errno
import math
import os
import pickle
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import ParamSpec, TypeVar

from gluterelief_pdf.errors import BugError, HandoutError, OutputError, RenderError

P = ParamSpec("P")
T = TypeVar("T")

AVAILABLE = hasattr(os, "fork")
FULL = (errno.ENOSPC, errno.EDQUOT)
OUT_OF_MEMORY = (MemoryError, SystemError)  # code in C may tell an allocation that failed as the latter
PATIENCE = 10  # times as long, by the clock on the wall, as work may compute: others may keep the machine busy


def run(work: Callable[P, T], timeout_s: float, memory_bytes: int, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the work and give its result; a HandoutError comes through as it is.

    Raises:
        RenderError: if it computes longer than `timeout_s`, waits `PATIENCE` times as long, needs `memory_bytes`
            more than this process has, or its process dies or cannot be started.
        OutputError: if there is no room for temporary files.
    """
    if not AVAILABLE:
        return work(*args, **kwargs)
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    with _scratch() as scratch:  # what a killed child leaves goes with it
        child = context.Process(
            target=_work, args=(sender, scratch, timeout_s, memory_bytes, lambda: work(*args, **kwargs)), daemon=True
        )
        try:
            _start(child)
            sender.close()
            if not receiver.poll(PATIENCE * timeout_s):
                raise too_slow(timeout_s)
            kind, result = receiver.recv()
        except EOFError:
            child.join()
            if child.exitcode == -signal.SIGXCPU:
                raise too_slow(timeout_s) from None
            raise _died(memory_bytes) from None
        except OSError:  # it died while it told
            raise _died(memory_bytes) from None
        finally:
            if child.pid is not None:
                child.kill()
                child.join()
    if kind == "done":
        return result  # type: ignore[no-any-return]
    raise result


def end_with_parent(scratch: str = "") -> None:
    """End this process when the one that started it has ended, also when it was killed: nobody would tell us.

    The folder for temporary files, which nobody else would remove then, goes with it.
    """

    def watch() -> None:
        if parent := parent_process():
            connection.wait([parent.sentinel])
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)
            os._exit(1)

    with suppress(RuntimeError):  # no thread can be started: the work can do without
        threading.Thread(target=watch, daemon=True).start()


def _start(child: BaseProcess) -> None:
    try:
        with _undisturbed():
            child.start()
    except OSError as error:
        raise unstartable(error) from error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait for a moment, so that nothing is left of which nobody knows."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _scratch() -> Iterator[str]:
    try:
        with _undisturbed():
            folder = tempfile.TemporaryDirectory(prefix="make-handout-")
    except OSError as error:
        hint = "Make some room, or name a folder for them in TMPDIR."
        raise OutputError("no folder for temporary files can be written to", hint=hint) from error
    try:
        yield folder.name
    finally:
        with _undisturbed():
            folder.cleanup()


def bound_memory(memory_bytes: int) -> None:
    """Bound what this process may use, where a system can; a lower bound that somebody else has set stays."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))


def bound_computing(seconds: float) -> None:
    """End this process when it has computed for so many seconds more, where a system can, and whatever it is doing."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    bound = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (bound if most == resource.RLIM_INFINITY else min(bound, most), most))


def unstartable(error: Exception, hint: str = "") -> RenderError:
    """Tell that the system lets no process, or no thread, be started."""
    why = ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
    hint = hint or "Is the folder that you are in still there, and does the system let you start so many processes?"
    return RenderError(f"the processes that make sheets cannot be started: {why}", hint=hint)


def too_slow(timeout_s: float) -> RenderError:
    """Tell that work was ended because of its time."""
    return RenderError(f"the sheet took longer than {timeout_s:g} seconds to make")


def _died(memory_bytes: int) -> RenderError:
    return RenderError("the process that makes the sheet died", hint=_memory(memory_bytes))


def _memory(memory_bytes: int) -> str:
    return f"It may use {memory_bytes // 2**20} MiB of memory."


def _mapped_bytes() -> int:
    """Tell what this process has of memory as `bound_memory` counts it: 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as told:
            return int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _work(sender: Connection, scratch: str, timeout_s: float, memory_bytes: int, work: Callable[[], object]) -> None:
    """Do the work in the child and send back what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and ends us
    tempfile.tempdir = scratch
    end_with_parent(scratch)
    bound_memory(_mapped_bytes() + memory_bytes)  # it has all that the process has from which it comes
    bound_computing(timeout_s)
    error: HandoutError | BugError
    try:
        told = pickle.dumps(("done", work()))  # what goes wrong with this is not Python's to tell either
    except BaseException as wrong:
        error = BugError.of(wrong)
        if isinstance(wrong, HandoutError):
            error = wrong
        elif isinstance(wrong, OUT_OF_MEMORY):
            error = RenderError("the sheet needs too much memory", hint=_memory(memory_bytes))
        elif isinstance(wrong, OSError) and wrong.errno in FULL:
            error = OutputError("no space is left for temporary files", hint="Make some room.")
        told = pickle.dumps(("failed", error))
    sender.send_bytes(told)
    sender.close()
