"""The fonts, and words set in them. Adapter (Kivy, Pillow).

Atkinson Hyperlegible Next (OFL 1.1) for words, unless a theme brings others, Lucide (ISC) for icons; both are files
beside this module, so that a kiosk looks the same on every machine.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.uix.label import Label
from PIL import features

from config.palette import rgb
from kiosk.ui.faults import ScreenError
from kiosk.ui.font_file import FOLDER, SHIPPED, Typeface
from kiosk.ui.icons import glyph

# Names, whatever files stand behind them.
REGULAR: Final = "letters"
BOLD: Final = "bold letters"
ICONS: Final = "Lucide"
LINE_HEIGHT: Final = 1.0

# Signs the font lacks, by the nearest it has; ends of paragraphs but "\n", at which the shaping of a text fails.
_NEAREST = str.maketrans(
    {"\u202f": "\u00a0", "\u2011": "-", "\u2192": "›", "\u2009": "\u00a0"}
    | dict.fromkeys("\r\x1c\x1d\x1e\x85\u2029", " ")
)
# A title is broken where it fits, not where whoever wrote it did.
_ONE_LINE = _NEAREST | {ord("\n"): " "}


def load_fonts(letters: Typeface = SHIPPED) -> None:
    """Make the fonts known to Kivy; letters that were known before are set in these from the next paint on.

    Raises:
        ScreenError: Pillow would set Arabic wrongly, and say nothing.
    """
    if not (features.check("raqm") and features.check("fribidi")):
        raise ScreenError("Pillow cannot shape text: install the package libfribidi0")
    LabelBase.register(REGULAR, str(letters.regular))
    LabelBase.register(BOLD, str(letters.bold))
    LabelBase.register(ICONS, str(FOLDER / "lucide.ttf"))
    _ruler.cache_clear()


def words(  # noqa: PLR0913  (a line of type has that many sides)
    text: str,
    size_px: float,
    colour: str,
    width_px: float,
    *,
    bold: bool = False,
    halign: str = "left",
) -> Label:
    """Return words wrapped to a width, as high as they need."""
    label = Label(
        text=text.translate(_NEAREST),
        font_name=BOLD if bold else REGULAR,
        font_size=round(size_px),
        color=(*rgb(colour), 1),
        text_size=(max(1, int(width_px)), None),
        halign=halign,
        line_height=LINE_HEIGHT,
        size_hint=(None, None),
    )
    label.texture_update()
    label.size = (int(width_px), label.texture_size[1])
    return label


def fitted(  # noqa: PLR0913  (as `words`, and the box they must keep to)
    text: str,
    size_px: float,
    floor_px: float,
    colour: str,
    box_px: tuple[float, float],
    *,
    bold: bool = False,
    halign: str = "left",
) -> Label:
    """Return words in the largest size that keeps words whole and in the box.

    Sizes are whole pixels, from `size_px` down to `floor_px`, which is rounded down.
    """
    text = text.translate(_ONE_LINE)
    width_px, height_px = box_px
    largest = round(size_px)
    widths = [width_of(word, largest, bold=bold) for word in text.split(" ")]
    space = width_of(" ", largest, bold=bold)
    for size in range(largest, math.ceil(floor_px) - 1, -1):
        room, line_px = width_px * largest / size, _line_px(size, bold=bold)
        lines = _lines(widths, space, room)
        if max(widths) <= room and lines * line_px <= height_px:
            label = words(_balanced(text, size, width_px, bold=bold), size, colour, width_px, bold=bold, halign=halign)
            if label.height < (lines + 0.5) * line_px:  # widths do not grow quite as sizes do: it may break once more
                return label
    least = min(largest, math.floor(floor_px))
    return words(_balanced(text, least, width_px, bold=bold), least, colour, width_px, bold=bold, halign=halign)


def _lines(widths: list[float], space: float, room: float) -> int:
    """Return how many lines words of these widths take, broken where they must be."""
    lines, used = 1, 0.0
    for width in widths:
        if used and used + space + width > room:
            lines, used = lines + 1, width
        else:
            used += (space if used else 0) + width
    return lines


def _balanced(text: str, size_px: int, width_px: float, *, bold: bool) -> str:
    """Break a text that takes two lines near its middle, so that no word is left alone on the second."""
    whole = width_of(text, size_px, bold=bold)
    if not width_px < whole < 2 * width_px:
        return text
    spaces = [index for index, sign in enumerate(text) if sign == " "]
    for index in sorted(spaces, key=lambda at: abs(2 * at - len(text))):
        lines = (text[:index], text[index + 1 :])
        if max(width_of(line, size_px, bold=bold) for line in lines) <= width_px:
            return "\n".join(lines)
    return text


def width_of(text: str, size_px: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is."""
    return float(_ruler(BOLD if bold else REGULAR, round(size_px)).get_extents(text.translate(_ONE_LINE))[0])


def _line_px(size_px: int, *, bold: bool) -> float:
    return float(_ruler(BOLD if bold else REGULAR, size_px).get_extents("Ég")[1]) * LINE_HEIGHT


@lru_cache(maxsize=64)
def _ruler(font: str, size_px: int) -> CoreLabel:
    return CoreLabel(font_name=font, font_size=size_px)


def icon(name: str, size_px: float, colour: str) -> Label:
    """Return an icon as wide as it is high."""
    label = Label(
        text=glyph(name),
        font_name=ICONS,
        font_size=round(size_px),
        color=(*rgb(colour), 1),
        size_hint=(None, None),
        size=(round(size_px), round(size_px)),
    )
    label.texture_update()
    return label
