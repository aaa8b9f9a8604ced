"""The sentences of a sheet, as a reader meets them."""

from tests.reading import leaves, plain
from tests.test_languages import filled

NOT_PROSE = ("term", "equipment", "log", "caution_names")


def printed(tag: str) -> list[tuple[str, str]]:
    """Give what is printed as sentences, with its keys."""
    return [
        (key, plain(text))
        for key, text in leaves(filled(tag).texts)
        if key.split(".")[0] not in NOT_PROSE and key.split(".")[-1] not in ("alt", "sources") and "cells" not in key
    ]
