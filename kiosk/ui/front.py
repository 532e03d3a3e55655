"""The two screens that are not read but looked over: the front page and the search. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from kiosk.ui import theme
from kiosk.ui.blocks import touch
from kiosk.ui.surface import ANY_SIZE, Ground, Key, Row, Tile
from kiosk.ui.typeface import icon, width_of, words
from kiosk.view.screen import Prose, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Button, Screen

Box: TypeAlias = tuple[float, float, float, float]
Emit: TypeAlias = "Callable[[Event], None]"
Touched = TypeVar("Touched", Tile, Row)

_NARROWEST_TILE_MM = 24.0
# A hit's title, theme and date need this much to stay within a finger's height.
_NARROWEST_HIT_MM = 84.0
_LOWEST_TILE_MM = 16.0
_HIGHEST_TILE_MM = 32.0


def home(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    """Paint the front page's tiles in groups, side by side or one above the other.

    Where tiles would get too small for a finger, the last place leads to the rest.
    """
    groups = [block for block in screen.body if isinstance(block, Tiles)]
    if not groups:
        return []
    if panel.portrait:
        return _above(groups, panel, emit, box)
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    wide = panel.px(7)  # between groups
    columns = _columns(groups, panel, box)
    tile = (width - wide * (len(groups) - 1) - gap * (sum(columns) - len(groups))) / sum(columns)
    painted: list[Widget] = []
    for group, count in zip(groups, columns, strict=True):
        across = tile * count + gap * (count - 1)
        painted += _group(group, panel, emit, (x, y, across, height), count)
        x += across + wide
    return painted


def _columns(groups: list[Tiles], panel: Panel, box: Box) -> list[int]:
    """Return how many columns each group gets: as few as let every tile in, so that tiles are wide."""
    _, _, width, height = box
    rows = max(
        1, int((_tiles_px(panel, height) + panel.px(theme.GAP_MM)) // (_lowest_px(panel) + panel.px(theme.GAP_MM)))
    )
    columns = [max(1, min(group.columns_wanted, len(group.buttons))) for group in groups]
    most = int(width // panel.px(_NARROWEST_TILE_MM * panel.room**1.5 + theme.GAP_MM))
    while sum(columns) < most:
        short = [i for i, group in enumerate(groups) if columns[i] * rows < len(group.buttons)]
        if not short:
            break
        columns[short[-1]] += 1
    return columns


def _lowest_px(panel: Panel) -> float:
    return panel.px(_LOWEST_TILE_MM * panel.room**1.3)


def _tiles_px(panel: Panel, height: float) -> float:
    return height - panel.type_px(theme.TEXT_MM) * 1.3 - panel.px(2.0)


def _above(groups: list[Tiles], panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    x, y, width, height = box
    columns = max(2, int(width // panel.px(30)))
    needed = [-(-len(group.buttons) // columns) for group in groups]
    painted: list[Widget] = []
    top = y + height
    for group, rows in zip(groups, needed, strict=True):
        part = height * rows / sum(needed)
        painted += _group(group, panel, emit, (x, top - part, width, part - panel.px(2)), columns)
        top -= part
    return painted


def _group(group: Tiles, panel: Panel, emit: Emit, box: Box, columns: int) -> list[Widget]:
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    title = words(group.title, panel.type_px(theme.TEXT_MM), theme.LEAF_DEEP, width, bold=True)
    title.pos = (x, y + height - title.height)
    top = y + height - title.height - panel.px(1.4)
    room = top - y
    rows = max(1, -(-len(group.buttons) // columns))
    fitting = max(1, int((room + gap) // (_lowest_px(panel) + gap)))
    rows = min(rows, fitting)
    high = min((room - gap * (rows - 1)) / rows, panel.px(_HIGHEST_TILE_MM))
    wide = (width - gap * (columns - 1)) / columns

    def tiles(letters_px: float) -> list[Tile]:
        found = []
        for index, button in enumerate(fitting_buttons(group, rows * columns)):
            row, column = divmod(index, columns)
            at = (x + column * (wide + gap), top - (row + 1) * high - row * gap, wide, high)
            found.append(Tile(button, panel, touch(button, emit), at, letters_px))
        return found

    return [title, *alike(tiles)]


def alike(paint: Callable[[float], list[Touched]]) -> list[Touched]:
    """Paint things to touch with letters of one size, but for the few that need smaller ones."""
    found = paint(ANY_SIZE)
    sizes = sorted(each.label.font_size for each in found)
    return paint(sizes[len(sizes) // 4]) if sizes and sizes[0] != sizes[-1] else found


def fitting_buttons(group: Tiles, places: int) -> tuple[Button, ...]:
    """Return the buttons that have a place, the last of them leading to the rest where there is one."""
    if len(group.buttons) <= places or group.more is None:
        return group.buttons[:places]
    return (*group.buttons[: places - 1], group.more)


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
    painted: list[Widget] = [Ground((0, bottom, panel.width_px, total * high), theme.MIST)]
    for index, key in enumerate(keys):
        row, column = divmod(index, columns)
        box = (left + column * wide, bottom + (total - 1 - row) * high, wide, high)
        painted.append(Key(key, panel, touch(key, emit), box))
    return painted


def search(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    """Paint the field and, under it, as many answers as there is room for."""
    x, y, width, height = box
    typing = bool(screen.keyboard)
    target = panel.px(theme.TARGET_MM)
    gap = panel.px(1.0)
    least = panel.px(9.4)
    field_px = max(least, min(target, int(height - target - 3 * gap))) if typing else target
    top = y + height - gap
    says = [block for block in screen.body if isinstance(block, Prose)]
    part = width * 0.56 if says and typing else width
    painted = _field(screen, panel, emit, (x, top - field_px, part, field_px))
    for prose in says:
        size = panel.type_px(theme.SMALL_MM if prose.strong else theme.TEXT_MM)
        colour = theme.CLAY if prose.strong else theme.QUIET_INK
        room = (width - part - panel.px(3)) if typing else width
        label = words(prose.text, size, colour, room, bold=prose.strong)
        if typing:
            label.pos = (x + part + panel.px(3), top - field_px / 2 - label.height / 2)
        else:
            label.pos = (x, top - field_px - gap - label.height)
            top -= label.height + gap
        painted.append(label)
    top -= field_px + (gap if typing else panel.px(theme.GAP_MM))
    for block in screen.body:
        if isinstance(block, Tiles):
            more = screen.rail[0] if screen.rail else None
            painted += _answers(block, more, panel, emit, (x, y, width, top - y))
    return painted


def _field(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    x, y, width, height = box
    field = screen.field
    if field is None:
        return []
    if field.touch is not None:
        row = Row(field.touch, panel, touch(field.touch, emit), width, max_height_px=height)
        row.place(x, y + height, height)
        return [row]
    pad = panel.px(2)
    size = panel.type_px(theme.LEAD_MM)
    ground = Ground(box, theme.CARD, radius_px=panel.px(theme.RADIUS_MM), edge=theme.LEAF, edge_px=panel.dpi / 85)
    sign = icon("search", panel.type_px(5.4), theme.LEAF)
    sign.pos = (x + pad, y + height / 2 - sign.height / 2)
    text_x = x + 2 * pad + sign.width
    shown = field.text
    room = width - 3 * pad - sign.width - panel.px(1)
    while shown and width_of(shown, size) > room:  # the end is what is being typed
        shown = shown[1:]
    label = words(shown or field.hint, size, theme.INK if field.text else theme.QUIET_INK, room + pad)
    label.pos = (text_x, y + height / 2 - label.height / 2)
    caret_x = text_x + (width_of(shown, size) if shown else 0) + panel.px(0.5)
    caret = Ground(
        (caret_x if shown else text_x - panel.px(0.8), y + height / 2 - size * 0.55, panel.px(0.5), size * 1.1),
        theme.OCHRE,
    )
    return [ground, sign, label, caret]


def _answers(block: Tiles, more: Button | None, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    target = panel.px(theme.TARGET_MM)
    rows = max(1, int((height + gap) // (target + gap)))
    narrowest = panel.px(_NARROWEST_HIT_MM if block.buttons[-1].detail else _NARROWEST_TILE_MM)
    columns = max(1, min(block.columns_wanted, len(block.buttons), int((width + gap) // (narrowest + gap))))
    fits = rows * columns >= len(block.buttons)
    beside = 0 if fits or more is None else panel.px(32 * panel.room)
    each = (width - beside - gap * (columns - (0 if beside else 1))) / columns
    shown = fitting_buttons(block, rows * columns)
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
