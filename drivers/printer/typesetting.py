"""How a text becomes lines: in letters of the printer's, or drawn. No I/O.

A text is set in one way throughout: in the first code page that has all of its letters, or, where none has, drawn by
a ruler's letters. Without a ruler (nothing can be drawn) the letters that are missing lose their accents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drivers.printer import letters
from drivers.printer.laid import Drawn, Line
from drivers.printer.wrap import NORMAL, Style, width_dots, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

# What stands for a mark on a page that lacks it.
_PLAIN_MARKS = {"• ": "* ", "– ": "- ", "» ": "> "}
_INDENT = "   "


class Ruler(Protocol):
    """The letters in which lines are drawn."""

    def has(self, letter: str) -> bool:
        """Say whether there is such a letter."""
        ...

    def width_dots(self, text: str, style: Style) -> int:
        """Return how wide `text` is when drawn."""
        ...


@dataclass(frozen=True, slots=True)
class Typesetter:
    """Sets texts in a width, on a printer with these pages, in the order in which they are tried."""

    dots: int
    pages: tuple[str, ...] = ("cp1252",)
    ruler: Ruler | None = None

    def lines(self, text: str, style: Style, *, centred: bool = False) -> list[Line | Drawn]:
        """Return the lines of a paragraph."""
        text, page = self._settle(text)
        if page is None:
            return self._drawn(text, style, centred=centred)
        wrapped = wrap(text, style, self.dots)
        return [Line(self._centred(line, style) if centred else line, style, page) for line in wrapped]

    def item(self, mark: str, text: str, indent: int, hang: str = "") -> list[Line | Drawn]:
        """Return the lines of `text` beside its mark; those after the first hang below the first letter."""
        text, page = self._settle(text)
        if page is None:
            inset = width_dots(_INDENT * indent + hang + mark, NORMAL)
            return self._drawn(text, NORMAL, mark=mark.strip(), inset_dots=inset)
        if letters.page_for(mark, [page]) is None:
            mark = _PLAIN_MARKS.get(mark, "- ")
        first = _INDENT * indent + hang + mark
        width = width_dots(first, NORMAL)
        later = " " * (width // NORMAL.cell_dots)
        wrapped = wrap(text, NORMAL, self.dots - width)
        return [Line((later if number else first) + line, NORMAL, page) for number, line in enumerate(wrapped)]

    def columns(self, left: str, right: str) -> list[Line | Drawn]:
        """Return two texts in one line where they fit, with at least two letters between; else one below the other."""
        (left, left_page), (right, right_page) = self._settle(left), self._settle(right)
        spare = (self.dots - width_dots(left + right, NORMAL)) // NORMAL.cell_dots
        page = letters.page_for(left + right, self.pages)
        if page is None or not (left_page and right_page):
            return self.lines(f"{left}\u00a0: {right}", NORMAL)  # drawn letters stand in no columns
        if spare >= 2:  # noqa: PLR2004  (less than two spaces do not set anything apart)
            return [Line(left + " " * spare + right, NORMAL, page)]
        ends = wrap(right, NORMAL, self.dots)
        spaces = [(self.dots - width_dots(end, NORMAL)) // NORMAL.cell_dots for end in ends]
        below = [Line(" " * space + end, NORMAL, page) for space, end in zip(spaces, ends, strict=True)]
        return [*(Line(line, NORMAL, page) for line in wrap(left, NORMAL, self.dots)), *below]

    def banner(self, text: str, style: Style) -> list[Line | Drawn]:
        """Return the lines of a text that fills the whole width, for letters in white on a black ground."""
        text, page = self._settle(text)
        if page is None:
            return self._drawn(text, style, centred=True)
        return [Line(self._filled(line, style), style, page) for line in wrap(text, style, self.dots)]

    def fits(self, text: str, style: Style) -> bool:
        """Say whether no word of `text` is wider than the paper."""
        text, page = self._settle(text)
        measure = self._measure if page is None else width_dots
        return all(measure(word, style) <= self.dots for word in text.split())

    def _settle(self, text: str) -> tuple[str, str | None]:
        """Return `text` as it can be set, and the page for it; None where it is drawn."""
        text = letters.clean(text)
        page = letters.page_for(text, self.pages)
        if page is None and self.ruler is not None:
            return letters.plain(text, self.ruler.has), None
        if page is None:
            page = self.pages[0] if self.pages else "ascii"
            return letters.plain(text, letters.holds(page).__contains__), page
        return text, page

    def _drawn(
        self, text: str, style: Style, *, mark: str = "", inset_dots: int = 0, centred: bool = False
    ) -> list[Line | Drawn]:
        right = letters.from_right(text)
        wrapped = wrap(text, style, self.dots - inset_dots, self._measure)
        return [
            Drawn(line, style, "" if number else mark, inset_dots, right, centred)
            for number, line in enumerate(wrapped)
        ]

    @property
    def _measure(self) -> Callable[[str, Style], int]:
        return self.ruler.width_dots if self.ruler is not None else width_dots

    def _centred(self, line: str, style: Style) -> str:
        spare = (self.dots - width_dots(line, style)) // style.cell_dots
        return " " * (spare // 2) + line if line else ""

    def _filled(self, line: str, style: Style) -> str:
        spare = (self.dots - width_dots(line, style)) // style.cell_dots
        return " " * (spare // 2) + line + " " * (spare - spare // 2)
