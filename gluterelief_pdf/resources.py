"""Where the shipped folders lie."""

from importlib.resources import files
from pathlib import Path
from typing import Literal


def shipped(folder: Literal["templates", "content"]) -> Path:
    """Find a shipped folder: in the wheel, else beside the package in a checkout."""
    packaged = Path(str(files("gluterelief_pdf"))) / folder
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / folder
