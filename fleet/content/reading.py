"""From one document to what a pack stores of it. No I/O.

The same function runs in every process of a build: bytes in, a small value out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue.pack_format import pack_body
from catalogue.stemming import stem, words_in
from fleet.content.node import Node, NotASheetError, UnreadableError, from_json, from_xml
from fleet.content.publication import ROOTS, sheet_of
from fleet.content.remarks import Remarks

if TYPE_CHECKING:
    from catalogue.sheet import Sheet
    from fleet.content.sources import Document

# A guided search repeats, under the same title, the sheets it leads to; a theme is a page of folders.
_NOT_SEARCHED = frozenset({"Recherche guidée", "Theme"})
# Elements which recommend another sheet; a folder repeated in each of its sheets (DossierPere) does not.
_RECOMMEND = frozenset({"LienInterne", "QuestionReponse", "CommentFaireSi"})
_TITLE_PARTS = re.compile(r"[()\[\]:]| [-–] ")


@dataclass(frozen=True, slots=True)
class Searchable:
    """What search is told of a sheet: stems by field, and its words as they are spelt."""

    title: str
    path: str
    description: str
    text: str
    words: frozenset[str]
    title_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet, ready to be stored; `recommends` are the ids of the sheets it sends its readers to."""

    document: str
    id: str
    audience: str
    kind: str
    title: str
    theme: str
    updated: str
    body: bytes
    recommends: frozenset[str]
    unknown_elements: tuple[str, ...]
    searchable: Searchable | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document which is not in the pack, and why; `lost` where it should have been a sheet."""

    document: str
    reason: str
    lost: bool = True


def read(document: Document) -> ReadSheet | SetAside:
    """Return what a pack stores of a document, or why it stores nothing."""
    if document.fault:
        return SetAside(document.name, document.fault)
    try:
        return _read(document)
    except NotASheetError as error:
        return SetAside(document.name, str(error), lost=False)
    except UnreadableError as error:
        return SetAside(document.name, str(error))
    except RecursionError:
        return SetAside(document.name, "its elements are nested too deep to be a sheet")


def _read(document: Document) -> ReadSheet:
    remarks = Remarks()
    as_json = document.name.lower().endswith(".json")
    root = from_json(document.content) if as_json else from_xml(document.content)
    sheet = sheet_of(root, remarks)
    return ReadSheet(
        document=document.name,
        id=sheet.id,
        audience=sheet.audience,
        kind=sheet.kind,
        title=sheet.title,
        theme=sheet.theme,
        updated=sheet.updated,
        body=pack_body(sheet),
        recommends=frozenset(_recommended(root)) - {sheet.id},
        unknown_elements=tuple(sorted(remarks.unknown_elements)),
        searchable=_searchable(sheet, root),
    )


def _recommended(node: Node) -> set[str]:
    found: set[str] = set()
    if node.name in _RECOMMEND:
        found.add(node.attributes.get("LienPublication") or node.attributes.get("ID", ""))
    for child in node.elements():
        if child.name != "DossierPere":
            found |= _recommended(child)
    return found


def _searchable(sheet: Sheet, root: Node) -> Searchable | None:
    citizens = sheet.audience == "particuliers" and root.name in ROOTS - {"ServiceComplementaire"}
    if not citizens or sheet.kind in _NOT_SEARCHED:
        return None
    parts = [part for part in (words_in(part) for part in _TITLE_PARTS.split(sheet.title)) if part]
    title = [word for part in parts for word in part]
    own = (sheet.title,) if sheet.kind == "Dossier" else ()  # a folder is the path of its sheets, and its own
    path = words_in(" ".join((*sheet.path[1:], sheet.theme, *sheet.subjects, *own)))
    description = words_in(sheet.description)
    text = words_in(" ".join(_texts(root)))
    return Searchable(
        title="|".join(map(_stems, parts)),
        path=_stems(path),
        description=_stems(description),
        text=_stems(text),
        words=frozenset(word for word in (*title, *path, *description, *text) if not word.isdigit()),
        title_words=frozenset(title),
    )


def _stems(words: list[str]) -> str:
    return " ".join(stem(word) for word in words)


def _texts(root: Node) -> list[str]:
    """Return the text of what the sheet itself says: its body, not its neighbours' titles."""
    said = ("Introduction", "Texte", "ListeSituations", "Questionnaire", "SousDossier", "Fiche", "Definition",
            "LienExterneCommente", "ServiceEnLigne", "OuSAdresser")  # fmt: skip
    return [_spaced(node) for node in root.elements(*said)]


def _spaced(node: Node) -> str:
    if node.name in {"Paragraphe", "Titre"}:
        return node.text
    return " ".join(child if isinstance(child, str) else _spaced(child) for child in node.children)
