"""From elements to the blocks of a sheet: nothing flattened, nothing lost."""

import msgspec
import pytest

from catalogue.sheet import (
    AllOf,
    AnyOf,
    Bullets,
    Cases,
    Fragment,
    IsTrue,
    IsUndefined,
    Link,
    Notice,
    NoticeKind,
    Paragraph,
    Section,
    Table,
)
from fleet.content.node import UnreadableError, from_json, from_xml
from fleet.content.publication import sheet_of
from fleet.content.remarks import Remarks


def sheet(body, remarks=None):
    document = f"""<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="F1" type="Fiche d'information">
        <dc:title>Titre</dc:title><dc:date>modified 2020-01-08</dc:date>{body}</Publication>"""
    return sheet_of(from_xml(document.encode()), remarks or Remarks())


def blocks(text):
    return sheet(f"<Texte>{text}</Texte>").blocks


def every(blocks, kind):
    """All blocks of a kind, however deep."""
    for block in blocks:
        if isinstance(block, kind):
            yield block
        for field in block.__struct_fields__:
            value = getattr(block, field)
            if field == "cases":
                for case in value:
                    yield from every(case.blocks, kind)
            elif field == "blocks":
                yield from every(value, kind)
            elif field == "items":
                for item in value:
                    yield from every(item, kind)


def test_a_paragraph_keeps_its_words_and_its_links():
    (paragraph,) = blocks(
        '<Paragraphe>Voir  la <LienInterne LienPublication="F2">fiche</LienInterne>\n, ou '
        '<LienExterne URL="https://example.org">ailleurs</LienExterne>.</Paragraphe>'
    )
    assert paragraph.text == "Voir la fiche , ou ailleurs."
    assert paragraph.links == (Link("fiche", sheet="F2"), Link("ailleurs", url="https://example.org"))


def test_a_space_lost_between_two_elements_is_put_back_but_not_before_a_suffix():
    (paragraph,) = blocks(
        "<Paragraphe><MiseEnEvidence>le 1</MiseEnEvidence><Exposant>er</Exposant><Valeur>mai</Valeur></Paragraphe>"
    )
    assert paragraph.text == "le 1er mai"


def test_cases_stay_cases_with_their_conditions():
    (cases,) = blocks(
        "<BlocCas><Cas><Titre>Locataire</Titre><Condition><estVrai var='T1'/></Condition>"
        "<Liste><Item><Paragraphe>Bail</Paragraphe></Item></Liste></Cas><Cas><Titre>Autre</Titre></Cas></BlocCas>"
    )
    assert cases.cases[0].condition == IsTrue("T1")
    assert cases.cases[0].blocks == (Bullets(((Paragraph("Bail"),),)),)
    assert (cases.cases[1].title, cases.cases[1].blocks) == ("Autre", ())


def test_conditions_nest():
    (section,) = blocks(
        "<Chapitre><Titre>A</Titre><TitreAlternatif><Paragraphe>Si a</Paragraphe></TitreAlternatif><Condition>"
        "<et><ou><estVrai var='T1'/><estIndefini var='T1'/></ou><estVrai var='T2'/></et></Condition></Chapitre>"
    )
    assert section.condition == AllOf((AnyOf((IsTrue("T1"), IsUndefined("T1"))), IsTrue("T2")))
    assert section.alternative_title == "Si a"


def test_an_item_under_a_condition_is_a_fragment():
    (bullets,) = blocks(
        "<Liste><Item><Condition><estVrai var='T1'/></Condition><Paragraphe>Un</Paragraphe></Item></Liste>"
    )
    assert bullets.items == ((Fragment(IsTrue("T1"), (Paragraph("Un"),)),),)


def test_notices_and_tables_keep_their_shape():
    notice, table = blocks(
        "<Attention><Titre>Attention</Titre><Paragraphe>Délai</Paragraphe></Attention><Tableau><Titre>Prix</Titre>"
        "<Rangée type='header'><Cellule><Paragraphe>Pour</Paragraphe></Cellule></Rangée>"
        "<Rangée type='normal'><Cellule><Paragraphe>1 €</Paragraphe></Cellule></Rangée></Tableau>"
    )
    assert notice == Notice(NoticeKind.WARNING, (Paragraph("Délai"),), "Attention")
    assert table == Table((((Paragraph("Pour"),),), ((Paragraph("1 €"),),)), "Prix", 1)


