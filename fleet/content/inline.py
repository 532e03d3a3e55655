"""From the words of a paragraph to a `Paragraph` with its links. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.sheet import Link, Paragraph

if TYPE_CHECKING:
    from fleet.content.node import Node
    from fleet.content.remarks import Remarks

# Elements within a line: what they emphasise is for the screen to emphasise again, if ever.
_EMPHASIS = frozenset({
    "MiseEnEvidence", "Expression", "Valeur", "Exposant", "Indice", "Citation", "Variable", "TermeEtranger",
})  # fmt: skip
_LINKS = frozenset({"LienInterne", "LienExterne", "LienIntra"})
_PICTURES = frozenset({"Image"})  # the packages hold no picture files
_SUFFIXES = frozenset({"Exposant", "Indice"})  # the "er" of 1er belongs to what stands before it

INLINE = _EMPHASIS | _LINKS | _PICTURES | {"Paragraphe"}


def paragraph(node: Node, remarks: Remarks) -> Paragraph | None:
    """Return a paragraph, None where it holds no word."""
    links: list[Link] = []
    text = " ".join(_line(node, links, remarks).split())
    return Paragraph(text, tuple(links)) if text else None


def _line(node: Node, links: list[Link], remarks: Remarks) -> str:
    """Join the pieces of a line.

    Two elements side by side lost the space between them when the JSON was made; it is put back, except
    before a suffix.
    """
    line = ""
    after_element = False
    for child in node.children:
        if isinstance(child, str):
            line += child
            after_element = False
            continue
        piece = _piece(child, links, remarks)
        if after_element and child.name not in _SUFFIXES and line[-1:].isalnum() and piece[:1].isalnum():
            line += " "
        line += piece
        after_element = True
    return line


def _piece(node: Node, links: list[Link], remarks: Remarks) -> str:
    if node.name in _PICTURES:
        return ""
    if node.name not in INLINE:
        remarks.unknown(node.name)
        return node.text
    text = _line(node, links, remarks)
    if node.name in _LINKS and (link := _link(node, " ".join(text.split()))):
        links.append(link)
    return text


def _link(node: Node, text: str) -> Link | None:
    if not text:
        return None
    if node.name == "LienInterne":
        return Link(text, sheet=node.attributes.get("LienPublication"))
    if node.name == "LienExterne":
        return Link(text, url=node.attributes.get("URL"))
    return Link(text, definition=node.attributes.get("LienID"))
