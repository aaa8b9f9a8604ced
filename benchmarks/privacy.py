"""Where a patient's name and address end up: everything that a run writes, says or shows is searched for them.

    python -m benchmarks.privacy [--only TEXT]

A name, a note, an address and a password that stand nowhere else go through one sheet, a draft, a letter, a batch with
all it can do, workers that are killed, and errors and crashes that are planted. Searched are all files below the desk,
its home, its cache and its folder for temporary files, also those that the program took away again; what it wrote
anywhere else; what changed in /tmp, /var/tmp, /dev/shm, /run and /var/log; what was said; the list of processes fifty
times a second, and every command that it started; PDFs with their streams unpacked, their text, title and metadata;
e-mails with their headers, and their parts decoded. Where a mark has to be and is not found, the search is blind.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.desk import Desk, Done, ended, opened
from benchmarks.marked import MARKS, entitled, found_in
from benchmarks.tracks import Tracks, elsewhere
from benchmarks.trials import TRIALS, Trial, prepared
from tests.machines import machines

ELSEWHERE = [Path(name) for name in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/var/log", "/var/spool", Path.home())]
PART = re.compile(r"\.(.+)\.[0-9a-f]{8}\.part")  # half a file, beside the whole one


def tried(trial: Trial) -> Iterator[str]:
    """Run one, and tell everything that is wrong."""
    with tempfile.TemporaryDirectory(prefix="privacy-") as name, opened(Path(name)) as desk:
        tracks = Tracks(desk.around / "tracks")
        tracks.folder.mkdir()
        environment = prepared(desk, trial) | tracks.environment(trial.planted)
        environment["PYTHONPATH"] = f"{tracks.folder}:{desk.environment['PYTHONPATH']}"
        given = {path for path in desk.around.rglob("*") if path.is_file()}
        began = time.time() - 1
        for _ in range(trial.runs):
            with _machines(desk, trial, tracks, environment) as cluster, tracks.watching():
                done = _run(desk, trial, environment, *cluster)
            if done.code not in trial.codes:
                yield f"exit code {done.code}, not {trial.codes}: {done.stderr[-200:]}"
            if MARKS.search(done.stderr.encode()) or (MARKS.search(done.stdout) and not trial.told):
                yield f"it was said: {done.stdout[-200:]!r} {done.stderr[-300:]}"
        yield from _shown(tracks, trial, Path(name))
        yield from _searched(desk, tracks, trial, given)
        yield from (f"in the headers of a letter to {each.rcpt_tos}" for each in desk.inbox.got if _named(each.content))
        yield from (f"in {path}" for path in _changed(began, Path(name)))


@contextmanager
def _machines(desk: Desk, trial: Trial, tracks: Tracks, environment: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Start a cluster where there is to be one, and give the options for it."""
    if not trial.clustered:
        yield ()
        return
    with machines(desk.around / "machines", workers=0) as cluster:
        cluster.start_worker(**environment)
        tracks.begin()
        yield "--cluster", cluster.address


def _run(desk: Desk, trial: Trial, environment: dict[str, str], *more: str) -> Done:
    (desk.around / "stdin").write_bytes(trial.stdin + b"\n" if trial.stdin else b"")
    running = desk.start(
        *trial.command, *more, environment=environment, shell=f'ulimit -c unlimited; exec "$@" < {desk.around}/stdin'
    )
    if trial.struck:
        _strike(running.pid)
    done = ended(running)
    (desk.around / "stdin").unlink()
    return done


def _strike(parent: int) -> None:
    """Kill workers while they work."""
    for _ in range(3):
        time.sleep(1.5)
        children = Path(f"/proc/{parent}/task/{parent}/children")
        with suppress(OSError, ValueError, IndexError):
            os.kill(int(children.read_text().split()[-1]), signal.SIGKILL)


def _shown(tracks: Tracks, trial: Trial, own: Path) -> Iterator[str]:
    """Tell what others could see while it ran, and whether something escaped the search."""
    assert tracks.looks > 5
    assert tracks.of("written")
    assert tracks.of("planted") or not trial.planted
    if tracks.seen and not trial.listed:
        yield f"seen while it ran: {tracks.seen}"
    if set(tracks.cores.values()) - {"0"}:
        yield f"a crash would be written to the disk: {tracks.cores}"
    yield from (f"started: {each}" for each in tracks.of("started") if MARKS.search(each.encode()))
    if away := elsewhere(tracks.of("written"), own):
        yield f"written where nobody searches: {away}"
    if unseen := [*tracks.of("nameless"), *tracks.of("missed")]:
        yield f"not seen: {unseen}"


def _searched(desk: Desk, tracks: Tracks, trial: Trial, given: set[Path]) -> Iterator[str]:
    """Search every file that is there, or was."""
    held = set()
    files = {str(path.relative_to(desk.around)): path for path in desk.around.rglob("*") if path not in given}
    files = {place: path for place, path in files.items() if not place.startswith("tracks/")}
    files |= {os.path.relpath(place, desk.around): path for place, path in tracks.kept()}
    for place, path in files.items():
        if MARKS.search(place.encode("utf-8", "replace")):
            yield f"in the name of {place}"
        if path.is_file():
            content = path.read_bytes()
            whole = Path(place).with_name(PART.sub(r"\1", Path(place).name)).as_posix()
            if found_in(content):
                held.add("around/printed" if place == "printed" else whole)
            if entitled(content):
                yield f"in the title, the metadata or the headers of {place}"
    yield from (f"in {place}" for place in sorted(held) if not any(re.fullmatch(each, place) for each in trial.places))
    for pattern in trial.places:
        if not any(re.fullmatch(pattern, place) for place in held):
            yield f"not where it must be ({pattern}): the search is blind"


def _named(content: bytes | str | None) -> bool:
    return isinstance(content, bytes) and entitled(content)


def _changed(since: float, own: Path) -> Iterator[Path]:
    """Give files elsewhere that were written meanwhile, and hold a mark."""
    for root in ELSEWHERE:
        for folder, folders, files in os.walk(root):
            folders[:] = [each for each in folders if Path(folder, each) != own]
            for path in (Path(folder, file) for file in files):
                with suppress(OSError):
                    if path.is_file() and path.stat().st_mtime > since and MARKS.search(path.read_bytes()):
                        yield path


def main() -> int:
    """Try everything, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="the trials with this in their title")
    only = parser.parse_args().only
    trials, wrong = [trial for trial in TRIALS if only in trial.title], 0
    for trial in trials:
        faults = list(tried(trial))
        wrong += bool(faults)
        print(f"{'wrong' if faults else 'ok   '}  {trial.title}", *faults, sep="\n           ", flush=True)
    print(f"{len(trials)} runs, {wrong} of them wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
