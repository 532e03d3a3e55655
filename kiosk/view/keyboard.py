"""The on-screen keyboard: AZERTY letters, and every accent and digit of French on a second half. No I/O.

Thirty keys a half: three rows of ten are the most that stay 15 mm wide on a 7 inch panel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk import words
from kiosk.journeys.places import KeyPage
from kiosk.journeys.touches import Erased, KeyPageTouched, KeyTouched
from kiosk.view.screen import Button, Role

if TYPE_CHECKING:
    from kiosk.journeys.events import Event

_ERASE = "⌫"
_SPACE = "␣"
_TURN = "⇧"
_HALVES = {
    KeyPage.LETTERS: ("azertyuiop", "qsdfghjklm", f"{_TURN}wxcvbn'{_SPACE}{_ERASE}"),
    KeyPage.ACCENTS: ("1234567890", "éèêëàâçùûü", f"{_TURN}îïôöœæÿ-{_ERASE}"),
}
_SPOKEN = {"'": "apostrophe", "-": "tiret"}


def keyboard(page: KeyPage) -> tuple[tuple[Button, ...], ...]:
    """Return the rows of one half of the keyboard."""
    return tuple(tuple(_key(sign, page) for sign in row) for row in _HALVES[page])


def _key(sign: str, page: KeyPage) -> Button:
    match sign:
        case "⌫":
            return _service("", Erased(), "delete", words.ERASE)
        case "␣":
            return _service("", KeyTouched(" "), "space", words.SPACE)
        case "⇧" if page is KeyPage.LETTERS:
            return _service(words.ACCENTS, KeyPageTouched(KeyPage.ACCENTS), "", "accents et chiffres")
        case "⇧":
            return _service(words.LETTERS, KeyPageTouched(KeyPage.LETTERS), "", "lettres")
        case _:
            shown = "’" if sign == "'" else sign
            return Button(shown, KeyTouched(sign), Role.KEY, spoken=_SPOKEN.get(sign, sign))


def _service(label: str, event: Event, icon: str, spoken: str) -> Button:
    return Button(label, event, Role.KEY_OF_SERVICE, icon, spoken=spoken)
