"""The search while somebody types: the field, the answers that fit, the keyboard. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from kiosk.ui import theme
from kiosk.ui.blocks import touch
from kiosk.ui.front import alike, fitting_buttons
from kiosk.ui.surface import Ground, Key, Row
from kiosk.ui.typeface import icon, width_of, words
from kiosk.view.screen import Prose, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Button, Field, Screen, Stop

Box: TypeAlias = tuple[float, float, float, float]
Emit: TypeAlias = "Callable[[Event], None]"

# A hit's title, theme and date need this much to stay within a finger's height.
_NARROWEST_HIT_MM = 84.0
_NARROWEST_TILE_MM = 24.0
# While it is typed in, nobody touches the field: it may be lower than a finger.
_LOWEST_FIELD_MM = 9.4


def keyboard_px(panel: Panel, keys: int) -> tuple[int, int, int]:
    """Return columns, a key's width and its height: cells touch each other, their faces do not."""
    columns = max(1, min(10, panel.width_px // panel.px(theme.TARGET_MM)))
    rows = -(-keys // columns)
    free = panel.height_px - panel.px(theme.FOOTER_MM) - panel.px(45)
    high = max(panel.px(theme.TARGET_MM), min(panel.px(16), free // max(rows, 4)))
    return columns, panel.width_px // columns, high


def keyboard(rows: tuple[tuple[Button, ...], ...], panel: Panel, emit: Emit) -> list[Widget]:
    """Paint the keyboard above the footer; a narrow panel gets the same keys in shorter rows."""
    keys = [key for row in rows for key in row]
    if not keys:
        return []
    columns, wide, high = keyboard_px(panel, len(keys))
    bottom = panel.px(theme.FOOTER_MM)
    total = -(-len(keys) // columns)
    left = (panel.width_px - columns * wide) / 2
    painted: list[Widget] = [Ground((0, bottom, panel.width_px, total * high), panel.palette.quiet_ground)]
    for index, key in enumerate(keys):
        row, column = divmod(index, columns)
        box = (left + column * wide, bottom + (total - 1 - row) * high, wide, high)
        painted.append(Key(key, panel, touch(key, emit), box))
    return painted


def search(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    """Paint what is being typed and, under it, as many answers as there is room for above the keyboard."""
    x, y, width, height = box
    gap = panel.px(1.0)
    target = panel.px(theme.TARGET_MM)
    field_px = max(panel.px(_LOWEST_FIELD_MM), min(target, int(height - target - 3 * gap)))
    top = y + height - gap
    says = [block for block in screen.body if isinstance(block, Prose)]
    part = width * 0.56 if says else width
    painted = _field(screen.field, panel, (x, top - field_px, part, field_px)) if screen.field else []
    for prose in says:
        size = panel.type_px(theme.SMALL_MM if prose.strong else theme.TEXT_MM)
        colour = panel.palette.warning if prose.strong else panel.palette.quiet_ink
        label = words(prose.text, size, colour, width - part - panel.px(3), bold=prose.strong)
        label.pos = (x + part + panel.px(3), top - field_px / 2 - label.height / 2)
        painted.append(label)
    top -= field_px + gap
    for block in screen.body:
        if isinstance(block, Tiles):
            more = screen.rail[0] if screen.rail else None
            painted += _answers(block, more, panel, emit, (x, y, width, top - y), screen.focus)
    return painted


def _field(field: Field, panel: Panel, box: Box) -> list[Widget]:
    x, y, width, height = box
    pad = panel.px(2)
    size = panel.type_px(theme.LEAD_MM)
    ground = Ground(
        box, panel.palette.card, radius_px=panel.px(theme.RADIUS_MM), edge=panel.palette.accent, edge_px=panel.dpi / 85
    )
    sign = icon("search", panel.type_px(5.4), panel.palette.accent)
    sign.pos = (x + pad, y + height / 2 - sign.height / 2)
    text_x = x + 2 * pad + sign.width
    shown = field.text
    room = width - 3 * pad - sign.width - panel.px(1)
    while shown and width_of(shown, size) > room:  # the end is what is being typed
        shown = shown[1:]
    label = words(shown or field.hint, size, panel.palette.ink if field.text else panel.palette.quiet_ink, room + pad)
    label.pos = (text_x, y + height / 2 - label.height / 2)
    caret_x = text_x + (width_of(shown, size) if shown else 0) + panel.px(0.5)
    caret = Ground(
        (caret_x if shown else text_x - panel.px(0.8), y + height / 2 - size * 0.55, panel.px(0.5), size * 1.1),
        panel.palette.highlight,
    )
    return [ground, sign, label, caret]


def _answers(  # noqa: PLR0913, PLR0917  (where they stand, and what must be seen of them)
    block: Tiles, more: Button | None, panel: Panel, emit: Emit, box: Box, focus: Stop | None
) -> list[Widget]:
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    target = panel.px(theme.TARGET_MM)
    rows = max(1, int((height + gap) // (target + gap)))
    narrowest = panel.px(_NARROWEST_HIT_MM if block.buttons[-1].detail else _NARROWEST_TILE_MM)
    columns = max(1, min(block.columns_wanted, len(block.buttons), int((width + gap) // (narrowest + gap))))
    fits = rows * columns >= len(block.buttons)
    beside = 0 if more is None or (fits and focus != more) else panel.px(32 * panel.room)
    each = (width - beside - gap * (columns - (0 if beside else 1))) / columns
    shown = fitting_buttons(block, rows * columns, focus)
    lines = min(rows, -(-len(shown) // columns))
    high = min(panel.px(theme.MAIN_TARGET_MM), (height - gap * (lines - 1)) / lines)
    high = max(high, target)

    def hits(letters_px: float) -> list[Row]:
        found = []
        for index, button in enumerate(shown):
            line, column = divmod(index, columns)
            act = touch(button, emit)
            row = Row(button, panel, act, each, max_height_px=high, compact=True, letters_px=letters_px)
            row.place(x + column * (each + gap), y + height - line * (high + gap), high)
            found.append(row)
        return found

    painted: list[Widget] = list(alike(hits))
    if beside and more is not None:
        row = Row(more, panel, touch(more, emit), beside, max_height_px=high, compact=True)
        row.place(x + width - beside, y + height, high)
        painted.append(row)
    return painted
