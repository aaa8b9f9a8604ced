"""Where the shipped folders lie."""

from pathlib import Path
from typing import Literal


def shipped(folder: Literal["templates", "content"]) -> Path:
    """Find a shipped folder: in the wheel, else beside the package in a checkout."""
    packaged = Path(__file__).parent / folder
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / folder
