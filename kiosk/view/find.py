"""The front page and the search, as screens. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.typography import french
from kiosk import words
from kiosk.journeys.places import Shelf
from kiosk.journeys.touches import (
    HelpTouched,
    LifeEventChosen,
    ResultsTouched,
    SearchTouched,
    SheetChosen,
    ShelfTouched,
)
from kiosk.view.keyboard import keyboard
from kiosk.view.screen import Block, Button, Field, Kind, Prose, Role, Screen, Tiles

if TYPE_CHECKING:
    from catalogue.front_page import FrontPage
    from catalogue.search import Hit
    from kiosk.journeys.places import Browsing, Searching
    from kiosk.journeys.state import State


def home(state: State) -> Screen:
    """Return the front page."""
    page = state.front_page
    touch = Button(words.SEARCH_HINT, SearchTouched(), Role.FIELD, "search", words.SEARCH_EXAMPLE)
    body = (
        Tiles(_life_events(page), words.LIFE_EVENTS, columns_wanted=2, more=_more(Shelf.LIFE_EVENTS)),
        Tiles(_procedures(page), words.PROCEDURES, columns_wanted=3, more=_more(Shelf.PROCEDURES)),
    )
    return Screen(
        Kind.HOME,
        words.WELCOME,
        footer=(),
        body=tuple(block for block in body if block.buttons),
        field=Field("", words.SEARCH_HINT, touch),
        walk="home",
    )


def shelf(place: Browsing, page: FrontPage | None) -> Screen:
    """Return all of one list of the front page."""
    life = place.shelf is Shelf.LIFE_EVENTS
    buttons = _life_events(page) if life else _procedures(page)
    return Screen(
        Kind.SHELF,
        words.ALL_LIFE_EVENTS if life else words.ALL_PROCEDURES,
        footer=(),
        body=(Tiles(buttons, columns_wanted=3),),
        walk=f"shelf {place.shelf.name}",
    )


def search(place: Searching, page: FrontPage | None) -> Screen:
    """Return the search: the keyboard while typing, all hits otherwise; nothing found never ends the road."""
    hits = place.hits
    field = Field(place.text, words.SEARCH_HINT)
    body: tuple[Block, ...] = ()
    rail: tuple[Button, ...] = ()
    if hits:
        body = (Tiles(tuple(_hit(hit) for hit in hits), columns_wanted=2),)
        if place.typing:
            rail = (Button(words.see_results(len(hits)), ResultsTouched(), Role.MAIN),)
    elif hits is not None:
        agent = Button(words.ASK_AGENT, HelpTouched(), Role.HELP, "hand-helping")
        body = (
            Prose(words.NOTHING_FOUND, strong=True),
            Tiles((agent, *_life_events(page)), columns_wanted=5, more=_more(Shelf.LIFE_EVENTS)),
        )
    elif not place.text:
        body = (Prose(words.SEARCH_EXAMPLE, quiet=True),)
    if not place.typing:
        # Aloud it says what it is for: what somebody typed is for headphones alone (`kiosk.voice`).
        label = place.text or words.SEARCH_HINT
        touch = Button(label, SearchTouched(), Role.FIELD, "search", spoken=words.SEARCH_HINT)
        field = Field(place.text, words.SEARCH_HINT, touch)
    return Screen(
        Kind.SEARCH,
        words.SEARCH_TITLE,
        footer=(),
        body=body,
        rail=rail,
        field=field,
        keyboard=keyboard(place.page) if place.typing else (),
        walk=f"search {place.text}",
    )


def _life_events(page: FrontPage | None) -> tuple[Button, ...]:
    return tuple(
        Button(french(t.label), LifeEventChosen(t.sheet), Role.LIFE_EVENT, t.icon)
        for t in (page.life_events if page else ())
    )


def _procedures(page: FrontPage | None) -> tuple[Button, ...]:
    return tuple(
        Button(french(t.label), SheetChosen(t.sheet), Role.PROCEDURE, t.icon) for t in (page.procedures if page else ())
    )


def _more(shelf: Shelf) -> Button:
    role = Role.LIFE_EVENT if shelf is Shelf.LIFE_EVENTS else Role.PROCEDURE
    label = words.MORE_LIFE_EVENTS if shelf is Shelf.LIFE_EVENTS else words.MORE_PROCEDURES
    return Button(label, ShelfTouched(shelf), role, "layout-grid")


def _hit(hit: Hit) -> Button:
    detail = " · ".join(part for part in (french(hit.theme), words.up_to_date(hit.updated)) if part)
    return Button(french(hit.title), SheetChosen(hit.id), Role.HIT, "file-text", detail)
