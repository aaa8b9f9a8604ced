"""What the clinician chose → the plan for one patient. What cautions do stands in the facts; no rule stands here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gluterelief_pdf import doses
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Barred, Caution, Choice, Facts, Number, Plan, Technique

MANY = 8  # exercises; the more there are, the fewer are done
FIND = "find"  # comes with every way of pressing: nobody should press where she has not felt
PRESS = "press"
FIRST_WEEK = {"hold-first-week": "hold", "spots-first-week": "spots"}  # number → the part of a dose it goes up to

Techniques = dict[str, Technique]


def make(facts: Facts, choice: Choice | None = None) -> Plan:
    """Plan for one patient: techniques in the order given, doses inside their limits, cautions kept.

    Raises:
        OptionError: if a name or dose is wrong, if a technique asked for by name is barred, or if nothing is left.
    """
    choice = choice or Choice()
    cautions = _cautions(facts, choice.cautions)
    chosen, named = _choose(facts, choice)
    for what in choice.without:
        chosen = _without(facts, chosen, what, "--without")
    if not chosen:
        raise OptionError("--without leaves nothing on the sheet", hint="Leave fewer techniques out.")
    allowed, left_out, kept = _bar(facts, chosen, named, cautions, choice.even_so)
    techniques, numbers = _cap(facts, allowed, cautions)
    changed_doses = []
    for typed in choice.doses:
        key, part, number = doses.change(typed, techniques, facts)
        techniques[key] = replace(techniques[key], dose={**techniques[key].dose, part: number})
        changed_doses.append(f"{key}.{part}")
    advice, changed = _advice(techniques, cautions)
    plan = Plan(
        techniques=tuple(techniques.values()),
        numbers=_no_more_at_first(techniques, numbers),
        cautions=tuple(caution.key for caution in cautions),
        advice=advice,
        changed=changed,
        left_out=left_out,
        kept=kept,
        changed_doses=tuple(dict.fromkeys(changed_doses)),
    )
    return replace(plan, warnings=_warnings(plan))


def positions(technique: Technique) -> tuple[str, ...]:
    """Name a technique's positions, such as "ball.wall"."""
    return tuple(f"{technique.key}.{at.key}" for at in technique.positions)


def _cautions(facts: Facts, names: Iterable[str]) -> tuple[Caution, ...]:
    known = {caution.key: caution for caution in facts.cautions}
    found = []
    for name in dict.fromkeys(name.strip().lower() for name in names):
        if name not in known:
            near = doses.nearest(name, known).split(" There is:")[0]
            hint = f"{near if near.startswith('Did') else ''} `make-handout cautions` lists them.".strip()
            raise OptionError(f"--caution: {name!r} is not known", hint=hint)
        found.append(known[name])
    return tuple(found)


def _choose(facts: Facts, choice: Choice) -> tuple[Techniques, frozenset[str]]:
    """Give what is chosen, in order, and what of it was asked for by its own name."""
    if not choice.techniques:
        return {technique.key: technique for technique in facts.techniques}, frozenset()
    known = {technique.key: technique for technique in facts.techniques}
    groups = dict.fromkeys(technique.group for technique in facts.techniques)
    at = {name: technique.key for technique in facts.techniques for name in positions(technique)}
    wanted: dict[str, list[str]] = {}
    named = set()
    for name in (name.strip().lower() for name in choice.techniques):
        if name in at:
            wanted.setdefault(at[name], []).append(name)
            named.add(name)
        elif name in known and name not in groups:
            wanted.setdefault(name, []).extend(positions(known[name]))
            named.add(name)
        elif name in groups:
            for technique in facts.techniques:
                if technique.group == name:
                    wanted.setdefault(technique.key, []).extend(positions(technique))
        else:
            there = (*groups, *known, *(name for name in at if len(known[at[name]].positions) > 1))
            raise OptionError(f"--technique: {name!r} is not known", hint=doses.nearest(name, there))
    chosen = {key: _only(known[key], names) for key, names in wanted.items()}
    if FIND in known and FIND not in chosen and any(each.group == PRESS for each in chosen.values()):
        chosen = {FIND: known[FIND], **chosen}
    return chosen, frozenset(named)


def _only(technique: Technique, names: Sequence[str]) -> Technique:
    kept = tuple(at for at in technique.positions if f"{technique.key}.{at.key}" in names)
    return replace(technique, positions=kept)


def _without(facts: Facts, chosen: Techniques, what: str, option: str) -> Techniques:
    """Leave out a group, a technique or a position."""
    name = what.strip().lower()
    every = {technique.key: technique for technique in facts.techniques}
    at = {position for technique in facts.techniques for position in positions(technique)}
    groups = {technique.group for technique in facts.techniques}
    if name not in every and name not in at and name not in groups:
        raise OptionError(f"{option}: {what!r} is not known", hint=doses.nearest(name, (*sorted(groups), *every)))
    left = {}
    for key, technique in chosen.items():
        if name in (key, technique.group):
            continue
        kept = tuple(position for position in positions(technique) if position != name)
        if kept:
            left[key] = _only(technique, kept)
    return left


