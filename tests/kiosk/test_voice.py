"""What is read aloud, to whom, and when it ends; and what the lamp says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, HITS, MOVE, READY

from catalogue.pack_fault import PackFault
from drivers.interface import Fault
from drivers.lamp.pattern import Signal
from drivers.news import Jack, Key
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk import words
from kiosk.beside import beside
from kiosk.four_keys import turn
from kiosk.journeys import news, touches
from kiosk.journeys.effects import Hush, Light, Say
from kiosk.journeys.events import KeyPressed
from kiosk.journeys.job import ChecklistPaper, Job, Phase
from kiosk.journeys.places import Asking, CheckingPaper, Helping, Listing, Reading, Searching
from kiosk.journeys.state import State
from kiosk.lamp import signal
from kiosk.view import render

PREVIOUS, NEXT, CHOOSE, BACK = (KeyPressed(key) for key in Key)
HEADPHONES, NO_HEADPHONES = news.JackChanged(Jack.HEADPHONES), news.JackChanged(Jack.EMPTY)
GENUINE = Paper(Verdict.GENUINE, title="Avis d’impôt", lines=(Line("Déclarant 1", "DURAND Zoé"),))
JOB = Job(1, ChecklistPaper(MOVE, (0, 0)), Phase.SENT, 0.0)


def heard(*events, state=READY):
    """Return what was said and hushed while these events came, each painted on its own."""
    said = []
    for event in events:
        before = state, render(state)
        state, effects = turn(state, event)
        said += [*effects, *beside(before, state, render(state))]
    said = [effect for effect in said if isinstance(effect, Say | Hush)]
    return [replace(each, text=plain(each.text)) if isinstance(each, Say) else each for each in said]


def plain(text):
    """Return a text without the no-break spaces of French typography."""
    return text.replace("\u00a0", " ")


def at(place, **more):
    return replace(READY, place=place, **more)


def listening(place, jack=Jack.HEADPHONES, **more):
    return at(place, voiced=True, jack=jack, **more)


def test_nobody_is_read_to_who_has_not_asked_for_it():
    assert heard(touches.SearchTouched(), touches.KeyTouched("r"), touches.HomeTouched(), touches.EndTouched()) == []


def test_the_first_key_says_where_one_is_and_what_the_keys_are():
    (say,) = heard(NEXT)
    start = "Bonjour, que cherchez-vous ? Quatre touches : précédent, suivant, choisir, retour. "
    assert say == Say(start + "Écrivez ce que vous cherchez. Par exemple : carte grise.")


def test_then_each_key_says_what_it_came_to():
    assert heard(NEXT, NEXT, NEXT)[1:] == [Say("Je déménage."), Say("J’attends un enfant.")]


def test_headphones_are_read_the_whole_screen():
    (say,) = heard(HEADPHONES)
    assert say.text == plain(render(READY).spoken)


def test_a_new_screen_is_read_whole_and_once():
    state = listening(READY.place)
    said = heard(touches.SheetChosen("F21089"), news.SheetLoaded(CARD), news.Ticked(1.0), news.Ticked(2.0), state=state)
    assert [say.text for say in said] == [plain(render(at(Reading(CARD))).spoken)]


def test_what_opens_within_a_screen_is_read_alone():
    (say,) = heard(touches.CaseChosen((0,), 0), state=listening(Reading(CARD)))
    assert "Votre situation. Demande en France." in say.text
    assert "Pour refaire votre carte" not in say.text


def test_what_is_a_citizens_own_goes_to_headphones_alone():
    (say,) = heard(touches.Answered(0), state=listening(Asking(MOVE, (0,))))
    assert say.personal
    assert "Vous êtes locataire" in say.text
    (loud,) = heard(touches.Answered(0), state=listening(Asking(MOVE, (0,)), jack=Jack.EMPTY))
    assert loud.text.endswith(plain(words.NEEDS_HEADPHONES))
    assert not loud.personal
    assert "locataire" not in loud.text


def test_a_checked_paper_is_its_citizens_own():
    (say,) = heard(news.PaperChecked(GENUINE), state=listening(CheckingPaper()))
    assert say.personal
    assert "DURAND Zoé" in say.text
    (loud,) = heard(news.PaperChecked(GENUINE), state=listening(CheckingPaper(), jack=Jack.UNKNOWN))
    assert loud == Say(plain(words.NEEDS_HEADPHONES))


def test_a_passage_of_ones_own_list_is_personal_and_its_buttons_are_not():
    mine, button = heard(NEXT, NEXT, state=listening(Listing(MOVE, (0, 0))))
    assert (mine.personal, button) == (True, Say("Recommencer."))


def test_choose_reads_text_once_more():
    first, again = heard(NEXT, CHOOSE, state=listening(Listing(MOVE, (0, 0))))
    assert first == again
    assert again.personal
    loud = listening(Listing(MOVE, (0, 0)), jack=Jack.EMPTY)
    assert heard(NEXT, CHOOSE, state=loud)[-1] == Say(plain(words.NEEDS_HEADPHONES))


def test_what_one_types_is_told_to_headphones_and_what_was_found_to_all():
    events = (touches.KeyTouched("r"), news.Found("r", HITS))
    said = heard(*events, state=listening(Searching()))
    assert said[0] == Say("r.", personal=True)
    assert said[-1] == Say("Voir les 5 résultats.")
    assert heard(*events, state=listening(Searching(), jack=Jack.EMPTY))[-1] == Say("Voir les 5 résultats.")
    assert not any(say.text == "r." for say in heard(*events, state=listening(Searching(), jack=Jack.EMPTY)))


def test_what_one_has_typed_is_told_by_the_results_to_headphones_alone():
    typed = Searching("divorce", HITS, typing=False)
    assert heard(NEXT, CHOOSE, state=listening(typed, jack=Jack.EMPTY))[0] == Say("Écrivez ce que vous cherchez.")
    assert heard(NEXT, state=listening(typed)) == [Say("Écrivez ce que vous cherchez. divorce.", personal=True)]


def test_no_word_that_was_typed_is_ever_said_aloud():
    state = at(Searching())
    said = []
    for event in (
        *map(touches.KeyTouched, "zou"),
        NEXT,
        news.Found("zou", HITS),
        touches.ResultsTouched(),
        *[NEXT, CHOOSE] * 9,
    ):
        more = heard(event, state=state)
        state, said = turn(state, event)[0], [*said, *more]
    assert said
    assert not [each for each in said if isinstance(each, Say) and "zou" in each.text.casefold()]


@pytest.mark.parametrize("place", [Listing(MOVE, (0, 0)), Searching("r", HITS)])
def test_whoever_says_that_they_are_still_there_hears_where_they_are(place):
    (say,) = heard(NEXT, state=listening(place, used=True, warned=True))
    assert say.text.endswith(f"{plain(render(at(place)).title)}.")
    (focused,) = heard(NEXT, state=listening(place))
    with_focus = turn(listening(place), NEXT)[0]
    assert heard(BACK, state=replace(with_focus, warned=True)) == [focused]


def test_a_message_is_read_when_it_comes_and_nothing_when_it_goes():
    state = listening(Reading(MOVE))
    said = heard(news.Scanned(b"3017620422003"), news.Ticked(9.0), state=state)
    assert said == [Say(plain(words.UNKNOWN_CODE))]


def test_the_question_whether_somebody_is_there_is_asked_once():
    state = listening(Listing(MOVE, (0, 0)), used=True)
    said = heard(news.Ticked(60.0), news.Ticked(61.0), news.Ticked(62.0), state=state)
    assert [say.text.partition(".")[0] for say in said] == [
        "Êtes-vous encore là ? Sans réponse de votre part, tout sera effacé dans 20 secondes"
    ]


def test_headphones_out_end_it_until_the_next_key():
    state = listening(Listing(MOVE, (0, 0)))
    said = heard(NO_HEADPHONES, touches.HomeTouched(), NEXT, state=state)
    assert said[0] == Hush()
    assert len(said) == 2
    assert said[1].text.startswith("Bonjour")


def test_headphones_plugged_in_say_that_somebody_is_there():
    state, _ = turn(at(Listing(MOVE, (0, 0)), used=True, warned=True, now_s=70.0, jack=Jack.EMPTY), HEADPHONES)
    assert (state.warned, state.voiced) == (False, True)


def test_a_loose_plug_holds_no_session_open():
    state, seconds = at(Listing(MOVE, (0, 0)), used=True), 0
    while state.place != READY.place and seconds < 600:
        lost = news.DeviceChanged("headphones", Fault.UNPLUGGED)
        for event in (HEADPHONES, NO_HEADPHONES, HEADPHONES, lost, news.Ticked(float(seconds))):
            state, _ = turn(state, event)
        seconds += 1
    assert seconds == 81  # the first plugging in, a minute, and the warning


def test_headphones_that_come_in_during_the_question_hear_it():
    state = at(Listing(MOVE, (0, 0)), used=True, warned=True, now_s=70.0, jack_since_s=65.0, jack=Jack.EMPTY)
    (say,) = heard(HEADPHONES, state=state)
    assert say.text.startswith("Êtes-vous encore là ?")


def test_a_headphone_socket_that_is_lost_ends_it_too():
    assert heard(news.DeviceChanged("headphones", Fault.UNPLUGGED), state=listening(READY.place)) == [Hush()]


def test_the_end_says_goodbye_and_the_next_citizen_is_not_read_to():
    said = heard(touches.EndTouched(), touches.SearchTouched(), state=listening(Listing(MOVE, (0, 0))))
    assert said == [Say(plain(words.WIPED))]


def test_what_is_said_is_never_in_a_trace():
    assert "Zoé" not in repr(Say("DURAND Zoé", personal=True))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (State(), Signal.OFF),
        (READY, Signal.READY),
        (replace(READY, used=True), Signal.BUSY),
        (at(Searching()), Signal.BUSY),
        (replace(READY, job=JOB), Signal.BUSY),
        (replace(READY, job=replace(JOB, phase=Phase.PRINTED)), Signal.WAITING),
        (replace(READY, faults=(("lamp", Fault.BUSY),)), Signal.FAULT),
        (replace(READY, faults=(("camera", Fault.STARTING),)), Signal.READY),
        (replace(READY, faults=(("camera", Fault.STARTING), ("lamp", Fault.BUSY))), Signal.FAULT),
        (at(Searching(), faults=(("printer", Fault.OUT_OF_PAPER),)), Signal.FAULT),
        (State(pack_fault=PackFault.MISSING), Signal.FAULT),
        (at(Helping(), faults=(("printer", Fault.OUT_OF_PAPER),)), Signal.HELP),
    ],
)
def test_the_lamp_says_how_the_kiosk_does(state, shown):
    assert signal(state) is shown


def test_the_lamp_is_told_at_the_start_and_when_it_changes():
    def lit(before, state):
        return [each for each in beside(before, state, render(state)) if isinstance(each, Light)]

    assert lit(None, READY) == [Light(Signal.READY)]
    assert lit((READY, render(READY)), replace(READY, now_s=1.0)) == []
    assert lit((READY, render(READY)), at(Helping())) == [Light(Signal.HELP)]