def test_an_unknown_element_is_named_and_its_text_kept():
    remarks = Remarks()
    read = sheet("<Texte><Nouveau><Titre>Neuf</Titre><Paragraphe>Texte neuf</Paragraphe></Nouveau></Texte>", remarks)
    assert remarks.unknown_elements == {"Nouveau"}
    assert read.blocks == (Paragraph("Neuf"), Paragraph("Texte neuf"))


@pytest.mark.parametrize(
    "body",
    [
        "<Inconnu>mot perdu</Inconnu>",
        "<Texte><Inconnu>mot perdu</Inconnu></Texte>",
        "<Texte><Paragraphe>un <Inconnu>mot perdu</Inconnu></Paragraphe></Texte>",
        "<Texte><Liste><Inconnu><Paragraphe>mot perdu</Paragraphe></Inconnu></Liste></Texte>",
        "<Texte><BlocCas><Inconnu>mot perdu</Inconnu></BlocCas></Texte>",
        "<Texte><Chapitre><Titre>A</Titre><Inconnu><B><C>mot perdu</C></B></Inconnu></Chapitre></Texte>",
        "<Texte><Tableau><Rangée><Cellule><Inconnu>mot perdu</Inconnu></Cellule></Rangée></Tableau></Texte>",
        "<Texte><Liste><Item>b<Inconnu>mot perdu</Inconnu></Item></Liste></Texte>",
    ],
)
def test_wherever_an_unknown_element_stands_its_words_stay(body):
    remarks = Remarks()
    assert "mot perdu" in repr(sheet(body, remarks))
    assert "Inconnu" in remarks.unknown_elements


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            "<Autre ID='F1' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>T</dc:title></Autre>",
            "its root is 'Autre'",
        ),
        ("<Menu/>", "its root is 'Menu'"),
        ("<Publication ID='F1'/>", "no ID or no title"),
    ],
)
def test_a_document_of_another_kind_is_refused_with_its_reason(document, reason):
    with pytest.raises(UnreadableError, match=reason):
        sheet_of(from_xml(document.encode()), Remarks())


def test_the_documents_for_an_identity_card_stay_with_their_case(shipped):
    read = sheet_of(from_json((shipped / "F21089.json").read_bytes()), Remarks())
    papers = next(section for section in every(read.blocks, Section) if section.title == "Pièces à fournir")
    cases = next(every(papers.blocks, Cases)).cases
    assert len(cases) >= 2
    assert cases[0].title == "Votre carte d'identité est valide"
    valid, *others = ([repr(bullets) for bullets in every(case.blocks, Bullets)] for case in cases)
    assert valid
    assert all(other != valid for other in others)
    assert not any(isinstance(block, Bullets) for block in papers.blocks)


def said(node):
    """The words a citizen should read beneath a node, picture captions and law references aside."""
    if node.name in {"Image", "Illustration", "Reference", "Resume", "NoticeLiee", "Source"}:
        return []
    return [word for child in node.children for word in (child.split() if isinstance(child, str) else said(child))]


def test_no_word_of_a_shipped_sheet_is_lost(shipped):
    for path in sorted(shipped.glob("*.json")):
        root = from_json(path.read_bytes())
        kept = repr(msgspec.to_builtins(sheet_of(root, Remarks()))).replace("\\'", "'").replace("\\xa0", " ")
        body = root.elements(
            "Introduction", "Texte", "ListeSituations", "ServiceEnLigne", "OuSAdresser", "Questionnaire"
        )
        assert [word for part in body for word in said(part) if word not in kept and "\\" not in repr(word)] == []


def test_every_shipped_sheet_is_read_without_an_unknown_element(shipped):
    remarks = Remarks()
    sheets = [sheet_of(from_json(path.read_bytes()), remarks) for path in sorted(shipped.glob("*.json"))]
    assert len(sheets) == 64
    assert all(read.title and read.url.endswith(read.id) and read.updated for read in sheets)
    assert remarks.unknown_elements == set()
