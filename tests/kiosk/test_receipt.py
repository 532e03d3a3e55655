"""Papers: one list for one case, and where it comes from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kiosk_samples import CARD, MOVE, address

from drivers.printer.elements import Bullet, Heading, Kicker, Note, QrCode, Text, TickBox, Title
from kiosk.journeys.job import ChecklistPaper, SheetPaper
from kiosk.receipt import receipt

IN_FRANCE = ((0,), 0)
PIECES = (0, 0, 1)


def printed(paper):
    return receipt(paper, "France Services de Marcenat", "2026-11-23")


def words(paper):
    return [element.text for element in printed(paper) if hasattr(element, "text")]


def test_a_paper_says_what_it_is_from_when_and_from_where():
    paper = printed(ChecklistPaper(MOVE, (0, 0)))
    assert paper[:2] == (Kicker("France Services de Marcenat"), Title("Je déménage"))
    assert "Fiche F14128 · à jour au 08/01/2020" in words(ChecklistPaper(MOVE, (0, 0)))
    assert "Imprimé le 23/11/2026" in words(ChecklistPaper(MOVE, (0, 0)))


def test_a_paper_names_its_source_as_the_licence_asks():
    assert (
        "Source : Service-Public – Direction de l’information légale et administrative (DILA), fiche F14128, "
        "mise à jour le 08/01/2020. Licence Ouverte 2.0. Contenu adapté, sans valeur officielle."
    ) in [text.replace("\u00a0", " ") for text in words(ChecklistPaper(MOVE, (0, 0)))]


def test_the_code_leads_to_the_official_sheet():
    (code,) = [element for element in printed(ChecklistPaper(MOVE, (0, 0))) if isinstance(element, QrCode)]
    assert code.content == address("F14128")


def test_a_checklist_has_boxes_to_tick_for_its_own_case_only():
    paper = printed(ChecklistPaper(MOVE, (0, 0)))
    assert TickBox("Je dois informer mon bailleur.") in paper
    assert not any("syndic" in text for text in words(ChecklistPaper(MOVE, (0, 0))))


def test_a_line_that_announces_a_list_has_no_box():
    assert Text("Je peux faire réexpédier mon courrier\u00a0:") in printed(ChecklistPaper(MOVE, (0, 0)))


def test_a_remark_is_no_task():
    assert Note("Attention\u00a0: je dois conserver les papiers.") in printed(ChecklistPaper(MOVE, (0, 0)))


def test_answers_are_restated_and_passed_questions_say_so():
    paper = printed(ChecklistPaper(MOVE, (0, None)))
    assert Bullet("Vous êtes locataire") in paper
    assert Bullet("Nationalité\u00a0: sans réponse") in paper


def test_no_answer_at_all_is_a_general_list():
    assert "Liste générale\u00a0: vous n’avez répondu à aucune question." in words(ChecklistPaper(MOVE, (None, None)))


def test_an_open_chapter_is_printed_for_the_case_chosen():
    paper = printed(SheetPaper(CARD, PIECES, (IN_FRANCE, ((*PIECES, 1), 0))))
    assert Heading("Pièces à fournir") in paper
    assert TickBox("Votre carte") in paper
    assert TickBox("Acte de naissance") not in paper


def test_a_question_nobody_answered_is_named_and_its_lists_are_not_printed():
    paper = printed(SheetPaper(CARD, PIECES, (IN_FRANCE,)))
    question = "Il reste une question\u00a0: quelle est votre situation\u00a0?"
    assert question in words(SheetPaper(CARD, PIECES, (IN_FRANCE,)))
    assert Bullet("Carte périmée") in paper
    assert not any(isinstance(element, TickBox) for element in paper)


def test_chapters_not_printed_are_named():
    assert Bullet("Coût") in printed(SheetPaper(CARD, PIECES, (IN_FRANCE,)))


@given(
    st.sampled_from([None, (0, 0, 0), PIECES]),
    st.lists(st.tuples(st.sampled_from([(0,), (*PIECES, 1)]), st.integers(0, 1)), max_size=3),
)
def test_no_paper_ever_holds_the_documents_of_two_cases(section, chosen):
    paper = printed(SheetPaper(CARD, section, tuple(chosen)))
    boxes = {element.text for element in paper if isinstance(element, TickBox)}
    assert not ({"Votre carte", "Photo récente"} & boxes and {"Acte de naissance", "Deux photos"} & boxes)
