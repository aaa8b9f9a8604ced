"""The search for a patient's data (`python -m benchmarks.privacy`) finds what there is to find."""

import subprocess
import sys
from pathlib import Path

from benchmarks.marked import ADDRESS, NAME, NOTE, entitled, found_in
from benchmarks.tracks import Tracks, elsewhere
from benchmarks.trials import TRIALS
from tests.conftest import Run


def test_marks_are_found_in_sheets_in_files_of_the_cache_and_in_drafts(run: Run, tmp_path: Path) -> None:
    named = ("--patient", NAME, "--technique", "pigeon", "--country", "US")
    assert run(*named, "--output", "sheet.pdf").code == 0
    assert run(*named, "--patient-in-title", "--output", "titled.pdf").code == 0
    assert run("draft", "--to", ADDRESS, *named, "--output", "draft.eml").code == 0
    sheet, titled, draft = ((tmp_path / name).read_bytes() for name in ("sheet.pdf", "titled.pdf", "draft.eml"))

    assert NAME.encode() not in sheet
    assert [found_in(content) for content in (sheet, b'{"pages": 3}\n' + sheet, draft)] == [True, True, True]
    assert [entitled(content) for content in (sheet, titled, draft)] == [False, True, False]
    assert entitled(draft.replace(b"Subject: ", f"Subject: {NAME} ".encode()))
    assert found_in(NOTE.encode("utf-16"))


def test_what_a_run_writes_and_takes_away_and_starts_is_written_down(tmp_path: Path) -> None:
    tracks = Tracks(tmp_path / "tracks")
    tracks.folder.mkdir()
    code = (
        "import os, subprocess, tempfile\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    with open(os.path.join(folder, 'gone'), 'w') as file: file.write('of a patient')\n"
        "subprocess.run(['true', 'an argument'])"
    )

    environment = {**tracks.environment(), "PYTHONPATH": str(tracks.folder), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env={"PATH": "/usr/bin:/bin", **environment})

    ((place, kept),) = ((place, kept) for place, kept in tracks.kept() if place.endswith("gone"))
    assert kept.read_text(encoding="utf-8") == "of a patient"
    assert place in tracks.of("written")
    assert elsewhere(tracks.of("written"), tmp_path) == set()
    assert elsewhere(tracks.of("written"), tmp_path / "apart") >= {place}
    assert any("an argument" in each for each in tracks.of("started"))
    assert tracks.of("missed") == []


def test_each_trial_has_a_name_of_its_own() -> None:
    assert len({trial.title for trial in TRIALS}) == len(TRIALS) > 30
