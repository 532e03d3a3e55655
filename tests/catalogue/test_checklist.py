"""The four life events, under every set of answers."""

import json
from itertools import product
from pathlib import Path

import msgspec
import pytest

from catalogue.checklist import ItemKind, checklist
from catalogue.condition import NOT_PERSONAL_YET
from catalogue.questionnaire import answers_from_words
from catalogue.sheet import Bullets, Cases, Fragment, Paragraph, Section, Sheet

EXPECTED = json.loads((Path(__file__).parent / "data/checklist-F14128.json").read_text(encoding="utf-8"))


def folded(text):
    return " ".join(text.split())


def every_answer(sheet):
    return product(*((None, *range(len(question.choices))) for question in sheet.questionnaire.questions))


def lines(sheet, answers):
    return [(chapter.title, item.under, item.text) for chapter in checklist(sheet, answers) for item in chapter.items]


@pytest.mark.parametrize("expected", EXPECTED, ids=["tenant", "owner"])
def test_the_checklist_of_a_move_is_the_reviewers(pack, expected):
    sheet = pack.sheet("F14128")
    words = {int(number): label for number, label in expected["answers"].items()}
    chapters = checklist(sheet, answers_from_words(sheet.questionnaire, words))
    texts = [item.text for chapter in chapters for item in chapter.items]
    remaining = iter(texts)
    assert [chapter.title for chapter in chapters] == expected["chapters"]
    assert all(folded(paragraph) in remaining for paragraph in expected["paragraphs"])  # all there, in order
    assert not {folded(paragraph) for paragraph in expected["absent"]}.intersection(texts)


def test_every_choice_of_every_questionnaire_gives_a_list(life_event):
    for answers in every_answer(life_event):
        chapters = checklist(life_event, answers)
        assert chapters
        assert all(chapter.title and chapter.items for chapter in chapters)


def test_skipping_a_question_takes_nothing_away(life_event):
    for answers in every_answer(life_event):
        whole = set(lines(life_event, answers))
        for position, answer in enumerate(answers):
            if answer is not None:
                skipped = (*answers[:position], None, *answers[position + 1 :])
                assert whole <= set(lines(life_event, skipped))


def uses(condition, variables):
    return any(name in msgspec.json.encode(condition).decode() for name in variables)


def without(blocks, variables):
    """The blocks left when all that hangs on these variables is cut away."""
    kept = []
    for block in blocks:
        if getattr(block, "condition", None) is not None and uses(block.condition, variables):
            continue
        if isinstance(block, Cases):
            cases = (c for c in block.cases if c.condition is None or not uses(c.condition, variables))
            kept.append(Cases(tuple(msgspec.structs.replace(c, blocks=without(c.blocks, variables)) for c in cases)))
        elif isinstance(block, Bullets):
            kept.append(Bullets(tuple(without(item, variables) for item in block.items)))
        elif isinstance(block, Section | Fragment):
            kept.append(msgspec.structs.replace(block, blocks=without(block.blocks, variables)))
        else:
            kept.append(block)
    return tuple(kept)


def test_an_answer_changes_only_what_hangs_on_its_own_variables(life_event):
    for position, question in enumerate(life_event.questionnaire.questions):
        own = {name for choice in question.choices for name in (*choice.sets_true, *choice.sets_false)}
        rest = msgspec.structs.replace(life_event, blocks=without(life_event.blocks, own | {NOT_PERSONAL_YET}))
        for answers in every_answer(life_event):
            changed = {
                tuple(lines(rest, (*answers[:position], choice, *answers[position + 1 :])))
                for choice in (None, *range(len(question.choices)))
            }
            assert len(changed) == 1


def test_a_separation_without_an_answer_shows_all_three_situations_each_under_its_title(pack):
    under = {item.under[0] for chapter in checklist(pack.sheet("F33362"), ()) for item in chapter.items if item.under}
    assert under >= {"Mariage", "Pacs", "Concubinage (union libre)"}


def test_a_separation_with_an_answer_shows_only_that_situation(pack):
    situations = {line[1][0] for line in lines(pack.sheet("F33362"), (1,)) if line[1]}
    assert "Pacs" in situations
    assert not situations & {"Mariage", "Concubinage (union libre)"}


def test_general_wording_goes_with_the_first_answer(pack):
    sheet = pack.sheet("F16225")
    general = "Dès que ma grossesse est confirmée par mon médecin"
    assert any(text.startswith(general) for _, _, text in lines(sheet, ()))
    assert not any(text.startswith(general) for _, _, text in lines(sheet, (0,)))


def test_items_of_a_case_say_which_case(pack):
    chapter = checklist(pack.sheet("F14128"), ())[0]
    assert chapter.items[0].under == ("Locataire",)
    assert next(item for item in chapter.items if "copropriétaire" in item.text).under == ("Propriétaire",)


def test_services_carry_their_address_and_what_is_said_of_them(pack):
    items = [item for chapter in checklist(pack.sheet("F14128"), ()) for item in chapter.items]
    service = next(item for item in items if item.text == "Changement d'adresse en ligne")
    assert service.kind is ItemKind.SERVICE
    assert service.links[0].url.startswith("https://psl.service-public.fr/")
    assert items[items.index(service) + 1].under[-1] == "Changement d'adresse en ligne"


def test_a_sheet_without_a_questionnaire_has_no_checklist():
    plain = Sheet("F1", "Fiche", "particuliers", "Titre", "https://example.org", blocks=(Paragraph("Texte"),))
    with pytest.raises(ValueError, match="F1 has no questionnaire"):
        checklist(plain, ())
