"""From the elements of a text to the blocks of a sheet. No I/O.

`_READERS` is the vocabulary of a text, `_IGNORED` what is left out on purpose. An element in neither is
named in the report and its text is kept as paragraphs.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from catalogue.sheet import (
    Block,
    Bullets,
    Case,
    Cases,
    ContactPoint,
    Fragment,
    Link,
    Notice,
    NoticeKind,
    OnlineService,
    Paragraph,
    Section,
    Table,
)
from fleet.content.conditions import condition_of
from fleet.content.inline import INLINE, paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fleet.content.node import Node
    from fleet.content.remarks import Remarks

_IGNORED = frozenset({
    "Titre", "TitreAlternatif", "Condition",  # read by the element they belong to
    "Source", "Complement", "PivotLocal", "RessourceWeb", "LienWeb",  # the same, of services and offices
    "NumeroCerfa", "AutreNumero", "Colonne", "Resume",
    "Image", "Illustration",  # the sources hold no picture files
    "NoticeLiee",  # how to fill in a form, as a PDF elsewhere
    "SiSelectionne",  # what a guided search would set: the guided searches are shown as plain choices
    "Reference",  # the law itself: for lawyers, and the sheet's address leads there
})  # fmt: skip


def blocks_of(nodes: Iterable[Node], remarks: Remarks) -> tuple[Block, ...]:
    """Return the blocks these elements say, in order."""
    blocks: list[Block] = []
    for branches, run in groupby(nodes, key=lambda node: node.name == "Branche"):
        siblings = tuple(run)
        if branches:
            blocks.append(Cases(tuple(_case(node, remarks) for node in siblings)))
        else:
            blocks += _run(siblings, remarks)
    return tuple(blocks)


def _run(nodes: Iterable[Node], remarks: Remarks) -> list[Block]:
    blocks: list[Block] = []
    for node in nodes:
        if node.name in _IGNORED:
            continue
        reader = _READERS.get(node.name)
        if reader is None:
            remarks.unknown(node.name)
            reader = _kept_text
        blocks += reader(node, remarks)
    return blocks


def inside(node: Node, remarks: Remarks) -> tuple[Block, ...]:
    """Return the blocks an element contains."""
    return blocks_of(node.elements(), remarks)


def title_of(node: Node, remarks: Remarks, name: str = "Titre") -> str:
    """Return the title of an element, empty where it has none."""
    title = node.first(name)
    if title is None:
        return ""
    whole = paragraph(title, remarks)
    return whole.text if whole else ""


def _paragraph(node: Node, remarks: Remarks) -> list[Block]:
    whole = paragraph(node, remarks)
    return [whole] if whole else []


def _kept_text(node: Node, remarks: Remarks) -> list[Block]:
    """Keep the text of an element nobody knows: its blocks if it has such, else its words."""
    if any(child.name not in INLINE or child.name == "Paragraphe" for child in node.elements()):
        loose = " ".join(" ".join(child for child in node.children if isinstance(child, str)).split())
        title = title_of(node, remarks)
        texts = [Paragraph(text) for text in (title, loose) if text]
        return [*texts, *inside(node, remarks)]
    return _paragraph(node, remarks)


def _bullets(node: Node, remarks: Remarks) -> list[Block]:
    items = []
    for item in node.elements():
        blocks = _direct(item, remarks) if item.name == "Item" else blocks_of((item,), remarks)
        condition = condition_of(item, remarks)
        if blocks:
            items.append((Fragment(condition, blocks),) if condition else blocks)
    return [Bullets(tuple(items))] if items else []


def _direct(node: Node, remarks: Remarks) -> tuple[Block, ...]:
    """Return the blocks of an element which may also hold bare text (Item, Cellule)."""
    bare = any(isinstance(child, str) for child in node.children)
    return tuple(_paragraph(node, remarks)) if bare else inside(node, remarks)


def _section(node: Node, remarks: Remarks) -> list[Block]:
    alternative = title_of(node, remarks, "TitreAlternatif") or None
    title, blocks = title_of(node, remarks), inside(node, remarks)
    if not (title or alternative or blocks):
        return []
    return [Section(title, blocks, alternative, condition_of(node, remarks))]


def _cases(node: Node, remarks: Remarks) -> list[Block]:
    cases: list[Case] = []
    others: list[Block] = []
    for child in node.elements():
        if child.name in {"Cas", "Situation", "Problematique"}:
            cases.append(_case(child, remarks))
        else:
            others += blocks_of((child,), remarks)
    return [*others, Cases(tuple(cases))] if cases else others


def _case(node: Node, remarks: Remarks) -> Case:
    return Case(title_of(node, remarks), inside(node, remarks), condition_of(node, remarks))


def _fragment(node: Node, remarks: Remarks) -> list[Block]:
    condition, blocks = condition_of(node, remarks), inside(node, remarks)
    if condition is None:
        return list(blocks)
    return [Fragment(condition, blocks)] if blocks else []


def _notice(kind: NoticeKind) -> Callable[[Node, Remarks], list[Block]]:
    def read(node: Node, remarks: Remarks) -> list[Block]:
        blocks, title = inside(node, remarks), title_of(node, remarks)
        return [Notice(kind, blocks, title)] if blocks or title else []

    return read


def _table(node: Node, remarks: Remarks) -> list[Block]:
    rows = []
    header_rows = 0
    for row in node.elements("Rangée"):
        rows.append(tuple(_direct(cell, remarks) for cell in row.elements("Cellule")))
        if row.attributes.get("type") == "header" and header_rows == len(rows) - 1:
            header_rows += 1
    return [Table(tuple(rows), title_of(node, remarks), header_rows)] if rows else []


def online_service(node: Node, remarks: Remarks) -> OnlineService:
    """Return a service, form, template or simulator (ServiceEnLigne, ServiceComplementaire)."""
    attributes = node.attributes
    web = node.first("LienWeb")
    cerfa = node.first("NumeroCerfa")
    source = node.first("Source")
    return OnlineService(
        title=title_of(node, remarks) or title_of(node, remarks, "dc:title"),
        kind=attributes.get("type", ""),
        id=attributes.get("ID", ""),
        url=attributes.get("URL") or (web.attributes.get("URL") if web else None),
        cerfa_form=attributes.get("numerocerfa") or (cerfa.words if cerfa else None),
        source=source.words if source else "",
        blocks=inside(node, remarks) if node.name != "ServiceComplementaire" else (),
        condition=condition_of(node, remarks),
    )


def contact_point(node: Node, remarks: Remarks) -> ContactPoint:
    """Return a place to go, to call or to write to (OuSAdresser)."""
    web = node.first("RessourceWeb")
    complement = node.first("Complement")
    aside = (Paragraph(complement.words),) if complement and complement.words else ()
    return ContactPoint(
        title=title_of(node, remarks),
        kind=node.attributes.get("type", ""),
        id=node.attributes.get("ID", ""),
        pivots=tuple(pivot.words for pivot in node.elements("PivotLocal")),
        url=web.attributes.get("URL") if web else None,
        blocks=(*aside, *inside(node, remarks)),
        condition=condition_of(node, remarks),
    )


def _loose_link(node: Node, remarks: Remarks) -> list[Block]:
    """Read a link which is a paragraph by itself (guided searches, sheets made of links)."""
    text = paragraph(node, remarks)
    target = Link(
        text.text if text else _named(node),
        sheet=node.attributes.get("LienPublication"),
        url=node.attributes.get("URL"),
    )
    return [Paragraph(target.text, (target,))] if target.text else []


def _named(node: Node) -> str:
    """Name a link without words by where it leads."""
    sheet = node.attributes.get("LienPublication")
    return f"Fiche {sheet}" if sheet else node.attributes.get("URL", "")


def _commented_link(node: Node, remarks: Remarks) -> list[Block]:
    return [Bullets((inside(node, remarks),))]


def _annex(node: Node, remarks: Remarks) -> list[Block]:
    return [online_service(node, remarks)]


_READERS: dict[str, Callable[[Node, Remarks], Iterable[Block]]] = {
    "Paragraphe": _paragraph,
    "Liste": _bullets,
    "Chapitre": _section,
    "SousChapitre": _section,
    "BlocCas": _cases,
    "ListeSituations": _cases,
    "Problematiques": _cases,
    "FragmentConditionne": _fragment,
    "Attention": _notice(NoticeKind.WARNING),
    "Avertissement": _notice(NoticeKind.WARNING),
    "ANoter": _notice(NoticeKind.NOTE),
    "ASavoir": _notice(NoticeKind.GOOD_TO_KNOW),
    "Rappel": _notice(NoticeKind.REMINDER),
    "Aide": _notice(NoticeKind.GOOD_TO_KNOW),
    "Tableau": _table,
    "ServiceEnLigne": _annex,
    "ServiceEnLigneAnnexe": _annex,
    "OuSAdresser": lambda node, remarks: [contact_point(node, remarks)],
    "LienInterne": _loose_link,
    "LienExterne": _loose_link,
    "LienExterneCommente": _commented_link,
    "Texte": inside,
    "Introduction": inside,
    "Description": inside,
    "Commentaire": inside,
    "ContenuIllustre": inside,
    "Contenu": inside,
}
