"""What is open of a sheet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kiosk_samples import CARD, MOVE, SERVICES

from catalogue.sheet import NoticeKind
from kiosk.lines import Chapter, Choice, Chosen, Contact, Heading, Point, Prose, Related, Remark, Service
from kiosk.outline import linked_sheets, outline

IN_FRANCE = ((0,), 0)
PIECES = (0, 0, 1)


def texts(lines):
    return [line.text for line in lines if isinstance(line, Prose | Point)]


def test_cases_are_a_choice_until_one_is_the_citizens():
    assert outline(CARD, None, ()) == (Choice((0,), ("Demande en France", "Demande à l'étranger")),)


def test_a_case_shows_its_chapters_closed():
    assert outline(CARD, None, (IN_FRANCE,)) == (
        Chosen((0,), "Demande en France"),
        Chapter((0, 0, 0), "Où faire la demande ?", opened=False),
        Chapter((0, 0, 1), "Pièces à fournir", opened=False),
        Chapter((0, 0, 2), "Coût", opened=False),
    )


def test_an_open_chapter_asks_before_it_lists_what_to_bring():
    lines = outline(CARD, PIECES, (IN_FRANCE,))
    assert Choice((*PIECES, 1), ("Carte valide", "Carte périmée")) in lines
    assert texts(lines) == ["Il faut présenter les originaux."]


def test_what_to_bring_is_that_of_one_case():
    lines = outline(CARD, PIECES, (IN_FRANCE, ((*PIECES, 1), 0)))
    assert texts(lines) == ["Il faut présenter les originaux.", "Votre carte", "Photo récente"]


@given(st.lists(st.tuples(st.sampled_from([(0,), (*PIECES, 1)]), st.integers(0, 1)), max_size=4))
def test_no_line_ever_holds_two_cases(chosen):
    shown = set(texts(outline(CARD, PIECES, dict(chosen).items())))
    assert not ({"Votre carte", "Photo récente"} & shown and {"Acte de naissance", "Deux photos"} & shown)


def test_a_short_sheet_is_shown_whole():
    lines = outline(MOVE, None, ())
    assert Heading("Logement actuel", 1) in lines
    assert "Je peux faire réexpédier mon courrier :" in texts(lines)


def test_a_remark_keeps_its_kind():
    assert Remark(NoticeKind.WARNING, "Attention", ("je dois conserver les papiers.",)) in outline(MOVE, None, ())


def test_services_and_contacts_keep_their_names():
    lines = outline(SERVICES, None, ())
    assert Service("Changer d'adresse", "Téléservice", "", "https://ants.gouv.fr", "13750") in lines
    assert Contact("Mairie") in lines


def test_a_table_reads_as_sentences():
    lines = outline(SERVICES, None, ())
    assert lines[-2:] == (Prose("Moins de 25 ans"), Point("Prix : 20 €", 1))


def test_a_chapter_names_the_sheets_it_speaks_of():
    assert Related(("F1168",)) in outline(CARD, (0, 0, 0), (IN_FRANCE,))
    assert linked_sheets(CARD.blocks) == ("F1168",)
