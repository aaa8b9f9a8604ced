"""How long the whole program takes against plain WeasyPrint on the same HTML, CSS and fonts, in one run.

Read the ratios, not the times. Needs hyperfine; `make soak` installs it.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gluterelief_pdf
from gluterelief_pdf import clinic, facts, handout
from gluterelief_pdf.tables import Content

PLAIN = """import os, sys, warnings
os.environ["FONTCONFIG_FILE"] = {conf!r}
warnings.simplefilter("ignore")
import weasyprint
from weasyprint.text.fonts import FontConfiguration
config = FontConfiguration()
sheet = weasyprint.CSS({css!r}, font_config=config)
weasyprint.HTML({html!r}).write_pdf({pdf!r}, stylesheets=[sheet], font_config=config, pdf_variant="pdf/ua-1")
"""
LOGO = Path(__file__).parents[1] / "docs" / "sample" / "clinic.png"


def main() -> None:
    """Print a table of medians and their ratio to plain WeasyPrint."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        who, _ = clinic.make(name="Riverside", logo=LOGO, region=facts.region(Content.of(), "US"))
        html, css, _ = handout.source(handout.fill("en", who))
        (folder / "sheet.html").write_text(html, encoding="utf-8")
        (folder / "sheet.css").write_text(css, encoding="utf-8")
        conf = str(Path(gluterelief_pdf.__file__).with_name("fonts.conf"))
        files = {key: str(folder / f"sheet.{key}") for key in ("html", "css", "pdf")}
        (folder / "plain.py").write_text(PLAIN.format(conf=conf, **files), encoding="utf-8")
        ours = f"{Path(sys.executable).parent}/make-handout"
        sheet = f"--clinic-name Riverside --logo {LOGO} --country US -o {folder}/ours.pdf"
        commands = {
            "plain WeasyPrint": f"{sys.executable} {folder}/plain.py",
            "make-handout --no-cache": f"{ours} --no-cache {sheet}",
            "made before": f"{ours} {sheet}",
            "make-handout --version": f"{ours} --version",
            "make-handout --help": f"{ours} --help",
        }
        result = folder / "result.json"
        subprocess.run(
            [
                "hyperfine",
                "--warmup",
                "1",
                "--runs",
                "9",
                "--style",
                "none",
                "--export-json",
                result,
                *commands.values(),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        medians = [entry["median"] for entry in json.loads(result.read_text(encoding="utf-8"))["results"]]
    for command, median in zip(commands, medians, strict=True):
        print(f"{command:24} {median:6.2f} s   {median / medians[0]:5.2f} × plain WeasyPrint")


if __name__ == "__main__":
    main()
