"""Repairs of WeasyPrint 70's tag tree, which passes veraPDF but does not yet read right.

Done here: margin boxes and decorative pictures as artifacts, scope of table headers, boxes of figures in PDF points,
lists in columns as one list, inline languages, texts of links, texts of lines whose glyphs do not tell their letters.
`install` wraps one private function of WeasyPrint, `finish` is for its public `finisher` hook.
"""

import re
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import tags as _tags

from gluterelief_pdf.wrapping import wrap

PT_PER_PX = 0.75
ARTIFACT_KIND = {"footer": "/Pagination", "picture": "/Layout"}  # ISO 32000-1, 14.8.2.2.2
DECORATIVE = "\ue002"  # stands in Alt between layout and repair
SLOT = "data-slot"  # names a line that is written into the finished PDF
PRINT = 4  # ISO 32000-1, table 165: the annotation prints
_PARAMETERS = ["box", "parent", "pdf", "page_number", "nums", "annotations", "tags"]

# Indic and South-East Asian scripts. Not those from right to left: poppler turns their ActualText round.
SHAPED = re.compile("[\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]")

Element = dict[str, Any]


def install() -> None:
    """Make WeasyPrint keep inline languages and the texts of links.

    Raises:
        RenderError: if the function to wrap is not the known one.
    """
    wrap(_tags, "_build_box_tree", parameters=_PARAMETERS, wrapper=_noting)


def _noting(original: Any) -> Any:
    def build(box: Any, parent: Element, pdf: Any, *rest: Any) -> Iterator[Element]:
        real = getattr(box, "_box", box)
        source: Any = getattr(real, "element", None)
        named = source is not None and real.element_tag == source.tag  # not one of its anonymous or pseudo boxes
        language = source.get("lang") if named and source.tag != "html" else None
        _note_texts(real, pdf, *rest)
        _note_slots(real, pdf, *rest)
        for element in original(box, parent, pdf, *rest):
            if language:
                element.setdefault("Lang", pydyf.String(language))
            if named and element["S"] == "/Link" and real.link_annotation:
                text = " ".join("".join(source.itertext()).split())
                real.link_annotation["Contents"] = pydyf.String(text)
            yield element

    return build


def _note_texts(box: Any, pdf: Any, page: int, _nums: Any, _annotations: Any, marks: Any) -> None:
    """Note the text of each line that is written in a script whose glyphs do not tell their letters."""
    noted = vars(pdf).setdefault("line_texts", {})
    for child in getattr(box, "children", None) or ():
        for line in child.children if isinstance(child, boxes.LineBox) else (child,):
            if isinstance(line, boxes.TextBox) and line in marks and SHAPED.search(line.text):
                noted[page, marks[line]["mcid"]] = line.text


def _note_slots(box: Any, pdf: Any, page: int, _nums: Any, _annotations: Any, marks: Any) -> None:
    """Note where the lines stand that are written into the finished PDF."""
    for line in getattr(box, "children", None) or ():
        for child in line.children if isinstance(line, boxes.LineBox) else ():
            if isinstance(child, boxes.InlineBox) and (name := child.element.get(SLOT)):
                (text,) = child.children
                room = (box.content_box_x() + box.width - text.position_x) / text.style["font_size"]
                vars(pdf).setdefault("slots", {})[name] = page, marks[text]["mcid"], room


def mark_decorative(root: Any) -> None:
    """Note pictures with an empty alt before layout, so that `finish` can take them out of the tree."""
    for element in root.iter("img"):
        if element.get("alt") == "":
            element.set("alt", DECORATIVE)


def finish(_document: Any, pdf: Any) -> None:
    """Repair the finished tree (WeasyPrint's `finisher`)."""
    _Tree(pdf).repair()


