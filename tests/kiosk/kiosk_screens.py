"""A state for every screen that a citizen can see, for the tests that paint them."""

from __future__ import annotations

from dataclasses import replace

from kiosk_samples import CARD, FOLDER, HITS, HOURS, MOVE, PARTNERS, READY, SERVICES, TWELVE

from catalogue.front_page import FrontPage, Tile
from catalogue.pack_fault import PackFault
from catalogue.sheet import SheetLink
from drivers.interface import Fault
from drivers.news import Key, PowerSource
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk.four_keys import turn
from kiosk.journeys.events import KeyPressed
from kiosk.journeys.job import ChecklistPaper, Job, Phase
from kiosk.journeys.places import (
    Asking,
    Browsing,
    CheckingPaper,
    Helping,
    KeyPage,
    Listing,
    MeetingPartners,
    Printing,
    Reading,
    Searching,
    Shelf,
)
from kiosk.journeys.state import Saying, State

BROKEN = (("printer", Fault.OVERHEATED), ("scanner", Fault.UNPLUGGED))
GENUINE = Paper(
    Verdict.GENUINE,
    title="Avis d’impôt sur les revenus",
    issuer="DIRECTION GENERALE DES FINANCES PUBLIQUES",
    lines=(
        Line("Nombre de parts", "2,5"),
        Line("Revenu fiscal de référence", "12\u202f345 €"),
        Line("Déclarant 1", "DURAND Zoé"),
    ),
)
LISTED = Listing(MOVE, (0, 0))
MANY = FrontPage(
    tuple(Tile(f"F{n}", "Je suis en situation de handicap", "accessibility") for n in range(14)),
    tuple(Tile(f"F{n}", "Complémentaire santé solidaire", "heart-pulse") for n in range(23)),
)


def job(phase):
    return Job(1, ChecklistPaper(MOVE, (0, 0)), phase, 0.0)


def at(place, **more):
    return replace(READY, place=place, **more)


def keyed(state, presses):
    """Return the state after a key of the pad was pressed so often: NEXT, or PREVIOUS for less than nothing."""
    for _ in range(abs(presses)):
        state, _ = turn(state, KeyPressed(Key.NEXT if presses > 0 else Key.PREVIOUS))
    return state


SCREENS = {
    "opening": State(structure="France Services de Marcenat"),
    "home": READY,
    "home-broken": replace(READY, faults=BROKEN),
    "home-full-broken": replace(READY, front_page=MANY, faults=BROKEN),
    "checklist-broken": at(LISTED, faults=BROKEN),
    "sheet-broken": at(Reading(CARD), faults=BROKEN[1:]),
    "home-full": replace(READY, front_page=MANY),
    "home-battery": replace(READY, front_page=MANY, power=(("power", PowerSource.BATTERY_LOW),)),
    "home-focus": keyed(replace(READY, front_page=MANY), 12),
    "sheet-focus": keyed(at(Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0), ((0, 0, 1, 1), 0)))), 5),
    "checklist-focus": keyed(at(LISTED), 2),
    "search-focus": keyed(at(Searching("fiche", HITS)), 6),
    "shelf": at(Browsing(Shelf.PROCEDURES), front_page=MANY),
    "search-empty": at(Searching()),
    "search-hits": at(Searching("fiche", HITS)),
    "search-accents": at(Searching("fiche", HITS[:1], page=KeyPage.ACCENTS)),
    "search-nothing": at(Searching("zzz", ()), front_page=MANY),
    "search-long": at(Searching("m" * 60, HITS)),
    "results": at(Searching("fiche", HITS, typing=False)),
    "sheet": at(Reading(MOVE, (SheetLink("F1168", "Location vide"),))),
    "sheet-cases": at(Reading(CARD)),
    "sheet-open": at(Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0), ((0, 0, 1, 1), 0)), touched=(0, 0, 1))),
    "sheet-services": at(Reading(SERVICES)),
    "folder": at(Reading(FOLDER, (SheetLink("F21089", "Renouvellement", "Pour un majeur"),))),
    "question": at(Asking(MOVE, ())),
    "checklist": at(LISTED),
    "checklist-printing": at(LISTED, job=job(Phase.SENT)),
    **{f"paper-{phase.name.lower()}": at(Printing(), job=job(phase)) for phase in Phase},
    "paper-waiting": at(CheckingPaper()),
    "paper-genuine": at(CheckingPaper(GENUINE)),
    **{f"paper-{each.name.lower()}": at(CheckingPaper(Paper(each))) for each in Verdict if not each.is_genuine},
    "help": at(Helping()),
    "hours": at(MeetingPartners(), opening_hours=HOURS),
    "home-hours": replace(READY, opening_hours=HOURS, partners=PARTNERS),
    "home-partners": replace(READY, front_page=MANY, partners=PARTNERS),
    "partners": at(MeetingPartners(), partners=PARTNERS),
    "partners-twelve": at(MeetingPartners(), partners=TWELVE),
    "unavailable": State(pack_fault=PackFault.MISSING),
    "banner": at(LISTED, saying=Saying.UNKNOWN_CODE),
    "warning": at(LISTED, warned=True),
}
