"""Colours and sizes of the kiosk: its own, neutral and calm. No I/O.

No Marianne, no bloc-marque, none of the State's colours: an entitled operator may bring a theme of its own.
Lengths are millimetres on the glass, so that a 7 inch and a 10.1 inch panel offer the same finger the same target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kiosk.view.screen import Role, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

PAPER: Final = "#F6F3EC"
CARD: Final = "#FFFFFF"
INK: Final = "#1B2A29"
QUIET_INK: Final = "#4A5957"
LINE: Final = "#DCD5C7"
EDGE: Final = "#75827F"
LEAF: Final = "#17574C"
LEAF_DEEP: Final = "#0E4038"
LEAF_SOFT: Final = "#E1EDE8"
LEAF_PALE: Final = "#CFE3DB"
OCHRE: Final = "#7D4A0C"
OCHRE_SOFT: Final = "#F7E8D0"
HONEY: Final = "#F8DE9F"
HONEY_DEEP: Final = "#EDC869"
HONEY_INK: Final = "#3D2B05"
CLAY: Final = "#8E3418"
CLAY_SOFT: Final = "#FAE6DC"
MIST: Final = "#ECE7DC"

# EN 301 549 by WCAG 1.4.3: text against what it stands on.
TEXT_CONTRAST: Final = 4.5
# WCAG 1.4.11: the edge of what can be touched or written in.
EDGE_CONTRAST: Final = 3.0

# The project's own values, above WCAG 2.5.8 (24 px): fingers of 15 mm, main buttons 20 mm, 3 mm between.
TARGET_MM: Final = 15.0
MAIN_TARGET_MM: Final = 20.0
GAP_MM: Final = 3.0
MARGIN_MM: Final = 3.0
RADIUS_MM: Final = 2.0
FOOTER_MM: Final = 17.0
# An answer among others: on a 7 inch panel four of them stay in sight.
CHOICE_MM: Final = 17.0


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of something to touch; `mark` and `mark_ground` are its icon's."""

    ground: str
    pressed: str
    ink: str
    detail: str
    edge: str
    mark: str
    mark_ground: str


_CARD_LOOK = Look(CARD, LEAF_PALE, INK, QUIET_INK, EDGE, LEAF, LEAF_SOFT)
LOOKS: Final[Mapping[Role, Look]] = {
    Role.MAIN: Look(LEAF, LEAF_DEEP, CARD, CARD, LEAF, CARD, LEAF),
    Role.PLAIN: Look(CARD, LEAF_PALE, LEAF_DEEP, QUIET_INK, EDGE, LEAF, CARD),
    Role.QUIET: Look(MIST, LEAF_PALE, INK, QUIET_INK, EDGE, LEAF, MIST),
    Role.END: Look(CARD, CLAY_SOFT, CLAY, QUIET_INK, CLAY, CLAY, CARD),
    Role.HELP: Look(HONEY, HONEY_DEEP, HONEY_INK, HONEY_INK, OCHRE, HONEY_INK, HONEY),
    Role.FIELD: Look(CARD, LEAF_SOFT, QUIET_INK, QUIET_INK, EDGE, LEAF, CARD),
    Role.LIFE_EVENT: Look(CARD, HONEY, INK, QUIET_INK, EDGE, OCHRE, OCHRE_SOFT),
    Role.PROCEDURE: _CARD_LOOK,
    Role.HIT: _CARD_LOOK,
    Role.CHOICE: Look(CARD, LEAF_PALE, INK, QUIET_INK, EDGE, LEAF, CARD),
    Role.OPEN_CHAPTER: Look(LEAF_PALE, LEAF_SOFT, LEAF_DEEP, QUIET_INK, LEAF, LEAF_DEEP, LEAF_PALE),
    Role.CHAPTER: Look(CARD, LEAF_PALE, LEAF_DEEP, QUIET_INK, EDGE, LEAF, CARD),
    Role.KEY: Look(CARD, LEAF_PALE, INK, INK, EDGE, INK, CARD),
    Role.KEY_OF_SERVICE: Look(LEAF_SOFT, LEAF_PALE, LEAF_DEEP, LEAF_DEEP, EDGE, LEAF_DEEP, LEAF_SOFT),
}

# Ink, ground and edge of a message.
TONES: Final[Mapping[Tone, tuple[str, str]]] = {
    Tone.CALM: (LEAF_DEEP, LEAF_SOFT),
    Tone.GOOD: (LEAF_DEEP, LEAF_PALE),
    Tone.CAREFUL: (CLAY, CLAY_SOFT),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """The glass: its pixels, and how many of them make a millimetre."""

    width_px: int
    height_px: int
    dpi: float

    def px(self, mm: float) -> int:
        """Return a length in whole pixels, never shorter than asked for."""
        return -int(-mm * self.dpi // 25.4)

    @property
    def width_mm(self) -> float:
        """The glass across."""
        return self.width_px * 25.4 / self.dpi

    @property
    def height_mm(self) -> float:
        """The glass from top to bottom."""
        return self.height_px * 25.4 / self.dpi

    @property
    def portrait(self) -> bool:
        """The glass stands higher than wide."""
        return self.height_px > self.width_px

    @property
    def room(self) -> float:
        """How much more there is than on a 7 inch panel (152 x 89 mm), for letters to grow with."""
        across, along = sorted((self.width_mm, self.height_mm))
        return max(1.0, min(along / 152, across / 89, 1.3))

    def type_px(self, mm: float) -> int:
        """Return a size of letters, larger where the glass has room."""
        return round(mm * self.room * self.dpi / 25.4)


# Sizes of letters (the font's body) on a 7 inch panel.
SMALL_MM: Final = 3.1
TEXT_MM: Final = 3.8
LEAD_MM: Final = 4.4
TITLE_MM: Final = 5.6
LARGE_MM: Final = 7.4
# Letters of a label may shrink to this to keep a word whole.
FLOOR_MM: Final = 3.0


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour))  # noqa: PLR2004  (WCAG's constants)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
