"""Styles that are computed once and shared by many documents with the same style sheets.

WeasyPrint shares a style among the elements of one document that match the same rules below the same parent. A part of
a sheet is a document of its own, and most of what stands in it has a style that some other document had.
`install` wraps one private function of WeasyPrint.
"""

from typing import Any

from weasyprint.css import StyleFor

from gluterelief_pdf.wrapping import wrap

MOST = 5_000  # styles that are kept, some kB each: the layouts of one language need a thousand or two
OWN = ("lang", "id", "name")  # attributes that give an element declarations of its own, besides `style`
STYLED = 1, 0, 0  # the specificity of what `style` says; what has the same by a rule has an id
_PARAMETERS = ["self", "element", "parent", "root", "pseudo_type", "base_url", "target_collector"]


class Styles:
    """The styles of elements in documents with the same style sheets, but for a sheet of each for its root alone."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}
        self._known: set[int] = set()

    def find(self, key: Any) -> Any:
        """Find a style."""
        return self._kept.get(key)

    def key(self, style_for: Any, element: Any, parent: Any, pseudo_type: str | None) -> Any:
        """Name all that the style of an element depends on; none if that is more than can be told.

        A rule's values are told by where they are in memory, since their style sheet stays there; those of an
        attribute by its text.
        """
        if not hasattr(element, "get"):  # a page, a margin box
            return None
        if parent is None:
            sheet = element.find("head/style")
            return (sheet.text if sheet is not None else "", *sorted(element.items()))
        above = id(style_for.get_computed_styles()[parent, None])
        if above not in self._known or (pseudo_type is None and any(element.get(name) for name in OWN)):
            return None
        cascaded = style_for.get_cascaded_styles().get((element, pseudo_type), {})
        rules = ((name, *found[1:], found[1][2] == STYLED or id(found[0])) for name, found in cascaded.items())
        return (above, pseudo_type, None if pseudo_type else element.get("style"), *rules)

    def keep(self, key: Any, style: Any) -> None:
        """Keep a style; one that others must know of is each element's own."""
        if style["anchor"]:
            return
        if len(self._kept) >= MOST:
            self._kept.clear()
            self._known.clear()
        self._kept[key] = style
        self._known.add(id(style))


def install() -> None:
    """Make WeasyPrint look for a style before it computes one, where the font configuration has `styles`.

    Raises:
        RenderError: if the function to wrap is not the known one.
    """
    wrap(StyleFor, "set_computed_styles", parameters=_PARAMETERS, wrapper=_looking)


def _looking(original: Any) -> Any:
    def set_computed_styles(
        self: Any,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: Any = None,
    ) -> None:
        styles: Styles | None = getattr(self.font_config, "styles", None)
        key = styles.key(self, element, parent, pseudo_type) if styles else None
        if styles and key and (style := styles.find(key)) is not None:
            self.get_computed_styles()[element, pseudo_type] = style
            return
        original(self, element, parent, root, pseudo_type, base_url, target_collector)
        if styles and key:
            styles.keep(key, self.get_computed_styles()[element, pseudo_type])

    return set_computed_styles
