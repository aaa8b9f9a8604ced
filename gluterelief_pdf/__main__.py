"""`python -m gluterelief_pdf` is `make-handout`."""

from gluterelief_pdf.cli import run

run()
