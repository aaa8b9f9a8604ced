"""Parse WeasyPrint's C declarations in advance: `make declarations`, after WeasyPrint has changed."""

import argparse
import re
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import cffi

import gluterelief_pdf

FILE = Path(gluterelief_pdf.__file__).with_name("declared.py")
HEAD = '''"""WeasyPrint's C declarations, parsed: written by `make declarations`, see importing.py."""
# mypy: ignore-errors
'''


def text() -> str:
    """Give the module for the WeasyPrint that is installed."""
    found = find_spec("weasyprint.text.ffi")
    assert found
    assert found.origin
    declarations = re.search(r"ffi\.cdef\('''(.*?)'''\)", Path(found.origin).read_text(encoding="utf-8"), re.DOTALL)
    assert declarations
    parsed = cffi.FFI()
    parsed.cdef(declarations[1])
    parsed.set_source("gluterelief_pdf.declared", None)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "declared.py"
        parsed.emit_python_code(str(file))
        _, code = file.read_text(encoding="utf-8").split("\n", 1)
    return f'{HEAD}SHA256 = "{sha256(declarations[1].encode()).hexdigest()}"  # of what was parsed\n{code}'


def main() -> None:
    """Parse them and write the module."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    FILE.write_text(text(), encoding="utf-8")
    print(FILE)


if __name__ == "__main__":
    main()
