"""How quick a batch is against plain WeasyPrint on the same pages, styles and fonts, with as many processes.

Three figures, all read as ratios: a sheet made before; sheets a second; CPU and memory of a worker from 100 sheets to
1,000. `--rows` makes it shorter. `make soak` runs it.
"""

import argparse
import csv
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import gluterelief_pdf
from gluterelief_pdf import clinic, facts, handout, layout
from gluterelief_pdf.model import Choice, Patient, Sheet
from gluterelief_pdf.pdf import Press
from gluterelief_pdf.shelf import Shelf
from gluterelief_pdf.tables import Content

LOGO = Path(__file__).parents[1] / "docs" / "sample" / "clinic.png"
Work = tuple[Sequence[str], str]  # pages to lay out, of which the last is printed; style


def orders(number: int, shelf: Shelf, chance: random.Random) -> list[tuple[Patient, Choice]]:
    """Give plans that all differ: three to eight techniques, each with a dose of its own."""
    known = [t for t in shelf.facts.techniques if t.group != "find"]
    found: dict[Choice, Patient] = {}
    while len(found) < number:
        chosen = chance.sample(known, chance.randint(3, 8))
        doses = []
        for technique in chosen:
            changeable = [part for part, n in technique.dose.items() if n.lowest is not None and n.limit is not None]
            if changeable:
                part = chance.choice(changeable)
                dose = technique.dose[part]
                doses.append(
                    f"{technique.key}.{part}={chance.randint(math.ceil(dose.lowest or 1), int(dose.limit or 1))}"
                )
        found[Choice(tuple(t.key for t in chosen), doses=tuple(doses))] = Patient(f"Patient {len(found)}")
    return [(patient, choice) for choice, patient in found.items()]


def stock(work: Work) -> None:
    """Make a sheet as WeasyPrint's documentation says."""
    warnings.simplefilter("ignore")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    pages, css = work
    for place, html in enumerate(pages, start=1):
        config = FontConfiguration()
        sheet = weasyprint.CSS(string=css, font_config=config)
        document = weasyprint.HTML(string=html).render(stylesheets=[sheet], font_config=config)
        if place == len(pages):
            document.write_pdf(pdf_variant="pdf/ua-1")


def tried(sheet: Sheet) -> list[str]:
    """Give the pages that one who tries the layouts in their order lays out, the one that is printed last."""
    press, pages = Press(), []
    allowed = layout.allowed(sheet)
    import weasyprint

    found = []
    for way in layout.layouts(sheet):
        html, css, folders = handout.source(sheet, way)
        style, config, fetcher = press.style(css, folders)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style], font_config=config)
        pages.append(html)
        found.append(len(document.pages))
        if found[-1] <= allowed:
            return pages
    best = found.index(min(found))
    return [*(html for place, html in enumerate(pages) if place != best), pages[best]]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=40, help="sheets that plain WeasyPrint makes")
    asked = parser.parse_args()
    jobs = len(os.sched_getaffinity(0))
    os.environ["FONTCONFIG_FILE"] = str(Path(gluterelief_pdf.__file__).with_name("fonts.conf"))
    shelf = Shelf()
    who, _ = clinic.make(name="Riverside", logo=LOGO, region=facts.region(Content.of(), "US"))
    plans = orders(asked.rows, shelf, random.Random(1))
    sample = [handout.fill("en", who, shelf=shelf, patient=p, choice=c) for p, c in plans[: asked.sample]]
    works = [(tried(sheet), handout.source(sheet)[1]) for sheet in sample]

    context = get_context("spawn")
    rates = {}
    for name, chosen in (("trying layouts", works), ("told the layout", [([pages[-1]], css) for pages, css in works])):
        with ProcessPoolExecutor(jobs, context) as pool:
            list(pool.map(stock, chosen[:jobs]))  # warm
            began = time.monotonic()
            list(pool.map(stock, chosen))
            rates[name] = len(chosen) / (time.monotonic() - began)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = batch(folder, plans)
        print(f"batch of {asked.rows} different sheets, {jobs} processes: {ours:.2f} a second, its start included")
        for baseline, rate in rates.items():
            print(f"  plain WeasyPrint, warm, {baseline}: {rate:.2f} a second; we are {ours / rate:.2f} × as quick")
        again(folder)
    flat(plans)


def batch(folder: Path, plans: Sequence[tuple[Patient, Choice]]) -> float:
    """Run the program over a roster, and give sheets a second."""
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["name", "techniques", "doses"])
        write.writerows([p.name, "; ".join(c.techniques), "; ".join(c.doses)] for p, c in plans)
    began = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "gluterelief_pdf",
        "batch",
        "roster.csv",
        "--clinic-name",
        "Riverside",
        "--logo",
        str(LOGO),
    ]
    subprocess.run([*command, "--country", "US"], cwd=folder, check=True, capture_output=True)
    return len(plans) / (time.monotonic() - began)


def again(folder: Path) -> None:
    """Time one sheet that was made before against one process of plain WeasyPrint."""
    source = folder / "plain.py"
    who, _ = clinic.make(name="Riverside", logo=LOGO, region=facts.region(Content.of(), "US"))
    html, css, _ = handout.source(handout.fill("en", who))
    source.write_text(
        f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nfrom batch import stock\n"
        f"stock(([{html!r}], {css!r}))\n",
        encoding="utf-8",
    )
    options = ["--clinic-name", "Riverside", "--logo", str(LOGO), "--country", "US", "-o", str(folder / "one.pdf")]
    ours, plain = [sys.executable, "-m", "gluterelief_pdf", *options], [sys.executable, str(source)]
    subprocess.run(ours, check=True, capture_output=True)
    subprocess.run(plain, check=True, capture_output=True)
    times = {
        name: statistics.median(cpu_s(command) for _ in range(5))
        for name, command in (("ours", ours), ("plain", plain))
    }
    ratio = times["ours"] / times["plain"]
    print(f"made before: {times['ours']:.2f} s of CPU; plain WeasyPrint {times['plain']:.2f} s; {ratio:.3f} ×")


def cpu_s(command: Sequence[str]) -> float:
    """Give the CPU time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def flat(plans: Sequence[tuple[Patient, Choice]]) -> None:
    """Make sheets in one process, and tell CPU and memory by the hundred."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for line in pool.submit(_flat, plans).result():
            print(line)


def _flat(plans: Sequence[tuple[Patient, Choice]]) -> list[str]:
    import gc

    gc.set_threshold(100_000, 50, 50)
    shelf, press, lines = Shelf(), Press(), []
    who, _ = clinic.make(name="Riverside", logo=LOGO, region=facts.region(Content.of(), "US"))
    step = max(1, len(plans) // 10)
    for start in range(0, len(plans), step):
        began = time.process_time()
        for patient, choice in plans[start : start + step]:
            handout.render(handout.fill("en", who, shelf=shelf, patient=patient, choice=choice), press=press)
            gc.collect()
            gc.freeze()
        cpu = (time.process_time() - began) / len(plans[start : start + step])
        now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(
            f"  worker, sheets {start + 1} to {start + step}: {cpu:.2f} s of CPU each, {now:.0f} MB, at most {peak:.0f} MiB"
        )
    return lines


if __name__ == "__main__":
    main()
