"""Breaks text into lines that fit, in the cells of a receipt printer. No I/O.

Lines are broken at ordinary spaces only: a no-break space holds « and », numbers and € together. A word wider
than the line (an address) is cut, after a slash or a hyphen where there is one in its second half.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias
from unicodedata import combining

from drivers.printer.letters import TICK_BOX

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_BOX_DOTS = 24


class Font(IntEnum):
    """The fonts every printer has, by their number in ESC M."""

    A = 0  # cells of 12 x 24 dots
    B = 1  # cells of 9 x 17 dots


@dataclass(frozen=True, slots=True)
class Style:
    """How the letters of a line look."""

    font: Font = Font.A
    bold: bool = False
    times_wide: int = 1
    times_high: int = 1
    inverted: bool = False
    spacing_dots: int | None = None  # from one line to the next; None: 1/6 inch, which every printer has by itself

    @property
    def cell_dots(self) -> int:
        """How wide one letter is."""
        return (12 if self.font is Font.A else 9) * self.times_wide


Measure: TypeAlias = "Callable[[str, Style], int]"

NORMAL = Style()
BOLD = Style(bold=True)
SMALL = Style(Font.B, spacing_dots=24)
HEADING = Style(bold=True, times_high=2)
TITLE = Style(bold=True, times_wide=2, times_high=2)
TITLE_NARROW = Style(bold=True, times_high=2)
KICKER = Style(bold=True, inverted=True, spacing_dots=24)  # no white between the band and its edges


def width_dots(text: str, style: Style) -> int:
    """Return how wide `text` is on paper. A tick box is a picture: no style makes it wider."""
    boxes = text.count(TICK_BOX)
    return (len(text) - boxes) * style.cell_dots + boxes * TICK_BOX_DOTS


def wrap(text: str, style: Style, room_dots: int, measure: Measure = width_dots) -> tuple[str, ...]:
    """Return the lines of `text`, none of them wider than `room_dots`; no line for no text.

    `room_dots` must hold at least one letter of `style` and a tick box. `measure` says how wide a text is in a style.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if not word:
            continue
        joined = f"{line} {word}" if line else word
        if measure(joined, style) <= room_dots:
            line = joined
            continue
        if line:
            lines.append(line)
        *parts, line = _cut(word, style, room_dots, measure)
        lines.extend(parts)
    return (*lines, line) if line else tuple(lines)


def _cut(word: str, style: Style, room_dots: int, measure: Measure) -> list[str]:
    parts: list[str] = []
    while len(word) > 1 and measure(word, style) > room_dots:
        end = 1
        while measure(word[: end + 1], style) <= room_dots:
            end += 1
        after_sign = max(word.rfind(sign, end // 2, end) for sign in "/-_.?&") + 1
        end = after_sign or end
        whole = end
        while whole > 1 and combining(word[whole]):  # an accent stays with its letter
            whole -= 1
        end = whole if not combining(word[whole]) else end
        parts.append(word[:end])
        word = word[end:]
    return [*parts, word]