def _bar(
    facts: Facts, chosen: Techniques, named: frozenset[str], cautions: Sequence[Caution], even_so: bool
) -> tuple[Techniques, tuple[Barred, ...], tuple[Barred, ...]]:
    """Leave out what a caution bars. What was asked for by name is refused, or kept even so."""
    why: dict[str, list[str]] = {}
    for caution in cautions:
        for what in caution.bar:
            why.setdefault(what, []).append(caution.key)
    absolute = [caution.key for caution in cautions if _bars_all(facts, caution)]
    allowed, left_out, kept = dict(chosen), [], []
    for key, technique in chosen.items():
        for what in (key, *positions(technique)):
            if what not in why:
                continue
            barred = Barred(what, tuple(why[what]))
            asked = what in named or (what == key and any(position in named for position in positions(technique)))
            if asked and not absolute:
                if not even_so:
                    hint = "Leave it out; or add --even-so if you decide so, which the record keeps."
                    raise OptionError(f"--technique: {what} is barred by {_listed(barred.cautions)}", hint=hint)
                kept.append(barred)
                continue
            if key in allowed:
                left_out.append(barred)
                allowed = _without(facts, allowed, what, "--caution")
    exercises = [technique for technique in allowed.values() if technique.group != FIND]
    if not exercises:
        reasons = absolute or [caution.key for caution in cautions]
        hint = "See the patient, or refer, first."
        raise OptionError(f"--caution: no plan is made, since {_listed(reasons)} leaves no technique", hint=hint)
    return allowed, tuple(left_out), tuple(kept)


def _bars_all(facts: Facts, caution: Caution) -> bool:
    barred = set(caution.bar)
    return all(technique.key in barred or set(positions(technique)) <= barred for technique in facts.techniques)


def _cap(facts: Facts, allowed: Techniques, cautions: Sequence[Caution]) -> tuple[Techniques, Mapping[str, Number]]:
    """Bring doses and numbers down to what the cautions allow; the lowest of several holds."""
    most: dict[str, float] = {}
    for caution in cautions:
        for what, value in caution.limit.items():
            most[what] = min(value, most.get(what, value))
    techniques = {
        key: replace(
            technique,
            dose={
                part: doses.capped(number, most[f"{key}.{part}"]) if f"{key}.{part}" in most else number
                for part, number in technique.dose.items()
            },
        )
        for key, technique in allowed.items()
    }
    numbers = {
        key: doses.capped(number, most[f"number.{key}"]) if f"number.{key}" in most else number
        for key, number in facts.numbers.items()
    }
    return techniques, numbers


def _no_more_at_first(techniques: Techniques, numbers: Mapping[str, Number]) -> Mapping[str, Number]:
    """Let week 1 ask for no more than the doses that were chosen."""
    found = dict(numbers)
    for name, part in FIRST_WEEK.items():
        later = [each.dose[part].high for each in techniques.values() if each.group == PRESS and part in each.dose]
        if later and min(later) < found[name].high:
            found[name] = doses.capped(found[name], min(later))
    return found


def _advice(
    techniques: Techniques, cautions: Sequence[Caution]
) -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Collect what each technique on the sheet is changed by, each advice once."""
    advice: dict[str, tuple[str, ...]] = {}
    changed = []
    for key, technique in techniques.items():
        names = (key, *positions(technique))
        found = [(what, text, c.key) for c in cautions for what, text in c.change.items() if what in names]
        if found:
            advice[key] = tuple(dict.fromkeys(text for _, text, _ in found))
            changed += [(what, caution) for what, _, caution in found]
    return advice, tuple(changed)


def _warnings(plan: Plan) -> tuple[str, ...]:
    found = []
    if plan.exercises > MANY:
        found.append(f"{plan.exercises} exercises: the more there are, the fewer people do; {MANY} or fewer is better")
    most = plan.numbers.get("pressing-a-side")
    for technique in plan.group(PRESS):
        seconds = _pressing_s(technique)
        if most and seconds > most.high * 60:
            found.append(
                f"{technique.key}: up to {seconds / 60:g} minutes a side a day, over the {most.high:g} that are safe; "
                "choose fewer spots or a shorter hold"
            )
    return tuple(found)


def _pressing_s(technique: Technique) -> float:
    """Add up the longest time a side that a day's pressing takes, in seconds."""
    dose = technique.dose
    times = dose["daily"].high if "daily" in dose else 1
    if "amount" in dose:
        return dose["amount"].high * 60 * (dose["sets"].high if "sets" in dose else 1) * times
    return dose["hold"].high * dose["spots"].high * times if {"hold", "spots"} <= dose.keys() else 0


def _listed(keys: Iterable[str]) -> str:
    return " and ".join(keys)
