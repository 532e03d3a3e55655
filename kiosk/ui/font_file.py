"""Whether a font file can set what the kiosk writes. Adapter (Pillow): files, never the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import ImageFont

if TYPE_CHECKING:
    from config.model import ThemeSettings

FOLDER: Final = Path(__file__).parent / "fonts"
# What French needs, what stands in sheets, prices and hours, and all of ASCII that can be seen.
LETTERS: Final = "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ€«»’–…°·›" + "".join(map(chr, range(0x21, 0x7F)))
_SIZE_PX = 24
# A noncharacter: whatever is drawn for it is what the font draws for letters that it lacks.
_NO_LETTER = "\uffff"


class FontFileError(Exception):
    """The file cannot be used for letters; the message says why."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """The files of the letters, plain and bold."""

    regular: Path
    bold: Path


SHIPPED: Final = Typeface(FOLDER / "AtkinsonHyperlegibleNext-Regular.ttf", FOLDER / "AtkinsonHyperlegibleNext-Bold.ttf")


def typeface(theme: ThemeSettings) -> Typeface:
    """Return the letters of a theme; the shipped ones where it says none.

    Raises:
        FontFileError: a file is no font, or lacks letters that the kiosk writes.
    """
    if theme.font is None and theme.font_bold is None:
        return SHIPPED
    regular = theme.font or SHIPPED.regular
    chosen = Typeface(regular, theme.font_bold or regular)
    for path in {chosen.regular, chosen.bold}:
        _check(path)
    return chosen


def _check(path: Path) -> None:
    try:
        font = ImageFont.truetype(str(path), _SIZE_PX)
        nothing = bytes(font.getmask(_NO_LETTER))
        lacking = [letter for letter in LETTERS if bytes(font.getmask(letter)) in {nothing, b""}]
    except (OSError, ValueError) as error:
        raise FontFileError(f"{path.name!r} is no font that can be opened: {error}") from error
    if lacking:
        raise FontFileError(f"{path.name!r} lacks {len(lacking)} letters, among them {lacking[0]!r}")
