"""The peer in Typst is a fair one: its sheet says what ours says. Needs the extra `bench`."""

import re
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from gluterelief_pdf import handout
from gluterelief_pdf.model import Choice, Patient
from gluterelief_pdf.shelf import Shelf
from tests.reading import Reading, plain
from tests.verapdf import failures

pytestmark = pytest.mark.soak
PLANS = {
    "complete": Choice(),
    "short": Choice(("ball", "figure-four", "glute-bridge", "heat")),
    "without pressing": Choice(("pigeon", "clamshell"), doses=("pigeon.hold=20s",)),
}


def words(pdf: bytes, *, pages: int) -> Counter[str]:
    """Count the words, those of the feet of pages once."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    text = done.stdout.decode().replace("•", " ").replace("\N{WORD JOINER}", "")
    feet = re.findall(rf"^Riverside Physical Therapy · .*|^.* · Page \d of {pages}$", text, re.MULTILINE)
    assert len(feet) >= pages
    for foot in feet:
        text = text.replace(foot, "")
    return Counter(re.sub(r"([-–])\s*\n", r"\1", text).split())


@pytest.mark.parametrize("plan", PLANS)
def test_the_sheet_in_typst_has_the_same_words_and_alternative_texts_and_passes_verapdf(
    tmp_path: Path, plan: str
) -> None:
    from benchmarks import peers, sample
    from benchmarks.typst import script

    shelf = Shelf()
    patient = Patient("Ann Lee", sample.CLINICIAN, date.fromisoformat(sample.DATE))
    sheet = handout.fill("en", sample.who(shelf), shelf=shelf, choice=PLANS[plan], patient=patient)
    clinic = peers.clinic_folder(tmp_path / "clinic", sheet)
    (clinic / "plan.json").write_text(peers.says(sheet), encoding="utf-8")

    ours = handout.render(sheet).pdf
    theirs = script.made(script.compiler(clinic), "plan.json", "Ann Lee", sample.DATE_PRINTED, sample.CLINICIAN)

    own, other = Reading(ours), Reading(theirs)
    assert words(theirs, pages=len(other.pages)) == words(ours, pages=len(own.pages))
    assert abs(len(other.pages) - len(own.pages)) <= 1
    alternatives = [
        Counter(plain(str(node.entry.get("/Alt"))) for node in reading.all("/Figure")) for reading in (own, other)
    ]
    assert alternatives[0] == alternatives[1]
    for kind in ("/H1", "/H2", "/H3", "/Table"):
        assert len(other.all(kind)) == len(own.all(kind)), kind
    (tmp_path / "typst.pdf").write_bytes(theirs)
    assert failures([tmp_path / "typst.pdf"]) == {"typst.pdf": []}
