"""Screens as plain values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, FOLDER, HITS, HOURS, MOVE, PARTNERS, READY

from catalogue.pack_fault import PackFault
from catalogue.sheet import SheetLink
from drivers.interface import Fault
from drivers.news import PowerSource
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk.journeys import advance, touches
from kiosk.journeys.job import ChecklistPaper, Job, Phase
from kiosk.journeys.places import (
    Asking,
    CheckingPaper,
    Helping,
    KeyPage,
    Listing,
    MeetingPartners,
    Printing,
    Reading,
    Searching,
)
from kiosk.journeys.state import State
from kiosk.view import render
from kiosk.view.keyboard import keyboard
from kiosk.view.screen import Answers, Banner, Heading, Kind, Message, Numbers, Point, Remark, Tiles, Tone


def screen_of(place, **more):
    return render(replace(READY, place=place, **more))


def labels(screen):
    return [button.label for button in screen.buttons()]


def job(phase, fault=None):
    return Job(1, ChecklistPaper(MOVE, (0, 0)), phase, 0.0, fault)


def test_the_front_page_offers_life_events_procedures_and_the_search():
    screen = render(READY)
    assert labels(screen)[:3] == ["Écrivez ce que vous cherchez", "Je déménage", "J’attends un enfant"]
    assert [block.title for block in screen.body] == ["Dans ma vie", "Les démarches les plus demandées"]


def test_the_end_is_on_the_left_and_help_on_the_right_of_every_screen():
    for place in (READY.place, Searching(), Reading(MOVE), Asking(MOVE), Listing(MOVE, (0, 0)), Helping()):
        footer = screen_of(place).footer
        assert (footer[0].label, footer[-1].label) == ("Terminer et effacer", "Un conseiller peut vous aider")


def test_the_keyboard_has_every_letter_sign_and_digit_of_french():
    sent = [key.event for page in KeyPage for row in keyboard(page) for key in row]
    keys = {touch.character for touch in sent if isinstance(touch, touches.KeyTouched)}
    assert keys == set("abcdefghijklmnopqrstuvwxyzéèêëàâçùûüîïôöœæÿ'- 0123456789")


def test_the_keyboard_is_azerty_in_rows_of_ten():
    rows = keyboard(KeyPage.LETTERS)
    assert "".join(key.label for key in rows[0]) == "azertyuiop"
    assert [len(row) for page in KeyPage for row in keyboard(page)] == [10] * 6


def test_a_hit_shows_its_title_theme_and_date():
    hit = screen_of(Searching("fiche", HITS)).body[0].buttons[0]
    assert (hit.label, hit.detail) == ("Fiche numéro 1", "Papiers - Citoyenneté · fiche à jour au 01/10/2020")


def test_nothing_found_never_ends_the_road():
    screen = screen_of(Searching("zzz", ()))
    assert {"Demander à\u00a0un conseiller", "Je déménage", "J’attends un enfant"} <= set(labels(screen))


def test_a_sheet_with_questions_offers_them_first():
    first = screen_of(Reading(MOVE)).body[0].buttons[0]
    assert (first.label, first.event) == ("Répondre à 2 questions pour ma situation", touches.QuestionsTouched())


def test_a_sheet_says_how_old_it_is_and_where_it_comes_from():
    screen = screen_of(Reading(MOVE))
    assert screen.over_title == "Logement · fiche à jour au 08/01/2020"
    assert "Licence Ouverte 2.0" in screen.body[-1].text


def test_what_was_opened_last_is_brought_into_sight():
    screen = screen_of(Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0),), touched=(0, 0, 1)))
    assert screen.body[screen.anchor].buttons[0].label == "Pièces à fournir"


def test_a_folder_lists_the_sheets_that_are_here_and_no_other():
    screen = screen_of(Reading(FOLDER, (SheetLink("F21089", "Renouvellement", "Pour un majeur"),)))
    (tiles,) = [block for block in screen.body if isinstance(block, Tiles)]
    assert (tiles.title, [b.label for b in tiles.buttons]) == ("Pour un majeur", ["Renouvellement"])


def test_one_question_a_screen_and_one_can_be_passed():
    screen = screen_of(Asking(MOVE, (0,)))
    assert (screen.over_title, screen.progress) == ("Question 2 sur 2", (2, 2))
    assert screen.body[0] == Heading("Nationalité", level=0)
    assert labels(screen)[:3] == ["Français", "Étranger", "Je ne sais pas / Passer"]


def test_a_checklist_restates_the_answers_then_lists_what_to_do():
    screen = screen_of(Listing(MOVE, (0, 0)))
    assert isinstance(screen.body[0], Answers)
    assert screen.body[0].texts == ("Vous êtes locataire", "Nationalité\u00a0: Français")
    assert Point("Je dois informer mon bailleur.", icon="square") in screen.body


def test_the_print_button_does_nothing_while_a_paper_is_coming():
    (button,) = screen_of(Listing(MOVE, (0, 0)), job=job(Phase.SENT)).rail
    assert (button.label, button.event) == ("Impression en cours…", None)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (None, "L’imprimante ne répond pas."),
        (Fault.UNPLUGGED, "L’imprimante ne répond pas."),
        (Fault.OUT_OF_PAPER, "L’imprimante n’a plus de papier."),
        (Fault.COVER_OPEN, "Le capot de l’imprimante est ouvert."),
    ],
)
def test_a_printer_that_is_off_is_one_sentence_and_a_way_on(fault, sentence):
    screen = screen_of(Printing(), job=job(Phase.FAILED, fault))
    text = f"{sentence} Votre liste reste à l’écran\u00a0; un conseiller peut vous aider."
    assert (screen.kind, screen.body[0].text) == (Kind.NOT_PRINTED, text)
    assert labels(screen)[:2] == ["Revenir à ma liste", "Essayer encore"]


def test_a_paper_that_may_be_out_says_where_to_look_and_that_a_second_one_is_marked():
    screen = screen_of(Printing(), job=job(Phase.UNKNOWN, Fault.UNPLUGGED))
    assert (screen.kind, screen.body[0].title) == (Kind.MAYBE_PRINTED, "Votre papier est peut-être sorti")
    assert labels(screen)[:2] == ["Revenir à ma liste", "Imprimer encore"]


def test_a_genuine_paper_is_said_in_its_own_words():
    checked = Paper(Verdict.GENUINE, title="Avis d'impôt", issuer="DGFIP", lines=(Line("Parts", "2,5"),))
    screen = screen_of(CheckingPaper(checked))
    assert (screen.kind, screen.body[0].title) == (Kind.PAPER, "Ce document est authentique")
    assert Remark("file-text", "Parts", ("2,5",)) in screen.body


@pytest.mark.parametrize("verdict", [each for each in Verdict if not each.is_genuine])
def test_a_paper_that_is_not_surely_genuine_never_looks_like_one(verdict):
    message = screen_of(CheckingPaper(Paper(verdict))).body[0]
    assert message.tone is Tone.CAREFUL
    assert "authentique" not in message.title


def test_what_does_not_serve_is_said_on_every_screen():
    state = replace(READY, faults=(("printer", Fault.OUT_OF_PAPER), ("scanner", Fault.UNPLUGGED)))
    text = "L’imprimante n’a plus de papier. Un conseiller peut vous aider."
    assert render(state).trouble == Banner(text, "printer", Tone.CAREFUL)
    assert render(state).spoken.startswith(text)
    scanner = render(replace(state, faults=state.faults[1:])).trouble.text
    assert scanner == "Le lecteur de codes ne marche pas\u00a0: cherchez votre fiche avec des mots."


@pytest.mark.parametrize("device", ["printer", "scanner", "camera", "document-scanner", "keypad", "speaker"])
def test_what_is_being_opened_is_not_called_broken(device):
    text = render(replace(READY, voiced=True, faults=((device, Fault.STARTING),))).trouble.text
    assert text.endswith(("se met en route.", "se mettent en route."))


def test_a_document_scanner_that_does_not_serve_is_said_behind_what_is_missed_more():
    alone = replace(READY, faults=(("document-scanner", Fault.UNPLUGGED),))
    assert render(alone).trouble.text == "Le scanner de documents ne marche pas. Un conseiller peut vous aider."
    both = replace(READY, faults=(*alone.faults, ("scanner", Fault.UNPLUGGED)))
    assert render(both).trouble.text.startswith("Le lecteur de codes")


@pytest.mark.parametrize("device", ["lamp", "power", "ignition", "keypad", "speaker", "headphones", "reader"])
def test_a_device_that_is_no_citizens_business_is_not_on_the_screen(device):
    assert render(replace(READY, faults=((device, Fault.UNPLUGGED),))).trouble is None


@pytest.mark.parametrize(
    ("device", "text"),
    [
        ("keypad", "Les touches ne répondent plus. Un conseiller peut vous aider."),
        ("speaker", "Le son est coupé. Un conseiller peut vous aider."),
    ],
)
def test_keys_and_sound_that_are_lost_are_said_to_whoever_uses_them(device, text):
    assert render(replace(READY, faults=((device, Fault.UNPLUGGED),), voiced=True)).trouble.text == text


@pytest.mark.parametrize(
    ("source", "shown"), [(PowerSource.EXTERNAL, False), (PowerSource.BATTERY, False), (PowerSource.BATTERY_LOW, True)]
)
def test_only_a_battery_that_is_nearly_empty_is_on_the_screen_before_all_else(source, shown):
    broken = (("printer", Fault.OUT_OF_PAPER),)
    state = replace(READY, power=(("power", source),), faults=broken)
    text = "La borne n’a plus beaucoup de batterie\u00a0: elle va bientôt s’éteindre."
    assert (render(state).trouble.text == text) is shown
    printing = render(replace(state, place=Printing(), job=job(Phase.SENT)))
    assert (printing.trouble is not None) is shown


def test_a_paper_that_is_out_is_told():
    screen = screen_of(Printing(), job=job(Phase.PRINTED))
    assert screen.body[0].title == "Votre papier est imprimé"


def test_help_has_the_emergency_numbers():
    (numbers,) = [block for block in screen_of(Helping()).body if isinstance(block, Numbers)]
    assert [number for number, _ in numbers.numbers] == ["15", "17", "18", "112", "114", "119", "3919", "115"]


@pytest.mark.parametrize("fault", PackFault)
def test_without_content_there_is_one_clear_sentence_and_help(fault):
    screen = render(State(pack_fault=fault))
    assert (screen.kind, screen.body[0].title) == (Kind.UNAVAILABLE, "Contenu indisponible")
    assert labels(screen) == ["Terminer et effacer", "Un conseiller peut vous aider"]


def test_until_the_pack_is_open_the_kiosk_says_so():
    screen = render(State())
    assert isinstance(screen.body[0], Message)
    assert screen.kind is Kind.OPENING


def test_the_warning_counts_down_and_covers_everything_else():
    screen = screen_of(Listing(MOVE, (0, 0)), warned=True, quiet_since_s=0.0, now_s=65.0)
    assert screen.warning.text == "Sans réponse de votre part, tout sera effacé dans 15\u00a0secondes."
    assert labels(screen) == ["Je suis encore là", "Terminer et effacer"]


def test_what_is_spoken_begins_with_where_one_is():
    spoken = screen_of(Asking(MOVE, ())).spoken
    assert spoken.startswith("Question 1 sur 2. Je déménage. Situation avant le déménagement. Locataire.")


def test_a_place_without_partners_or_hours_has_no_button_for_them():
    labels = [button.label for button in render(READY).footer]
    assert labels == ["Terminer et effacer", "Un conseiller peut vous aider"]


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ({"partners": PARTNERS}, "Nos partenaires"),
        ({"opening_hours": HOURS}, "Nos horaires"),
        ({"partners": PARTNERS, "opening_hours": HOURS}, "Horaires et partenaires"),
    ],
    ids=["partners", "hours", "both"],
)
def test_home_leads_to_what_the_operator_has_said(said, label):
    state = replace(READY, **said)
    button = render(state).footer[1]
    there, _ = advance(state, button.event)
    assert (button.label, render(there).title) == (label, label)


def test_partners_stand_in_the_operators_order_with_all_that_is_known():
    screen = render(replace(READY, place=MeetingPartners(), partners=PARTNERS))
    cards = [(block.title, block.texts) for block in screen.body if isinstance(block, Remark)]
    assert cards[0] == (
        "France Travail",
        ("Inscription, recherche d’emploi, indemnisation", "Téléphone\u00a0: 39 49 · le mardi de 9\u00a0h à 12\u00a0h"),
    )
    assert [title for title, _ in cards] == [partner.name for partner in PARTNERS]
    assert cards[2] == ("La Poste", ())
    assert "Caisse d’allocations familiales" in screen.spoken
