"""A dose as a clinician types it → a changed dose, inside the safe limits."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Facts, Number, Technique

ALIASES = {"times": "repeats", "repetitions": "repeats", "reps": "repeats", "seconds": "hold", "minutes": "time"}
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), "second"),
    **dict.fromkeys(("m", "min", "minute", "minutes"), "minute"),
    **dict.fromkeys(("h", "hour", "hours"), "hour"),
}
VALUE = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*[-–]\s*(\d+(?:[.,]\d+)?))?\s*([a-z]*)")
EXAMPLE = "Write it as ball.hold=45s or glute-bridge.days=2-3."


def change(typed: str, techniques: Mapping[str, Technique], facts: Facts) -> tuple[str, str, Number]:
    """Read "ball.hold=45s": the technique, the part of its dose, and the new number.

    Raises:
        OptionError: if it can't be read, names what is not there, or leaves the safe limits; says which and why.
    """
    found = re.fullmatch(r"\s*([a-z0-9-]+)\.([a-z-]+)\s*=\s*(.+?)\s*", typed.lower())
    if not found:
        raise OptionError(f"--dose: {typed!r} cannot be read", hint=EXAMPLE)
    name, part, value = found[1], ALIASES.get(found[2], found[2]), found[3]
    known = {technique.key: technique for technique in facts.techniques}
    if name not in known:
        raise OptionError(f"--dose: no technique {name!r}", hint=nearest(name, known))
    if part not in known[name].dose:
        raise OptionError(f"--dose: {name} has no {found[2]!r}", hint=nearest(part, known[name].dose))
    if name not in techniques:
        raise OptionError(
            f"--dose: {name} is not on this sheet", hint="Add it with --technique, or leave its dose out."
        )
    number = techniques[name].dose[part]
    low, high = _read(typed, value, number)
    if number.lowest is None or number.limit is None:
        raise OptionError(f"--dose: {name}.{part} cannot be changed", hint="Change it in the overrides' facts.toml.")
    if not number.lowest <= low <= high <= number.limit:
        reason = facts.reasons.get(known[name].group, {}).get(part, "")
        wrong = high if high > number.limit else low
        side, bound = ("over", number.limit) if high > number.limit else ("under", number.lowest)
        raise OptionError(
            f"--dose: {name}.{part}: {amount(wrong, number)} is {side} the safe limit of {amount(bound, number)}"
            + (f": {reason}" if reason else ""),
            hint=f"Choose from {amount(number.lowest, number)} to {amount(number.limit, number)}.",
        )
    return name, part, replace(number, low=low, high=high)


def amount(value: float, number: Number) -> str:
    """Write a number for a message, such as "90 seconds" or "2 times"."""
    return f"{value:g}" + (f" {number.unit}{'' if value == 1 else 's'}" if number.unit else "")


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Say what a mistyped name may have meant, and all there is."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return (f"Did you mean {near[0]!r}? " if near else "") + f"There is: {', '.join(dict.fromkeys(known))}."


def capped(number: Number, most: float) -> Number:
    """Bring a number down to what a caution allows."""
    low, high = min(number.low, most), min(number.high, most)
    limit = most if number.limit is None else min(number.limit, most)
    lowest = None if number.lowest is None else min(number.lowest, low)
    return replace(number, low=low, high=high, limit=limit, lowest=lowest)


def _read(typed: str, value: str, number: Number) -> tuple[float, float]:
    found = VALUE.fullmatch(value)
    if not found:
        raise OptionError(f"--dose: {typed!r}: {value!r} is not a number or a range", hint=EXAMPLE)
    low, high = (float(each.replace(",", ".")) for each in (found[1], found[2] or found[1]))
    if low > high:
        raise OptionError(f"--dose: {typed!r}: the range runs backwards", hint=EXAMPLE)
    factor = 1.0
    if unit := found[3]:
        meant = UNITS.get(unit)
        timed = number.unit in SECONDS
        if not timed and unit.rstrip("s") == number.unit:
            pass
        elif meant is None or number.unit not in ("second", "minute", "hour"):
            wanted = f"{number.unit}s" if number.unit else "no unit"
            raise OptionError(f"--dose: {typed!r}: {unit!r} does not fit", hint=f"It takes {wanted}.")
        else:
            factor = SECONDS[meant] / SECONDS[number.unit]
    low, high = round(low * factor, 3), round(high * factor, 3)
    if number.unit not in ("second", "minute", "hour") and (low % 1 or high % 1):
        raise OptionError(f"--dose: {typed!r}: half of one cannot be done", hint="Write a whole number.")
    return low, high
