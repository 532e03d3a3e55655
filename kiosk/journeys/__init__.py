"""What a citizen lives through at the kiosk, as one pure function. No I/O.

Theory of operation
-------------------
`advance(state, event)` returns the next state and what to do on the way there. Events are touches and news
(a sheet was read, a paper is out, time went by); effects are orders to the workers, which answer by events.

    Home ──LifeEventChosen──► Asking ──Answered, Skipped──► Listing ──PrintTouched──► Printing
      │──SheetChosen, Scanned──► Reading ──QuestionsTouched──┘                            ▲
      │                             └─────────────────────PrintTouched────────────────────┘
      └──SearchTouched──► Searching ──SheetChosen──► Reading ◄──SheetChosen── Browsing ◄──ShelfTouched── Home

* From home, where the operator has named hours or partners: PartnersTouched to MeetingPartners.
* From anywhere: HomeTouched and EndTouched lead home, HelpTouched to Helping, Scanned to a sheet or, with the seal of
  a citizen's paper, to CheckingPaper; BackTouched to where the citizen was. There is no screen without a way out.
* Whoever asks for something slow stays where they are until it comes: `awaited` names the one sheet that
  may still change the screen; words that changed since, a paper of before, are news of nobody.
* A paper is not a place: it goes on while the citizen walks about, and one is on its way at a time.
* What was promised is on disk before it is printed: Recorded comes between Record and PrintReceipt.
* Another configuration waits in `arrived` until no citizen is in a session.
* Whoever uses the pad's keys or plugs headphones in is read to (`voiced`) until the session ends or they are out.
* Time is `Ticked`; whoever is read to (`VoiceChanged`) is not asked meanwhile whether they are there. A session ends by
  `wiped`, which starts from nothing instead of clearing what it knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from drivers.news import Jack
from kiosk.journeys import find, news, printing, questions, reading, session, touches
from kiosk.journeys.places import Asking, Browsing, Helping, Home, MeetingPartners, Searching
from kiosk.journeys.state import HEADPHONES, Saying, State, at_home, go, leave, say

if TYPE_CHECKING:
    from drivers.interface import Fault
    from kiosk.journeys.effects import Effect
    from kiosk.journeys.events import Event


def advance(state: State, event: Event) -> tuple[State, list[Effect]]:
    """Return the next state and what to do on the way there, in order."""
    state, effects = _step(state, event)
    state, more = session.adopt(state)
    return state, [*effects, *more]


def _step(state: State, event: Event) -> tuple[State, list[Effect]]:
    match event:
        case news.Ticked(now_s):
            state, effects = session.tick(state, now_s)
            state, more = printing.watch(state)
            return state, [*effects, *more]
        case news.Scanned():
            return find.scanned(session.woken(state), event)
        case news.CitizenCardShown():
            return say(session.woken(state), Saying.CITIZEN_CARD), []
        case (
            news.FrontPageLoaded()
            | news.PackRefused()
            | news.SheetLoaded()
            | news.SheetMissing()
            | news.Found()
            | news.Recorded()
            | news.NotRecorded()
            | news.Printed()
            | news.NotPrinted()
            | news.PrintUnknown()
            | news.DeviceChanged()
            | news.PaperChecked()
            | news.SettingsArrived()
            | news.JackChanged()
            | news.VoiceChanged()
            | news.PowerChanged()
        ):
            return _news(state, event)
        case _:
            return _touch(session.woken(state), event)


def _news(  # noqa: C901, PLR0911, PLR0912  (one arm for each piece of news, no more)
    state: State,
    event: news.FrontPageLoaded
    | news.PackRefused
    | news.SheetLoaded
    | news.SheetMissing
    | news.Found
    | news.Recorded
    | news.NotRecorded
    | news.Printed
    | news.NotPrinted
    | news.PrintUnknown
    | news.DeviceChanged
    | news.PaperChecked
    | news.SettingsArrived
    | news.JackChanged
    | news.VoiceChanged
    | news.PowerChanged,
) -> tuple[State, list[Effect]]:
    match event:
        case news.FrontPageLoaded(front_page):
            return replace(state, front_page=front_page, pack_fault=None), []
        case news.PackRefused(fault):
            # No sheet can be shown: the front page says so, and help is there. A paper on its way goes on.
            return replace(at_home(state), front_page=None, pack_fault=fault), []
        case news.SheetLoaded():
            return find.loaded(state, event), []
        case news.SheetMissing(sheet_id):
            return find.missing(state, sheet_id), []
        case news.Found():
            return find.found(state, event), []
        case news.Recorded(job) | news.NotRecorded(job):
            return printing.recorded(state, job)
        case news.Printed(job):
            return printing.printed(state, job), []
        case news.NotPrinted(job, fault):
            return printing.not_printed(state, job, fault), []
        case news.PrintUnknown(job, fault):
            return printing.print_unknown(state, job, fault), []
        case news.PaperChecked(paper):
            return find.checked(state, paper), []
        case news.DeviceChanged(device, fault):
            return _changed(state, device, fault), []
        case news.JackChanged(jack):
            return session.listened(state, jack), []
        case news.VoiceChanged(speaks):
            return replace(state, speaking=speaks), []
        case news.PowerChanged(device, source):
            others = tuple(each for each in state.power if each[0] != device)
            return replace(state, power=(*others, (device, source))), []
        case news.SettingsArrived(settings):
            return replace(state, arrived=settings), []
        case _:
            assert_never(event)


def _changed(state: State, device: str, fault: Fault | None) -> State:
    """Return the state with a device that serves, or does not; what a lost one said is not known any more."""
    others = tuple(each for each in state.faults if each[0] != device)
    if fault is None:
        return replace(state, faults=others)
    if device == HEADPHONES:
        state = session.listened(state, Jack.UNKNOWN)
    power = tuple(each for each in state.power if each[0] != device)
    return replace(state, faults=(*others, (device, fault)), power=power)


def _touch(state: State, event: touches.Touch) -> tuple[State, list[Effect]]:  # noqa: C901, PLR0911, PLR0912  (one legal table)
    match event:
        case touches.HomeTouched():
            return at_home(state), []
        case touches.BackTouched():
            return _back(state)
        case touches.EndTouched():
            return session.end(state)
        case touches.HelpTouched():
            return go(state, Helping()), []
        case touches.StillHereTouched():
            return state, []
        case touches.PartnersTouched():
            return go(state, MeetingPartners()) if state.partners or state.opening_hours else state, []
        case touches.SearchTouched():
            return find.open_search(state) if state.front_page else state, []
        case touches.ShelfTouched(shelf):
            return go(state, Browsing(shelf)) if state.front_page else state, []
        case touches.KeyTouched(character):
            return find.write(state, _text(state) + character)
        case touches.Erased():
            return find.write(state, _text(state)[:-1])
        case touches.KeyPageTouched(page):
            return find.show_keys(state, page), []
        case touches.ResultsTouched():
            return find.show_results(state), []
        case touches.SheetChosen() | touches.LifeEventChosen():
            return find.choose(state, event)
        case touches.SectionTouched(path):
            return reading.touch_section(state, path), []
        case touches.CaseChosen(path, case):
            return reading.choose_case(state, path, case), []
        case touches.CaseReopened(path):
            return reading.reopen_cases(state, path), []
        case touches.QuestionsTouched():
            return questions.ask(state), []
        case touches.Answered(choice):
            return questions.answer(state, choice), []
        case touches.Skipped():
            return questions.answer(state, None), []
        case touches.PrintTouched():
            return printing.touch_print(state)
        case _:
            assert_never(event)


def _text(state: State) -> str:
    return state.place.text if isinstance(state.place, Searching) else ""


def _back(state: State) -> tuple[State, list[Effect]]:
    """Return one screen back; within a questionnaire, one question back."""
    match state.place:
        case Asking(sheet=sheet, answers=answers) if answers:
            return replace(state, place=Asking(sheet, answers[:-1])), []
        case Searching(typing=False) as here:
            return replace(state, place=replace(here, typing=True)), []
        case _:
            place = state.back[-1] if state.back else Home()
            state = replace(leave(state), place=place, back=state.back[:-1], awaited=None)
            return state, find.look_up(place) if isinstance(place, Searching) else []
