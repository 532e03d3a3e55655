"""State into `Screen`: what is shown, spoken and touched, as plain values. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from drivers.news import PowerSource
from kiosk import words
from kiosk.journeys.places import (
    Asking,
    Browsing,
    CheckingPaper,
    Helping,
    Home,
    Listing,
    MeetingPartners,
    Printing,
    Reading,
    Searching,
)
from kiosk.journeys.session import left_s
from kiosk.journeys.state import Saying, State
from kiosk.journeys.touches import BackTouched, EndTouched, HelpTouched, HomeTouched, PartnersTouched, StillHereTouched
from kiosk.view import find, listing, notices, partners, reading, sealed_paper
from kiosk.view.aloud import sentences, spoken
from kiosk.view.screen import Banner, Button, IdleWarning, Role, Screen, Tone
from kiosk.view.stops import focused

if TYPE_CHECKING:
    from kiosk.journeys.events import Event

_BANNERS = {
    Saying.UNKNOWN_CODE: Banner(words.UNKNOWN_CODE, "scan-line", Tone.CAREFUL),
    Saying.SHEET_MISSING: Banner(words.SHEET_MISSING, "info", Tone.CAREFUL),
    Saying.PAPER_OUT: Banner(words.PAPER_OUT, "circle-check", Tone.GOOD),
    Saying.PAPER_FAILED: Banner(words.PAPER_FAILED, "printer", Tone.CAREFUL),
    Saying.PAPER_UNKNOWN: Banner(words.PAPER_UNKNOWN, "printer", Tone.CAREFUL),
    Saying.CITIZEN_CARD: Banner(words.CITIZEN_CARD, "id-card", Tone.GOOD),
    Saying.WIPED: Banner(words.WIPED, "circle-check", Tone.GOOD),
}

# What only those miss who were using it.
_FOR_LISTENERS = frozenset({"keypad", "speaker", "headphones"})
_ICONS = {
    "printer": "printer",
    "scanner": "scan-line",
    "camera": "scan-line",
    "keypad": "keyboard",
    "speaker": "volume-2",
    "headphones": "volume-2",
}


def render(state: State) -> Screen:
    """Return the screen of a state; every screen offers help and the end of the session."""
    screen = _place(state)
    banner = _BANNERS[state.saying] if state.saying else None
    warning = _warning(state) if state.warned else None
    screen = replace(screen, footer=_footer(state), structure=state.structure, banner=banner, warning=warning)
    screen = replace(screen, trouble=_trouble(state), personal=_is_personal(state))
    return replace(screen, spoken=_spoken(screen), focus=focused(screen, state.focus))


def _trouble(state: State) -> Banner | None:
    """Return what a citizen should know of the devices as long as it is so; the screen of a paper says its own trouble.

    Only what a citizen would miss is told, so that nobody is frightened by a lamp: the printer and the scanner to all;
    the keys and the sound to whoever uses them (technicians see everything by `guichet devices`). A battery that is
    nearly empty goes first, for it ends all else.
    """
    if any(source is PowerSource.BATTERY_LOW for _, source in state.power):
        return Banner(words.BATTERY_LOW, "triangle-alert", Tone.CAREFUL)
    if isinstance(state.place, Printing):
        return None
    told = [each for each in state.faults if state.voiced or each[0] not in _FOR_LISTENERS]
    # A paper to take home and a code to hold up are what most have come for.
    most_missed = sorted(told, key=lambda each: (each[0] == "document-scanner", each[0]))
    said = [(device, words.device_fault(device, fault)) for device, fault in most_missed]
    shown = next(((device, text) for device, text in said if text), None)
    return Banner(shown[1], _ICONS.get(shown[0], "info"), Tone.CAREFUL) if shown else None


def _place(state: State) -> Screen:  # noqa: C901, PLR0911, PLR0912  (one arm for each place)
    match state.place:
        case Home() if state.pack_fault:
            return notices.unavailable()
        case Home() if state.front_page is None:
            return notices.opening()
        case Home():
            return find.home(state)
        case Browsing() as place:
            return find.shelf(place, state.front_page)
        case Searching() as place:
            return find.search(place, state.front_page)
        case Reading() as place:
            return reading.sheet(place, state.job)
        case Asking() as place:
            return listing.questionnaire(place)
        case Listing() as place:
            return listing.checklist_screen(place, state.job)
        case Printing():
            return notices.printing(state.job)
        case Helping():
            return notices.helping()
        case MeetingPartners():
            return partners.partners(state)
        case CheckingPaper(checked):
            return sealed_paper.paper(checked)
        case _:
            assert_never(state.place)


def _footer(state: State) -> tuple[Button, ...]:
    """Return what stands at the bottom of every screen, always in the same place."""
    end = Button(words.END, EndTouched(), Role.END, "eraser")
    here = isinstance(state.place, Helping)
    help_touch: Event | None = None if here else HelpTouched()
    agent = Button(words.HELP, help_touch, Role.HELP, "hand-helping")
    if isinstance(state.place, Home):
        label = partners.title(state)
        return (end, Button(label, PartnersTouched(), Role.PLAIN, "handshake"), agent) if label else (end, agent)
    back = Button(words.BACK, BackTouched(), Role.PLAIN, "arrow-left")
    home = Button(words.HOME, HomeTouched(), Role.PLAIN, "house")
    return (end, back, home, agent)


def _warning(state: State) -> IdleWarning:
    return IdleWarning(
        words.IDLE_TITLE,
        words.idle_left(left_s(state)),
        (
            Button(words.STILL_HERE, StillHereTouched(), Role.MAIN, "hand"),
            Button(words.END, EndTouched(), Role.END, "eraser"),
        ),
    )


def _spoken(screen: Screen) -> str:
    """Return what is said when the screen appears: where one is, then what can be done there."""
    if screen.warning:
        return sentences((screen.warning.title, screen.warning.text))
    banner = tuple(said.text for said in (screen.banner, screen.trouble) if said)
    return sentences((*banner, screen.over_title, screen.title, *spoken(screen.body)))


def _is_personal(state: State) -> bool:
    """Return whether the screen says what the citizen's case or paper says, which nobody else is to hear."""
    match state.place:
        case Listing():
            return True
        case CheckingPaper(checked=checked):
            return checked is not None
        case Reading(chosen=chosen):
            return bool(chosen)
        case _:
            return False
