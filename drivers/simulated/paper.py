"""A roll of thermal paper: dots in, a picture out. Adapter (reads its fonts).

Dots are those of a print head of 203 dots to the inch; letters stand in cells of 12 x 24 dots (font A) or 9 x 17
(font B), and double sizes repeat each dot, as a print head does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FONTS = Path(__file__).parent / "fonts"
_PAPER_WIDTH_DOTS = {576: 640, 384: 464}  # 80 and 58 mm: the head does not reach the edges
_FEED_DOTS = 28
_DESK_DOTS = 36
_TOOTH_DOTS = 8
_PAPER_COLOUR = (253, 252, 248)
_INK_COLOUR = (38, 36, 44)
_DESK_COLOUR = (226, 222, 213)
_SHADOW_COLOUR = (112, 104, 92)


@dataclass(frozen=True, slots=True)
class Font:
    """One of the printer's two fonts: its cell, where letters stand in it, and how large they are drawn."""

    width_dots: int
    height_dots: int
    baseline_dots: int
    size_px: int


FONT_A = Font(12, 24, 19, 20)
FONT_B = Font(9, 17, 14, 14)


@dataclass(frozen=True, slots=True)
class Look:
    """How letters are printed now."""

    font: Font = FONT_A
    bold: bool = False
    underlined: bool = False
    inverted: bool = False
    times_wide: int = 1
    times_high: int = 1


class PaperRoll:
    """What has been printed since the last cut: strips of dots, and the letters as they were read."""

    def __init__(self, width_dots: int) -> None:
        self.width_dots = width_dots
        self.length_dots = 0
        self.text_lines: list[str] = []
        self._strips: list[tuple[int, int, Image.Image]] = []

    def feed(self, dots: int) -> None:
        """Move the paper on."""
        self.length_dots += dots

    def print_strip(self, strip: Image.Image, x_dots: int, feed_dots: int) -> None:
        """Print a strip (mode "1", 1 is ink) and move the paper on; what is beyond the edge is lost."""
        self._strips.append((x_dots, self.length_dots, strip))
        self.length_dots += feed_dots

    def ink(self) -> Image.Image:
        """Return the dots alone (mode "1", 1 is ink)."""
        ink = Image.new("1", (self.width_dots, max(self.length_dots, 1)), 0)
        for x, y, strip in self._strips:
            ink.paste(1, (x, y), strip)
        return ink

    def picture(self) -> Image.Image:
        """Return the paper as it lies on a desk."""
        ink = self.ink()
        width = _PAPER_WIDTH_DOTS.get(self.width_dots, self.width_dots + 64)
        paper = Image.new("RGB", (width, ink.height + 2 * _FEED_DOTS), _PAPER_COLOUR)
        paper.paste(_INK_COLOUR, ((width - ink.width) // 2, _FEED_DOTS), ink)
        return _on_desk(paper)


@cache
def glyph(letter: str, look: Look) -> Image.Image:
    """Return the dots of one letter in its cell (mode "1", 1 is ink)."""
    font = look.font
    cell = Image.new("1", (font.width_dots, font.height_dots), 0)
    drawing = ImageDraw.Draw(cell)
    drawing.text((0, font.baseline_dots), letter, font=_face(letter, look), fill=1, anchor="ls")
    if look.underlined:
        drawing.line((0, font.height_dots - 1, font.width_dots, font.height_dots - 1), fill=1)
    if look.inverted:
        cell = cell.point(lambda dot: 0 if dot else 1, mode="1")
    size = (font.width_dots * look.times_wide, font.height_dots * look.times_high)
    return cell.resize(size, Image.Resampling.NEAREST)


# Of the letters from U+0100 on, the font's file for western languages has these; the others are in a second one.
_IN_THE_FIRST_FILE = frozenset("ıŒœ")


def _face(letter: str, look: Look) -> ImageFont.FreeTypeFont:
    letters = "latin"
    if "\u0100" <= letter < "\u0250" and letter not in _IN_THE_FIRST_FILE:
        letters = "latin-ext"
    elif "\u0400" <= letter < "\u0500":
        letters = "cyrillic"
    return _load(f"ibm-plex-mono-{letters}-{700 if look.bold else 500}-normal.woff", look.font.size_px)


@cache
def _load(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / name), size_px)


def _on_desk(paper: Image.Image) -> Image.Image:
    """Return the paper with a cutter's teeth and a soft shadow."""
    shape = Image.new("L", paper.size, 255)
    drawing = ImageDraw.Draw(shape)
    for x in range(0, paper.width, 2 * _TOOTH_DOTS):
        for edge, tip in ((-1, _TOOTH_DOTS - 1), (paper.height, paper.height - _TOOTH_DOTS)):
            drawing.polygon([(x, edge), (x + 2 * _TOOTH_DOTS, edge), (x + _TOOTH_DOTS, tip)], fill=0)
    size = (paper.width + 2 * _DESK_DOTS, paper.height + 2 * _DESK_DOTS)
    shadow = Image.new("L", size, 0)
    shadow.paste(120, (_DESK_DOTS + 3, _DESK_DOTS + 7), shape)
    desk = Image.new("RGB", size, _DESK_COLOUR)
    desk.paste(_SHADOW_COLOUR, (0, 0), shadow.filter(ImageFilter.GaussianBlur(9)))
    desk.paste(paper, (_DESK_DOTS, _DESK_DOTS), shape)
    return desk
