"""From the root of a document to a `Sheet`. No I/O.

`_IGNORED` names what a publication says and a kiosk does not show, each with its reason; whatever is in no
table is reported, and its text kept at the end of the sheet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.pack_format import AUDIENCES
from catalogue.sheet import (
    Block,
    Choice,
    Definition,
    OnlineService,
    Question,
    Questionnaire,
    Sheet,
    SheetLink,
)
from fleet.content.blocks import blocks_of, contact_point, online_service, title_of
from fleet.content.node import Node, NotASheetError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fleet.content.remarks import Remarks

ROOTS = frozenset({"Publication", "ServiceComplementaire"})

_IGNORED = frozenset({
    # What every document says of itself and the catalogue knows without it.
    "dc:creator", "dc:publisher", "dc:contributor", "dc:type", "dc:format", "dc:identifier", "dc:source",
    "dc:language", "dc:relation", "dc:coverage", "dc:rights", "Canal", "Cible",
    "SousThemePere", "SousDossierPere",  # in the path already
    "Reference",  # the law itself: for lawyers, and the sheet's address leads there
    "PourEnSavoirPlus",  # pages elsewhere; what a citizen must do never stands behind them
    "NoticeLiee",  # how to fill in a form, as a PDF elsewhere
    "Partenaire",  # a logo
    "RechercheGuidee",  # the questions of a guided search lead to sheets which search finds directly
    "FicheLiee", "Dossier", "OuSAdresserSupport", "ServiceEnLigneAlternatif",  # of forms: who links to them
    "AutreNumero", "NumeroCerfa", "LienWeb", "PivotLocal",  # of forms: read with the service
})  # fmt: skip
_READ_HERE = frozenset({
    "dc:title", "dc:subject", "dc:description", "dc:date", "SurTitre", "Audience", "FilDAriane", "Theme",
    "DossierPere", "Questionnaire", "Introduction", "Avertissement", "ServiceEnLigne", "ServiceEnLigneAnnexe",
    "OuSAdresser", "VoirAussi", "QuestionReponse", "CommentFaireSi", "Definition", "Abreviation",
})  # fmt: skip
_FOLDER_CONTENT = frozenset({"Fiche", "Dossier", "SousDossier", "SousTheme"})
_SITES = {
    "particuliers": "https://www.service-public.fr/particuliers/vosdroits/",
    "professionnels": "https://www.service-public.fr/professionnels-entreprises/vosdroits/",
    "associations": "https://www.service-public.fr/associations/vosdroits/",
}


def sheet_of(root: Node, remarks: Remarks) -> Sheet:
    """Return the sheet a document says.

    Raises:
        NotASheetError: the document is of another kind.
        UnreadableError: its root is unknown, or it has no id or no title.
    """
    sheet_id = root.attributes.get("ID", "")
    title = _words(root, "dc:title").strip("* ")  # one title of 2020 has stars before it (F34487)
    if root.name not in ROOTS and not title:
        raise NotASheetError(f"its root is {root.name!r} and it has no title of a sheet")
    if root.name not in ROOTS:
        raise UnreadableError(f"its root is {root.name!r}, not one of {sorted(ROOTS)}")
    if not sheet_id or not title:
        raise UnreadableError("it has no ID or no title")
    audience = _audience(root)
    return Sheet(
        id=sheet_id,
        kind=root.attributes.get("type", ""),
        audience=audience,
        title=title,
        url=root.attributes.get("spUrl") or _SITES[audience] + sheet_id,
        updated=_words(root, "dc:date").removeprefix("modified").strip(),
        description=_words(root, "dc:description").replace("^", ""),  # "1^er" for 1er
        over_title=_words(root, "SurTitre"),
        theme=_theme(root, remarks),
        path=_path(root),
        subjects=tuple(part.strip() for part in _words(root, "dc:subject").split(",") if part.strip()),
        introduction=blocks_of(root.elements("Avertissement", "Introduction"), remarks),
        blocks=_body(root, remarks),
        questionnaire=_questionnaire(root.first("Questionnaire"), remarks),
        online_services=tuple(_services(root, remarks)),
        contact_points=tuple(contact_point(node, remarks) for node in root.elements("OuSAdresser")),
        sheets=tuple(_folder(root, remarks)),
        see_also=tuple(_see_also(root, remarks)),
        life_events=tuple(_links(root.elements("CommentFaireSi"), "", remarks)),
        definitions=tuple(
            Definition(node.attributes.get("ID", ""), title_of(node, remarks), _definition(node))
            for node in root.elements("Definition", "Abreviation")
        ),
    )


def _words(root: Node, name: str) -> str:
    node = root.first(name)
    return node.words if node else ""


def _audience(root: Node) -> str:
    """Return whose page of the site it is on; that is the first level of its path."""
    path = root.first("FilDAriane")
    levels = [level.attributes.get("ID", "") for level in path.elements()] if path else []
    for name in (*levels[:1], _words(root, "Audience")):
        if name.casefold() in AUDIENCES:
            return name.casefold()
    return AUDIENCES[0]


def _path(root: Node) -> tuple[str, ...]:
    path = root.first("FilDAriane")
    levels = [level.words for level in path.elements("Niveau")] if path else []
    return tuple(levels[:-1])


def _theme(root: Node, remarks: Remarks) -> str:
    theme = root.first("Theme")
    if theme is not None:
        return title_of(theme, remarks)
    return next(iter(_path(root)[1:][-1:]), "")  # life events have no theme; their level is "Comment faire si"


def _body(root: Node, remarks: Remarks) -> tuple[Block, ...]:
    elsewhere = _IGNORED | _READ_HERE | (_FOLDER_CONTENT if root.name == "Publication" else frozenset())
    return blocks_of((node for node in root.elements() if node.name not in elsewhere), remarks)


def _services(root: Node, remarks: Remarks) -> Iterator[OnlineService]:
    if root.name == "ServiceComplementaire":
        yield online_service(root, remarks)
    for node in root.elements("ServiceEnLigne", "ServiceEnLigneAnnexe"):
        yield online_service(node, remarks)


def _questionnaire(node: Node | None, remarks: Remarks) -> Questionnaire | None:
    if node is None:
        return None
    questions = tuple(_question(question, remarks) for question in node.elements("Question"))
    return Questionnaire(questions, _words(node, "Description")) if questions else None


def _question(node: Node, remarks: Remarks) -> Question:
    choices = tuple(
        Choice(
            title_of(choice, remarks),
            _variables(choice, "affecteVrai"),
            _variables(choice, "affecteFaux"),
            _words(choice, "IntituleSiSelectionne"),
        )
        for choice in node.elements("Choix")
    )
    return Question(title_of(node, remarks), choices, _words(node, "Aide"))


def _variables(choice: Node, effect: str) -> tuple[str, ...]:
    return tuple(
        variable.attributes["var"]
        for selected in choice.elements("SiSelectionne")
        for variable in selected.elements(effect)
        if variable.attributes.get("var")
    )


def _folder(root: Node, remarks: Remarks) -> Iterator[SheetLink]:
    """Yield what a folder or a theme contains, each under its heading."""
    if root.name != "Publication":
        return
    for node in root.elements("Fiche", "Dossier", "SousDossier", "SousTheme"):
        if node.name in {"SousDossier", "SousTheme"}:
            yield from _links(node.elements("Fiche", "Dossier"), title_of(node, remarks), remarks)
        else:
            yield from _links((node,), "", remarks)


def _see_also(root: Node, remarks: Remarks) -> Iterator[SheetLink]:
    for node in root.elements("VoirAussi"):
        yield from _links(node.elements("Fiche", "Dossier"), "", remarks)
    yield from _links(root.elements("QuestionReponse"), "Questions-réponses", remarks)


def _links(nodes: Iterable[Node], group: str, remarks: Remarks) -> Iterator[SheetLink]:
    for node in nodes:
        title = title_of(node, remarks) or node.words
        if (sheet_id := node.attributes.get("ID")) and title:
            yield SheetLink(sheet_id, title, group)


def _definition(node: Node) -> str:
    text = node.first("Texte")
    return " ".join(part.words for part in text.elements()) if text else ""
