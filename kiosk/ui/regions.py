"""The regions around a screen's body: header, footer, rail, banner and the inactivity warning. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from config.palette import rgb
from kiosk.ui import theme
from kiosk.ui.blocks import touch
from kiosk.ui.surface import Ground, Row
from kiosk.ui.typeface import fitted, icon, width_of, words
from kiosk.view.screen import Button, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.label import Label

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Banner, IdleWarning, Screen

Box: TypeAlias = tuple[float, float, float, float]
Emit: TypeAlias = "Callable[[Event], None]"

# Beyond so many letters a button of the footer may have two lines.
_FOOTER_LINE = 12
_HEADER_MM = 15.5
_HOME_HEADER_MM = 18.0
# So slim that the front page keeps all its rows on a 7 inch panel: no procedure is lost because there is no paper.
_TROUBLE_MM = 6.4


def header_px(screen: Screen, panel: Panel) -> int:
    """Return how high the bands on top are; with the keyboard open there is no room for any."""
    return 0 if screen.keyboard else _head_px(screen, panel) + _trouble_px(screen, panel)


def _trouble_px(screen: Screen, panel: Panel) -> int:
    return panel.px(_TROUBLE_MM) if screen.trouble else 0


def _head_px(screen: Screen, panel: Panel) -> int:
    mm = _HOME_HEADER_MM if screen.field else _HEADER_MM
    return panel.px(mm * (1 + (panel.room - 1) * 0.6))


def header(screen: Screen, panel: Panel, emit: Emit) -> list[Widget]:
    """Paint the band on top: where one is."""
    if screen.keyboard:
        return []
    height = _head_px(screen, panel)
    bottom = panel.height_px - height
    margin = panel.px(theme.MARGIN_MM)
    painted: list[Widget] = [Ground((0, bottom, panel.width_px, height), panel.palette.accent)]
    if screen.trouble:
        painted += _trouble(screen.trouble, panel, (0, bottom - panel.px(_TROUBLE_MM), panel.width_px))
    if screen.kind is Kind.HOME:
        return painted + _welcome(screen, panel, emit, (margin, bottom, panel.width_px - 2 * margin, height))
    width = panel.width_px - 2 * margin
    if screen.field and screen.field.touch:
        return painted + _field(screen.field.touch, panel, emit, (margin, bottom, width, height))
    if screen.progress:
        painted += _progress(screen.progress, panel, bottom)
    above = screen.over_title or ("" if not screen.title else screen.structure)
    small = words(above, panel.type_px(theme.SMALL_MM), panel.palette.accent_pale, width) if above else None
    room = height - panel.px(2.4) - (small.height if small else 0)
    text = screen.title or screen.structure
    title = fitted(
        text, panel.type_px(theme.TITLE_MM), panel.type_px(theme.TEXT_MM), panel.palette.card, (width, room), bold=True
    )
    lines = [label for label in (small, title) if label is not None]
    return painted + _stacked(lines, margin, bottom + height / 2 + panel.px(0.2))


def _stacked(lines: list[Label], x: float, middle: float) -> list[Widget]:
    top = middle + sum(label.height for label in lines) / 2
    for label in lines:
        top -= label.height
        label.pos = (x, top)
    return list(lines)


def _welcome(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    x, bottom, width, height = box
    part = width * (0.40 if not panel.portrait else 0.46)
    small = words(screen.structure, panel.type_px(theme.SMALL_MM), panel.palette.accent_pale, part)
    room = (part, height - panel.px(2.4) - small.height)
    title = fitted(
        screen.title, panel.type_px(theme.TITLE_MM), panel.type_px(theme.TEXT_MM), panel.palette.card, room, bold=True
    )
    painted = _stacked([small, title], x, bottom + height / 2)
    if screen.field and screen.field.touch:
        at = (x + part + panel.px(2), bottom, width - part - panel.px(2), height)
        painted += _field(screen.field.touch, panel, emit, at)
    return painted


def _field(button: Button, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    x, bottom, width, height = box
    target = max(panel.px(theme.TARGET_MM), min(height - panel.px(3), panel.px(theme.MAIN_TARGET_MM)))
    row = Row(button, panel, touch(button, emit), width, max_height_px=target)
    row.place(x, bottom + (height + target) / 2, target)
    return [row]


def _progress(progress: tuple[int, int], panel: Panel, bottom: float) -> list[Widget]:
    number, total = progress
    gap = panel.px(0.8)
    width = (panel.width_px - gap * (total - 1)) / total
    return [
        Ground(
            (index * (width + gap), bottom - panel.px(1.4), width, panel.px(1.4)),
            panel.palette.highlight if index < number else panel.palette.line,
        )
        for index in range(total)
    ]


def footer(screen: Screen, panel: Panel, emit: Emit) -> list[Widget]:
    """Paint what is at the bottom of every screen: the end to the left, help to the right."""
    height = panel.px(theme.FOOTER_MM)
    margin = panel.px(theme.MARGIN_MM)
    gap = panel.px(theme.GAP_MM)
    target = panel.px(theme.TARGET_MM)
    painted: list[Widget] = [
        Ground((0, 0, panel.width_px, height), panel.palette.card),
        Ground((0, height - 1, panel.width_px, 1), panel.palette.line),
    ]
    buttons = screen.footer
    whole = panel.width_px - 2 * margin - gap * (len(buttons) - 1)
    natural = [_natural_px(button, panel, lines=1) for button in buttons]
    if sum(natural) > whole:
        natural = [_natural_px(button, panel, lines=2) for button in buttons]
    spare = (whole - sum(natural)) / len(buttons)
    widths = [int(width + min(spare, panel.px(8))) for width in natural]
    rows = [
        Row(button, panel, touch(button, emit), width, max_height_px=target, compact=True)
        for button, width in zip(buttons, widths, strict=True)
    ]
    top = (height + target) / 2
    rows[0].place(margin, top, target)
    rows[-1].place(panel.width_px - margin - widths[-1], top, target)
    middle = rows[1:-1]
    inner = sum(row.width for row in middle) + gap * (len(middle) - 1)
    left = margin + widths[0]
    x = left + (panel.width_px - margin - widths[-1] - left - inner) / 2
    for row in middle:
        row.place(x, top, target)
        x += row.width + gap
    return painted + list(rows)


def _natural_px(button: Button, panel: Panel, *, lines: int) -> float:
    """Return the width a footer's button asks for, its label on so many lines if it is long."""
    text = width_of(button.label, panel.type_px(theme.TEXT_MM), bold=True)
    if lines > 1 and len(button.label) > _FOOTER_LINE:
        text *= 0.56
    return text + panel.type_px(4.6) + 4 * panel.px(1.2)


