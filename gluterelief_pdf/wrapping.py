"""Private functions of WeasyPrint, wrapped in our own where they are the ones that we know."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gluterelief_pdf.errors import RenderError


def wrap(module: Any, name: str, *, parameters: Sequence[str], wrapper: Callable[[Any], Any]) -> None:
    """Put what the wrapper makes of a function in its place, once.

    Raises:
        RenderError: if the function does not take these parameters.
    """
    original = getattr(module, name, None)
    if getattr(original, "is_ours", False):
        return
    known(original, parameters)
    ours = wrapper(original)
    ours.is_ours = True
    setattr(module, name, ours)


def known(function: Any, parameters: Sequence[str]) -> None:
    """See that a function is the known one, so that no half-right file is made.

    Raises:
        RenderError: if it does not take these parameters.
    """
    if function is None or list(inspect.signature(function).parameters) != list(parameters):
        raise unknown()


def unknown() -> RenderError:
    """Tell that this is another WeasyPrint than we know."""
    return RenderError("this version of WeasyPrint is not known", hint='Install "weasyprint>=70,<71".')
