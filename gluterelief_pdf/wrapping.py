"""Private functions of WeasyPrint, wrapped in our own: the one place that knows what they have to look like."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gluterelief_pdf.errors import RenderError


def wrap(module: Any, name: str, parameters: Sequence[str], wrapper: Callable[[Any], Any]) -> None:
    """Put what the wrapper makes of a function in its place, once.

    Raises:
        RenderError: if the function is not the known one, so that no half-right file is made.
    """
    original = getattr(module, name, None)
    if getattr(original, "is_ours", False):
        return
    if original is None or list(inspect.signature(original).parameters) != list(parameters):
        raise RenderError("this version of WeasyPrint is not known", hint='Install "weasyprint>=70,<71".')
    ours = wrapper(original)
    ours.is_ours = True
    setattr(module, name, ours)
