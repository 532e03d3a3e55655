"""Colours and sizes of the kiosk: its own, neutral and calm, unless an operator says others. No I/O.

No Marianne, no bloc-marque, none of the State's colours: an entitled operator may bring a theme of its own.
Lengths are millimetres on the glass, so that a 7 inch and a 10.1 inch panel offer the same finger the same target.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from config.model import ThemeSettings
from config.palette import Palette, palette
from kiosk.view.screen import Role, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT: Final = palette(ThemeSettings())

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


@lru_cache(maxsize=4)
def _looks(of: Palette) -> Mapping[Role, Look]:
    card = Look(of.card, of.accent_pale, of.ink, of.quiet_ink, of.edge, of.accent, of.accent_soft)
    return {
        Role.MAIN: Look(of.accent, of.accent_deep, of.card, of.card, of.accent, of.card, of.accent),
        Role.PLAIN: Look(of.card, of.accent_pale, of.accent_deep, of.quiet_ink, of.edge, of.accent, of.card),
        Role.QUIET: Look(of.quiet_ground, of.accent_pale, of.ink, of.quiet_ink, of.edge, of.accent, of.quiet_ground),
        Role.END: Look(of.card, of.warning_soft, of.warning, of.quiet_ink, of.warning, of.warning, of.card),
        Role.HELP: Look(of.help, of.help_deep, of.help_ink, of.help_ink, of.highlight, of.help_ink, of.help),
        Role.FIELD: Look(of.card, of.accent_soft, of.quiet_ink, of.quiet_ink, of.edge, of.accent, of.card),
        Role.LIFE_EVENT: Look(of.card, of.accent_pale, of.ink, of.quiet_ink, of.edge, of.highlight, of.highlight_soft),
        Role.PROCEDURE: card,
        Role.HIT: card,
        Role.CHOICE: Look(of.card, of.accent_pale, of.ink, of.quiet_ink, of.edge, of.accent, of.card),
        Role.OPEN_CHAPTER: Look(
            of.accent_pale, of.accent_soft, of.accent_deep, of.quiet_ink, of.accent, of.accent_deep, of.accent_pale
        ),
        Role.CHAPTER: Look(of.card, of.accent_pale, of.accent_deep, of.quiet_ink, of.edge, of.accent, of.card),
        Role.KEY: Look(of.card, of.accent_pale, of.ink, of.ink, of.edge, of.ink, of.card),
        Role.KEY_OF_SERVICE: Look(
            of.accent_soft, of.accent_pale, of.accent_deep, of.accent_deep, of.edge, of.accent_deep, of.accent_soft
        ),
    }


def look(colours: Palette, role: Role) -> Look:
    """Return the colours of something to touch."""
    return _looks(colours)[role]


def tone(colours: Palette, of: Tone) -> tuple[str, str]:
    """Return the ink and the ground of a message."""
    return {
        Tone.CALM: (colours.accent_deep, colours.accent_soft),
        Tone.GOOD: (colours.accent_deep, colours.accent_pale),
        Tone.CAREFUL: (colours.warning, colours.warning_soft),
    }[of]


@dataclass(frozen=True, slots=True)
class Panel:
    """The glass: its pixels, how many of them make a millimetre, and the colours on it."""

    width_px: int
    height_px: int
    dpi: float
    palette: Palette = DEFAULT

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