def _trouble(said: Banner, panel: Panel, place: tuple[float, float, float]) -> list[Widget]:
    """Paint what does not serve in a band of its own: it stays, and covers nothing."""
    x, y, width = place
    height = panel.px(_TROUBLE_MM)
    ink, ground = theme.tone(panel.palette, said.tone)
    margin = panel.px(theme.MARGIN_MM)
    mark = icon(said.icon, panel.type_px(4.4), ink)
    room = (width - mark.width - 3 * margin, height)
    text = fitted(said.text, panel.type_px(theme.TEXT_MM), panel.type_px(theme.SMALL_MM), ink, room, bold=True)
    mark.pos = (x + margin, y + (height - mark.height) / 2)
    text.pos = (x + 2 * margin + mark.width, y + (height - text.height) / 2)
    return [Ground((x, y, width, height), ground), mark, text]


def banner(message: Banner | None, panel: Panel, top: float) -> list[Widget]:
    """Paint a short message across the body's top."""
    if message is None:
        return []
    ink, ground = theme.tone(panel.palette, message.tone)
    margin = panel.px(theme.MARGIN_MM)
    pad = panel.px(2.4)
    mark = icon(message.icon, panel.type_px(5.4), ink)
    width = panel.width_px - 2 * margin
    text = words(message.text, panel.type_px(theme.TEXT_MM), ink, width - mark.width - 3 * pad, bold=True)
    height = max(text.height, mark.height) + 2 * pad
    box = (margin, top - height, width, height)
    mark.pos = (margin + pad, top - height / 2 - mark.height / 2)
    text.pos = (margin + 2 * pad + mark.width, top - height / 2 - text.height / 2)
    return [Ground(box, ground, radius_px=panel.px(theme.RADIUS_MM), edge=ink, edge_px=panel.dpi / 110), mark, text]


