"""Which classes of the body a part of a page depends on: where only others differ, it is laid out the same.

This is told from the style sheets, rather once too often than once too little: a rule that speaks of such a class
matters to every part in which all tags and classes stand that the rule speaks of besides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
BRACE = re.compile(r"([^{};]*)([{}])")
FUNCTION = re.compile(r":[a-z-]+\([^()]*\)")
COMBINATOR = re.compile(r"[\s>+~]+")
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
TAG = re.compile(r"^[a-zA-Z][\w-]*")
DECLARED = re.compile(r"(?:^|;)\s*([a-zA-Z-][\w-]*)\s*:")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
NAMED = re.compile(r"<([a-zA-Z][\w-]*)|class=\"([^\"]*)\"|var\(\s*(--[\w-]+)")
ROOTS = frozenset(("html", "body"))
Names = frozenset[str]  # tags, classes and variables that all stand in a part
Rule = tuple[str, str]  # a selector, and its declarations


def of(css: str, part: Iterable[str], among: Iterable[str]) -> Names:
    """Give those of some classes of the body that a part depends on; the part comes with all that it stands in."""
    among = frozenset(among)
    names = set(among)
    for text in part:
        for tag, classes, variable in NAMED.findall(text):
            names.update((tag or variable or classes).split())
    if (matters := _matters(css)) is None:
        return among
    return frozenset(name for name in among if any(names.issuperset(needed) for needed in matters.get(name, ())))


@lru_cache(16)
def _matters(css: str) -> Mapping[str, frozenset[Names]] | None:
    """Tell for each class of which a rule speaks to what it matters; nothing where that is too much to tell."""
    plain = COMMENT.sub("", css)
    if _nested(plain) or "[class" in plain:
        return None
    rules = [
        (selector.strip(), declarations)
        for selectors, declarations in RULE.findall(plain)
        for selector in FUNCTION.sub(lambda found: found[0].replace(",", " "), selectors).split(",")
    ]
    found: dict[str, set[Names]] = {}
    for selector, declarations in rules:
        for name in CLASS.findall(selector):
            found.setdefault(name, set()).update(_concerned(name, (selector, declarations), rules))
    return {name: frozenset(concerned) for name, concerned in found.items()}


def _nested(css: str) -> bool:
    """Tell whether a rule stands in another one: not in one such as @media or @page."""
    above: list[bool] = []  # whether each that is open is a rule with a selector
    for prelude, brace in BRACE.findall(css):
        if brace == "}":
            above = above[:-1]
        elif any(above):
            return True
        else:
            above.append(not prelude.strip().startswith("@"))
    return False


def _concerned(name: str, rule: Rule, rules: Iterable[Rule]) -> Iterator[Names]:
    """Tell to what a rule matters: where it is for the body itself, to what uses its variables, or to everything."""
    selector, declarations = rule
    if name not in CLASS.findall(COMBINATOR.split(selector)[-1]):
        yield _needed(selector) - {name}
        return
    declared = DECLARED.findall(declarations)
    if not all(each.startswith("--") for each in declared):
        yield frozenset()  # what it declares may be inherited
    for variable in _derived(declared, rules):
        yield frozenset((variable,))
        for other, those in rules:
            if variable in VARIABLE.findall(those):
                yield _needed(other) - {name}


def _needed(selector: str) -> Names:
    """Name the tags and classes that a selector speaks of, but for what is in its functions."""
    plain = FUNCTION.sub("", selector)
    tags = (TAG.match(compound) for compound in COMBINATOR.split(plain))
    return frozenset((*CLASS.findall(plain), *(tag[0].lower() for tag in tags if tag))) - ROOTS


def _derived(variables: Iterable[str], rules: Iterable[Rule]) -> set[str]:
    """Add the variables that are made from others, at any remove."""
    found = {name for name in variables if name.startswith("--")}
    while True:
        more = {
            name
            for _, declarations in rules
            if found.intersection(VARIABLE.findall(declarations))
            for name in DECLARED.findall(declarations)
            if name.startswith("--")
        }
        if more <= found:
            return found
        found |= more
