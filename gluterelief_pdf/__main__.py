"""`python -m gluterelief_pdf` is `make-handout`."""

from gluterelief_pdf.cli import run

if __name__ == "__main__":  # a batch's workers import it as well
    run()
