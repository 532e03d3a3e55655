"""The pad of four keys: everything at the kiosk, without touching the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, HITS, MOVE, READY

from drivers.news import Key
from drivers.sound.tones import Beep
from kiosk.four_keys import turn
from kiosk.journeys import news, touches
from kiosk.journeys.effects import LoadSheet, PrintReceipt, Record, Sound
from kiosk.journeys.events import KeyPressed
from kiosk.journeys.job import ChecklistPaper, Job, Phase
from kiosk.journeys.places import Asking, Home, Listing, Printing, Reading, Searching
from kiosk.view import render
from kiosk.view.screen import Button, Passage
from kiosk.view.stops import stops

PREVIOUS, NEXT, CHOOSE, BACK = (KeyPressed(key) for key in Key)


def live(*events, state=READY):
    """Return the state after these keys and events, and all their effects in order."""
    effects = []
    for event in events:
        state, more = turn(state, event)
        effects += more
    return state, effects


def plain(text):
    """Return a text without the no-break spaces of French typography."""
    return text.replace("\u00a0", " ")


def at(place, **more):
    return replace(READY, place=place, **more)


def focus_of(state):
    """Return what has the focus, as it is spoken."""
    stop = render(state).focus
    return stop and plain(stop.spoken)


def until(state, label, key=NEXT):
    """Press a key until the focus is on the button with this label."""
    for _ in range(100):
        state, _ = turn(state, key)
        if isinstance(stop := render(state).focus, Button) and plain(stop.label) == label:
            return state
    raise AssertionError(label)


def test_the_focus_is_nowhere_until_a_key_is_pressed():
    assert render(READY).focus is None
    assert render(live(touches.HomeTouched())[0]).focus is None


def test_next_goes_over_the_screen_in_reading_order_and_round():
    state, heard = READY, []
    for _ in range(8):
        state, _ = turn(state, NEXT)
        heard.append(focus_of(state))
    assert heard == [
        "Écrivez ce que vous cherchez. Par exemple : carte grise",
        "Je déménage",
        "J’attends un enfant",
        "Autres événements",
        "Carte d’identité",
        "Toutes les cartes",
        "Toutes les démarches",
        "Terminer et effacer",
    ]
    assert focus_of(live(NEXT, NEXT, state=state)[0]) == heard[0]


def test_previous_begins_at_the_end():
    assert focus_of(live(PREVIOUS)[0]) == "Un conseiller peut vous aider"
    assert focus_of(live(PREVIOUS, PREVIOUS)[0]) == "Terminer et effacer"


def test_choose_does_what_a_finger_would():
    state, effects = turn(until(READY, "Je déménage"), CHOOSE)
    assert (state.awaited, effects) == (touches.LifeEventChosen("F14128"), [LoadSheet("F14128")])


def test_choose_without_a_focus_begins_at_the_first_stop():
    state, effects = live(CHOOSE)
    assert (focus_of(state), effects) == ("Écrivez ce que vous cherchez. Par exemple : carte grise", [])


def test_back_goes_a_screen_back_and_forgets_the_focus():
    state, _ = live(touches.SearchTouched(), NEXT, BACK)
    assert (state.place, state.focus) == (Home(), None)


def test_a_whole_journey_is_made_with_the_keys():
    state = until(READY, "Je déménage")
    state, _ = live(CHOOSE, news.SheetLoaded(MOVE), state=state)
    assert (state.place, state.focus) == (Asking(MOVE), None)
    for label in ("Locataire", "Français"):
        state, _ = turn(until(state, label), CHOOSE)
        assert state.focus is None  # another question is another place
    assert isinstance(state.place, Listing)
    state, effects = turn(until(state, "Imprimer ma liste"), CHOOSE)
    assert [type(effect) for effect in effects] == [Record]
    state, effects = turn(state, news.Recorded(1))
    assert [type(effect) for effect in effects] == [PrintReceipt]
    state, effects = turn(until(state, "Terminer et effacer"), CHOOSE)
    assert (state.place, state.focus, state.voiced) == (Home(), None, False)


def test_words_are_typed_with_the_keys_and_the_focus_stays_on_the_keyboard():
    state, _ = live(touches.SearchTouched())
    for letter in "rs":
        state, _ = turn(until(state, letter), CHOOSE)
        assert focus_of(state) == letter
    state, _ = live(news.Found("rs", HITS), state=state)
    assert (state.place.text, focus_of(state)) == ("rs", "s")
    state, _ = turn(until(state, "Voir les 5 résultats"), CHOOSE)
    assert (state.place.typing, state.focus) == (False, None)


def test_the_keyboards_other_half_keeps_the_focus_on_its_key():
    state, _ = turn(until(at(Searching()), "éà 12"), CHOOSE)
    assert focus_of(state) == "lettres"


def test_a_long_text_is_gone_through_a_few_lines_at_a_time():
    found = stops(render(at(Listing(MOVE, (0, 0)))))
    assert isinstance(found[0], Passage)
    assert plain(found[0].spoken) == "Vos réponses. Vous êtes locataire. Nationalité : Français."
    assert [type(stop) for stop in found[:2]] == [Passage, Button]
    covered = [n for stop in found if isinstance(stop, Passage) for n in range(stop.first, stop.last + 1)]
    assert covered == list(range(len(render(at(Listing(MOVE, (0, 0)))).body)))


def test_a_chapter_that_is_opened_keeps_the_focus():
    state = until(at(Reading(CARD)), "Demande en France")
    state, _ = turn(state, CHOOSE)
    assert focus_of(state) == "Changer"
    state, _ = turn(state, CHOOSE)
    assert focus_of(state) == "Demande en France"


@pytest.mark.parametrize(("phase", "label"), [(Phase.FAILED, "Essayer encore"), (Phase.UNKNOWN, "Imprimer encore")])
def test_a_second_press_on_try_again_chooses_nothing_that_nobody_meant(phase, label):
    job = Job(1, ChecklistPaper(MOVE, (0, 0)), phase, 0.0)
    state = until(at(Printing(), job=job, jobs=1, back=(Home(), Listing(MOVE, (0, 0)))), label)
    state, effects = live(CHOOSE, CHOOSE, state=state)
    assert [type(effect) for effect in effects] == [PrintReceipt]
    assert (state.place, state.used) == (Printing(), True)


def test_what_leads_to_one_place_is_one_stop():
    events = [stop.event for stop in stops(render(at(Searching("zzz", ())))) if isinstance(stop, Button)]
    assert len(events) == len(set(events))
    assert touches.HelpTouched() in events


def test_any_key_says_that_somebody_is_there_and_does_nothing_else():
    for key in (PREVIOUS, NEXT, CHOOSE, BACK):
        state, effects = live(key, state=at(Listing(MOVE, (0, 0)), warned=True, used=True))
        assert (state.warned, state.place, state.focus, effects) == (False, Listing(MOVE, (0, 0)), None, [])


def test_the_focus_ends_with_the_session():
    state, _ = live(NEXT, NEXT, news.Ticked(80.0))
    assert (state.focus, state.voiced, state.used) == (None, False, False)


@pytest.mark.parametrize(
    ("event", "beep"),
    [
        (news.Scanned(b"https://www.service-public.fr/particuliers/vosdroits/F14128"), Beep.DONE),
        (news.Scanned(b"3017620422003"), Beep.WRONG),
        (news.Printed(1), Beep.DONE),
        (news.NotPrinted(1, None), Beep.WRONG),
        (news.Printed(2), None),  # another citizen's
        (NEXT, None),
    ],
)
def test_a_code_and_a_paper_are_answered_by_a_beep(event, beep):
    state = replace(READY, job=Job(1, ChecklistPaper(MOVE, (0, 0)), Phase.SENT, 0.0))
    _, effects = turn(state, event)
    assert [effect.beep for effect in effects if isinstance(effect, Sound)] == ([beep] if beep else [])
