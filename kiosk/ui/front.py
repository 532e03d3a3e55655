"""The front page: tiles in groups. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from kiosk.ui import theme
from kiosk.ui.blocks import touch
from kiosk.ui.surface import ANY_SIZE, Row, Tile
from kiosk.ui.typeface import words
from kiosk.view.screen import Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Button, Screen, Stop

Box: TypeAlias = tuple[float, float, float, float]
Emit: TypeAlias = "Callable[[Event], None]"
Touched = TypeVar("Touched", Tile, Row)

_NARROWEST_TILE_MM = 24.0
# A finger, and a little: lower ones may stand under a band that says what does not serve.
_LOWEST_TILE_MM = 15.4
_HIGHEST_TILE_MM = 32.0


def home(screen: Screen, panel: Panel, emit: Emit, box: Box) -> list[Widget]:
    """Paint the front page's tiles in groups, side by side or one above the other.

    Where tiles would get too small for a finger, the last place leads to the rest, and the focus has its tile shown.
    """
    groups = [block for block in screen.body if isinstance(block, Tiles)]
    if not groups:
        return []
    if panel.portrait:
        return _above(groups, panel, emit, box, screen.focus)
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    wide = panel.px(7)  # between groups
    columns = _columns(groups, panel, box)
    tile = (width - wide * (len(groups) - 1) - gap * (sum(columns) - len(groups))) / sum(columns)
    painted: list[Widget] = []
    for group, count in zip(groups, columns, strict=True):
        across = tile * count + gap * (count - 1)
        painted += _group(group, panel, emit, (x, y, across, height), count, screen.focus)
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


def _above(groups: list[Tiles], panel: Panel, emit: Emit, box: Box, focus: Stop | None) -> list[Widget]:
    x, y, width, height = box
    columns = max(2, int(width // panel.px(30)))
    needed = [-(-len(group.buttons) // columns) for group in groups]
    painted: list[Widget] = []
    top = y + height
    for group, rows in zip(groups, needed, strict=True):
        part = height * rows / sum(needed)
        painted += _group(group, panel, emit, (x, top - part, width, part - panel.px(2)), columns, focus)
        top -= part
    return painted


def _group(  # noqa: PLR0913, PLR0917  (where it stands, and what must be seen of it)
    group: Tiles, panel: Panel, emit: Emit, box: Box, columns: int, focus: Stop | None
) -> list[Widget]:
    x, y, width, height = box
    gap = panel.px(theme.GAP_MM)
    title = words(group.title, panel.type_px(theme.TEXT_MM), panel.palette.accent_deep, width, bold=True)
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
        for index, button in enumerate(fitting_buttons(group, rows * columns, focus)):
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


def fitting_buttons(group: Tiles, places: int, focus: Stop | None = None) -> tuple[Button, ...]:
    """Return the buttons that have a place, the last of them leading to the rest where there is one.

    Buttons are turned over a page at a time, to the page that has the focus.
    """
    buttons, more = group.buttons, group.more
    if len(buttons) <= places and (more is None or focus != more):
        return buttons
    shown = places if more is None else places - 1
    at = buttons.index(focus) if focus in buttons else 0
    begin = max(0, min(at // max(shown, 1) * shown, len(buttons) - shown))
    page = buttons[begin : begin + shown]
    return page if more is None else (*page, more)