class Veil(Widget):
    """Darkens what is behind, and keeps every touch from it."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(size=(panel.width_px, panel.height_px), size_hint=(None, None))
        with self.canvas.before:
            Color(*rgb(panel.palette.accent_deep), 0.72)
            Rectangle(pos=(0, 0), size=self.size)

    def on_touch_down(self, touched: object) -> bool:
        """Give the touch to the warning's own buttons, or to nobody."""
        super().on_touch_down(touched)
        return True


def _warning_box(panel: Panel) -> Box:
    width = min(panel.width_px - 2 * panel.px(theme.MARGIN_MM), panel.px(130 * panel.room))
    height = min(panel.height_px - 2 * panel.px(theme.MARGIN_MM), panel.px(60 * panel.room))
    return ((panel.width_px - width) / 2, (panel.height_px - height) / 2, width, height)


def warning(message: IdleWarning | None, panel: Panel, emit: Emit) -> list[Widget]:
    """Paint what covers the screen before a session is wiped; its countdown is painted apart."""
    if message is None:
        return []
    x, y, width, height = _warning_box(panel)
    pad = panel.px(5)
    gap = panel.px(theme.GAP_MM)
    veil = Veil(panel)
    veil.add_widget(Ground((x, y, width, height), panel.palette.card, radius_px=panel.px(3)))
    mark = icon("hourglass", panel.type_px(9), panel.palette.highlight)
    mark.pos = (x + pad, y + height - pad - mark.height)
    title_x = x + pad * 1.6 + mark.width
    title = fitted(
        message.title,
        panel.type_px(theme.LARGE_MM),
        panel.type_px(theme.LEAD_MM),
        panel.palette.accent_deep,
        (x + width - pad - title_x, mark.height * 1.4),
        bold=True,
    )
    title.pos = (title_x, y + height - pad - mark.height / 2 - title.height / 2)
    veil.add_widget(mark)
    veil.add_widget(title)
    each = (width - 2 * pad - gap * (len(message.buttons) - 1)) / len(message.buttons)
    target = panel.px(theme.MAIN_TARGET_MM)
    for index, button in enumerate(message.buttons):
        row = Row(button, panel, touch(button, emit), each, max_height_px=target)
        row.place(x + pad + index * (each + gap), y + pad + target, target)
        veil.add_widget(row)
    return [veil]


def countdown(message: IdleWarning | None, panel: Panel) -> list[Widget]:
    """Paint the warning's sentence, which changes every second."""
    if message is None:
        return []
    x, y, width, height = _warning_box(panel)
    pad = panel.px(5)
    text = words(message.text, panel.type_px(theme.LEAD_MM), panel.palette.ink, width - 2 * pad)
    top = y + height - pad * 1.6 - panel.type_px(9)
    bottom = y + pad + panel.px(theme.MAIN_TARGET_MM)
    text.pos = (x + pad, (top + bottom) / 2 - text.height / 2)
    return [text]


def rail(buttons: tuple[Button, ...], panel: Panel, emit: Emit, box: Box) -> list[Row]:
    """Paint what can be done beside the body: down the right side, or along the bottom of a portrait panel."""
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    rows = []
    if panel.portrait:
        each = (width - gap * max(0, len(buttons) - 1)) / max(1, len(buttons))
        for index, button in enumerate(buttons):
            row = Row(button, panel, touch(button, emit), each, max_height_px=height)
            row.place(x + index * (each + gap), y + height, height)
            rows.append(row)
        return rows
    top = y + height
    for button in buttons:
        target = panel.px(theme.TARGET_MM if button.role is Role.PLAIN else theme.MAIN_TARGET_MM)
        row = Row(button, panel, touch(button, emit), width, max_height_px=target)
        row.place(x, top, target)
        rows.append(row)
        top -= target + gap
    return rows
