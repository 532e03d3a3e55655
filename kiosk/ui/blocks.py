"""The blocks of a screen's body, each painted into a column. Adapter (Kivy)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from kiosk.ui import theme
from kiosk.ui.surface import Ground, Row
from kiosk.ui.typeface import icon, width_of, words
from kiosk.view.screen import (
    Answers,
    Heading,
    Message,
    Numbers,
    Point,
    Prose,
    Remark,
    Tiles,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Block, Button

# Letters on a line beyond which eyes lose the next one: a column is never wider (in ems, some 75 letters).
_COLUMN_EMS = 40
_NARROWEST_TILE_MM = 42
_NARROWEST_HIT_MM = 84
# From here on a message has its sign beside it.
_WIDE_MM = 80


@dataclass(slots=True)
class Column:
    """A column of blocks, filled downwards from `top`; `tops` remembers where each block began."""

    panel: Panel
    emit: Callable[[Event], None]
    x: float
    top: float
    width: float
    widgets: list[Widget] = field(default_factory=list)
    tops: list[float] = field(default_factory=list)

    def paint(self, block: Block) -> None:
        """Add a block at the bottom."""
        self.tops.append(self.top)
        match block:
            case Tiles():
                self._tiles(block)
            case Heading(text, level):
                self._heading(text, level)
            case Prose(text, indent):
                colour = self.panel.palette.quiet_ink if block.quiet else self.panel.palette.ink
                size = theme.SMALL_MM if block.quiet else theme.TEXT_MM
                self._gap(0.8)
                self._text(text, size, colour, indent_mm=4.0 * indent, bold=block.strong)
                self._gap(1.2)
            case Point(text, indent, mark):
                self._point(text, indent, mark)
            case Remark():
                self._remark(block)
            case Answers():
                self._answers(block)
            case Message():
                self._message(block)
            case Numbers(title, numbers):
                self._numbers(title, numbers)
            case _:
                assert_never(block)

    def _gap(self, mm: float) -> None:
        self.top -= self.panel.px(mm)

    def _add(self, widget: Widget, x: float) -> None:
        widget.pos = (x, self.top - widget.height)
        self.widgets.append(widget)
        self.top -= widget.height

    def _text(self, text: str, size_mm: float, colour: str, *, indent_mm: float = 0, bold: bool = False) -> None:
        size = self.panel.type_px(size_mm)
        indent = self.panel.px(indent_mm)
        width = min(self.width - indent, size * _COLUMN_EMS)
        self._add(words(text, size, colour, width, bold=bold), self.x + indent)

    def _heading(self, text: str, level: int) -> None:
        if level == 0:
            self._text(text, theme.TITLE_MM * 1.1, self.panel.palette.accent_deep, bold=True)
            self._gap(1.2)
            return
        self._gap(4.0 if level == 1 else 2.0)
        if level == 1:
            self._text(text, theme.LEAD_MM * 1.08, self.panel.palette.accent_deep, bold=True)
            self._gap(0.8)
            rule = Ground((self.x, self.top, self.width, self.panel.px(0.4)), self.panel.palette.accent_pale)
            self.widgets.append(rule)
            self._gap(1.4)
        else:
            self._text(text, theme.TEXT_MM, self.panel.palette.accent_deep, bold=True)
            self._gap(0.8)

    def _point(self, text: str, indent: int, mark: str) -> None:
        size = self.panel.type_px(theme.TEXT_MM)
        indent_px = self.panel.px(4.0 * indent)
        dot = mark == "circle"
        mark_px = self.panel.type_px(1.6 if dot else 4.4)
        text_x = self.panel.px(3.6) if dot else round(mark_px * 1.5)
        label = words(text, size, self.panel.palette.ink, min(self.width - indent_px - text_x, size * _COLUMN_EMS))
        self._gap(0.9)
        first_line = self.top - size * 0.62
        if dot:
            box = (self.x + indent_px + self.panel.px(0.6), first_line - mark_px / 2, mark_px, mark_px)
            self.widgets.append(Ground(box, self.panel.palette.accent, radius_px=mark_px / 2))
        else:
            sign = icon(mark, mark_px, self.panel.palette.accent)
            sign.pos = (self.x + indent_px, first_line - mark_px / 2)
            self.widgets.append(sign)
        self._add(label, self.x + indent_px + text_x)
        self._gap(0.9)

    def _remark(self, block: Remark) -> None:
        ink, ground = theme.tone(self.panel.palette, block.tone)
        self._gap(1.6)
        pad = self.panel.px(2.4)
        mark = icon(block.icon, self.panel.type_px(5.4), ink)
        text_x = self.x + pad * 2 + mark.width
        text_width = self.width - (text_x - self.x) - pad
        size = self.panel.type_px(theme.TEXT_MM)
        labels = [words(block.title, size, ink, text_width, bold=True)]
        labels += [words(text, size, self.panel.palette.ink, text_width) for text in block.texts]
        space = self.panel.px(0.8)
        height = sum(label.height + space for label in labels) + 2 * pad - space
        box = (self.x, self.top - height, self.width, height)
        self.widgets.append(Ground(box, ground, radius_px=self.panel.px(theme.RADIUS_MM)))
        bar = (self.x, self.top - height, self.panel.px(1.0), height)
        self.widgets.append(Ground(bar, ink, radius_px=self.panel.px(0.4)))
        mark.pos = (self.x + pad * 1.4, self.top - pad - mark.height)
        self.widgets.append(mark)
        self.top -= pad
        for label in labels:
            self._add(label, text_x)
            self.top -= space
        self.top -= pad - space
        self._gap(1.6)

    def _answers(self, block: Answers) -> None:
        pad = self.panel.px(2.4)
        change = self._row(block.change, self.panel.px(38 * self.panel.room)) if block.change else None
        text_width = self.width - 2 * pad - (change.width + pad if change else 0)
        label = words(
            block.label, self.panel.type_px(theme.SMALL_MM), self.panel.palette.accent_deep, text_width, bold=True
        )
        said = words(" · ".join(block.texts), self.panel.type_px(theme.TEXT_MM), self.panel.palette.ink, text_width)
        inside = label.height + said.height + self.panel.px(0.6)
        height = max(inside, change.height if change else 0) + 2 * self.panel.px(1.8)
        box = (self.x, self.top - height, self.width, height)
        self.widgets.append(Ground(box, self.panel.palette.accent_soft, radius_px=self.panel.px(theme.RADIUS_MM)))
        y = self.top - (height - inside) / 2
        label.pos = (self.x + pad, y - label.height)
        said.pos = (self.x + pad, y - inside)
        self.widgets += [label, said]
        if change:
            middle = self.top - (height - change.height) / 2
            change.place(self.x + self.width - change.width - pad, middle, change.height)
            self.widgets.append(change)
        self.top -= height
        self._gap(2.0)

    def _message(self, block: Message) -> None:
        ink, ground = theme.tone(self.panel.palette, block.tone)
        beside = self.width > self.panel.px(_WIDE_MM)
        badge = self.panel.type_px(15 if beside else 11)
        gap = self.panel.px(5)
        text_x = self.x + (badge + gap if beside else 0)
        width = self.x + self.width - text_x
        sizes = (theme.LARGE_MM, theme.LEAD_MM) if beside else (theme.TITLE_MM, theme.TEXT_MM)
        title = words(block.title, self.panel.type_px(sizes[0]), ink, width, bold=True)
        text = words(block.text, self.panel.type_px(sizes[1]), self.panel.palette.ink, width)
        space = self.panel.px(1.8)
        box = (self.x, self.top - badge, badge, badge)
        self.widgets.append(Ground(box, ground, radius_px=badge / 2))
        sign = icon(block.icon, badge * 0.56, ink)
        sign.pos = (self.x + badge * 0.22, self.top - badge * 0.78)
        self.widgets.append(sign)
        inside = title.height + space + text.height
        height = max(badge, inside) if beside else badge + space + inside
        y = self.top - (height - inside) / 2 if beside else self.top - badge - space
        title.pos = (text_x, y - title.height)
        text.pos = (text_x, y - inside)
        self.widgets += [title, text]
        self.top -= height
        self._gap(5.0)

    def _numbers(self, title: str, numbers: tuple[tuple[str, str], ...]) -> None:
        self._text(title, theme.LEAD_MM, self.panel.palette.warning, bold=True)
        self._gap(2.0)
        columns = 2 if self.width > self.panel.px(80) else 1
        gap = self.panel.px(1.6)
        cell = (self.width - gap * (columns - 1)) / columns
        pad = self.panel.px(1.6)
        size = self.panel.type_px(theme.LEAD_MM)
        widest = max(width_of(number, size, bold=True) for number, _ in numbers)
        for start in range(0, len(numbers), columns):
            row = [
                (
                    words(number, size, self.panel.palette.warning, widest + 2, bold=True),
                    words(what, self.panel.type_px(theme.SMALL_MM), self.panel.palette.ink, cell - widest - 3.4 * pad),
                )
                for number, what in numbers[start : start + columns]
            ]
            height = max(max(number.height, what.height) for number, what in row) + pad
            for place, (number, what) in enumerate(row):
                x = self.x + place * (cell + gap)
                box = (x, self.top - height, cell, height)
                radius = self.panel.px(theme.RADIUS_MM)
                self.widgets.append(
                    Ground(box, self.panel.palette.card, radius_px=radius, edge=self.panel.palette.line)
                )
                middle = self.top - height / 2
                number.pos = (x + pad, middle - number.height / 2)
                what.pos = (x + 2.4 * pad + widest, middle - what.height / 2)
                self.widgets += [number, what]
            self.top -= height + gap

    def _tiles(self, block: Tiles) -> None:
        self._gap(1.0)
        if block.title:
            self._text(block.title, theme.TEXT_MM, self.panel.palette.accent_deep, bold=True)
            self._gap(1.4)
        gap = self.panel.px(theme.GAP_MM)
        narrowest = self.panel.px(_NARROWEST_HIT_MM if block.buttons[-1].detail else _NARROWEST_TILE_MM)
        fitting = int((self.width + gap) // (narrowest + gap))
        columns = max(1, min(block.columns_wanted, fitting))
        width = int((self.width - gap * (columns - 1)) // columns)
        rows = [self._row(button, width) for button in block.buttons]
        for start in range(0, len(rows), columns):
            line = rows[start : start + columns]
            height = max(row.height for row in line)
            for place, row in enumerate(line):
                row.place(self.x + place * (width + gap), self.top, height)
            self.widgets += line
            self.top -= height + gap

    def _row(self, button: Button, width: float) -> Row:
        return Row(button, self.panel, touch(button, self.emit), width)


def touch(button: Button, emit: Callable[[Event], None]) -> Callable[[], None]:
    """Return what a touch on this button does."""

    def act() -> None:
        if button.event is not None:
            emit(button.event)

    return act
