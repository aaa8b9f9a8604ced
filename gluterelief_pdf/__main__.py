from gluterelief_pdf.cli import run

run()