class _Tree:
    """The structure tree of one PDF, with what is needed to find an element's page and marked content."""

    def __init__(self, pdf: Any) -> None:
        self._pdf, self._objects = pdf, pdf.objects
        root = self._get(pdf.catalog["StructTreeRoot"])
        self._pages = {_text(reference): number for number, reference in enumerate(pdf.page_references)}
        self._page_objects = [self._get(reference) for reference in pdf.page_references]
        nums = self._get(root["ParentTree"])["Nums"]
        self._owners = dict(zip(nums[::2], nums[1::2], strict=True))  # page number → element of each marked content
        self._parents: dict[int, Element] = {}
        self._order: list[Element] = []
        self._walk(self._get(root["K"][0]))
        self._marks = [self._marks_of(page) for page in self._page_objects]
        self._annotations = [entry for entry in pdf.objects if isinstance(entry, dict) and "Subtype" in entry]

    def _get(self, reference: Any) -> Any:
        """Follow a reference such as "12 0 R"."""
        return self._objects[int(_text(reference).split(" ")[0])]

    def _kids(self, element: Element) -> list[Element]:
        found = (self._get(kid) for kid in element.get("K", ()) if not isinstance(kid, int))
        return [kid for kid in found if kid.get("Type") == "/StructElem"]

    def _walk(self, element: Element) -> None:
        self._order.append(element)
        for kid in self._kids(element):
            self._parents[id(kid)] = element
            self._walk(kid)

    def _marks_of(self, page: Any) -> dict[int, int]:
        """Index where each marked content begins in a page's stream."""
        stream = self._get(page["Contents"]).stream
        return {
            entry["MCID"]: place
            for place, entry in enumerate(stream)
            if isinstance(entry, dict) and "MCID" in entry and stream[place + 1] == b"BDC"
        }

    def repair(self) -> None:
        self._margin_boxes_to_artifacts()
        for element in self._order:
            if element["S"] == "/Figure":
                self._repair_figure(element)
            elif element["S"] == "/TH":
                self._set_scope(element)
            elif element["S"] == "/L":
                self._join_columns(element)
            elif element["S"] == "/LI":
                self._wrap_item(element)
        for (page, content), text in vars(self._pdf).get("line_texts", {}).items():
            self._say(page, content, text)
        for annotation in self._annotations:
            if annotation["Subtype"] == "/Link":
                annotation["F"] = int(annotation.get("F", 0)) | PRINT

    def _margin_boxes_to_artifacts(self) -> None:
        """Content that no element of the tree holds is running footers: WeasyPrint tags it but does not link it."""
        reachable = {id(element) for element in self._order}
        for page in range(len(self._page_objects)):
            for content, reference in enumerate(self._owners[page]):
                if id(self._get(reference)) not in reachable:
                    self._to_artifact(page, content, "footer")

    def _say(self, page: int, content: int, text: str) -> None:
        """Give a marked content its text, since its glyphs alone would be read as other letters."""
        stream = self._get(self._page_objects[page]["Contents"]).stream
        stream[self._marks[page][content]]["ActualText"] = pydyf.String(text)

    def _to_artifact(self, page: int, content: int, kind: str) -> None:
        stream = self._get(self._page_objects[page]["Contents"]).stream
        place = self._marks[page][content]
        stream[place - 1] = "/Artifact"
        extra = {"Subtype": "/Footer"} if kind == "footer" else {}
        stream[place] = pydyf.Dictionary({"Type": ARTIFACT_KIND[kind], **extra})
        self._owners[page][content] = "null"

    def _repair_figure(self, figure: Element) -> None:
        page = self._pages[_text(figure["Pg"])]
        if getattr(figure.get("Alt"), "string", None) == DECORATIVE:
            for content in (kid for kid in figure["K"] if isinstance(kid, int)):
                self._to_artifact(page, content, "picture")
            self._parents[id(figure)]["K"].remove(figure.reference)  # type: ignore[attr-defined]
            return
        left, top, right, bottom = (value * PT_PER_PX for value in figure["A"]["BBox"])
        height = float(self._page_objects[page]["MediaBox"][3])
        figure["A"]["BBox"] = pydyf.Array([left, height - bottom, right, height - top])

    def _join_columns(self, whole: Element) -> None:
        """A list in columns, or going on over a page's end, comes with lists in it: lift their items up."""
        items = self._kids(whole)
        while any(item["S"] == "/L" for item in items):
            items = [each for item in items for each in (self._kids(item) if item["S"] == "/L" else (item,))]
        for item in items:
            item["P"] = whole.reference  # type: ignore[attr-defined]
            self._parents[id(item)] = whole
        whole["K"] = pydyf.Array([item.reference for item in items])  # type: ignore[attr-defined]

    def _wrap_item(self, item: Element) -> None:
        """What stands in a list item beside its label belongs into one body; WeasyPrint leaves blocks outside of it."""
        kids = list(item.get("K", ()))
        kinds = [None if isinstance(kid, int) else self._get(kid).get("S") for kid in kids]
        if all(kind in ("/Lbl", "/LBody") for kind in kinds):
            return
        labels = [kid for kid, kind in zip(kids, kinds, strict=True) if kind == "/Lbl"]
        body = pydyf.Dictionary({"Type": "/StructElem", "S": "/LBody", "P": item.reference})  # type: ignore[attr-defined]
        if "Pg" in item:
            body["Pg"] = item["Pg"]
        self._pdf.add_object(body)
        content: list[Any] = []
        for kid, kind in zip(kids, kinds, strict=True):
            if kind == "/LBody":
                content += self._get(kid)["K"]
            elif kind != "/Lbl":
                content.append(kid)
        for kid in content:
            if isinstance(kid, int):
                self._owners[self._pages[_text(body["Pg"])]][kid] = body.reference
            else:
                self._get(kid)["P"] = body.reference
                self._parents[id(self._get(kid))] = body
        body["K"] = pydyf.Array(content)
        item["K"] = pydyf.Array([*labels, body.reference])
        self._parents[id(body)] = item

    def _set_scope(self, header: Element) -> None:
        row = self._parents[id(header)]
        in_head = self._parents[id(row)]["S"] == "/THead" or all(cell["S"] == "/TH" for cell in self._kids(row))
        header.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = "/Column" if in_head else "/Row"


def _text(reference: Any) -> str:
    return reference.decode() if isinstance(reference, bytes) else str(reference)
