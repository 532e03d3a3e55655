"""A whole screen: header, body, what can be done beside it, footer. Adapter (Kivy).

Regions are repainted only where their values changed: a letter typed repaints the field and the hits, not the
keyboard; a second of the countdown repaints one sentence. What was painted for a citizen is let go by `forget`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from kiosk import words as said
from kiosk.ui import front, notice, regions, seeking, theme
from kiosk.ui.reader import Reader
from kiosk.ui.surface import Ground, Key, Touchable
from kiosk.view.screen import Button, Kind, Passage, Role, Screen, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from config.palette import Palette
    from kiosk.journeys.events import Event
    from kiosk.ui.regions import Box
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Stop

# From the bottom up.
_REGIONS = ("body", "rail", "keyboard", "header", "footer", "banner", "warning", "countdown")
_RAIL_MM = 38.0
_READ = frozenset({Kind.SHELF, Kind.SHEET, Kind.QUESTIONNAIRE, Kind.CHECKLIST, Kind.SEARCH, Kind.PARTNERS, Kind.PAPER})


class Painter:
    """Paints screens into `root`, which fills the window."""

    def __init__(self, panel: Panel, emit: Callable[[Event], None]) -> None:
        self.panel = panel
        self.screen: Screen | None = None
        self.root = Widget(size=(panel.width_px, panel.height_px), size_hint=(None, None))
        self._emit = emit
        self._reader: Reader | None = None
        self._regions = {name: Widget(size=(0, 0), size_hint=(None, None)) for name in _REGIONS}
        self._beside: Box | None = None
        self._focus: Stop | None = None
        self._ringed: Touchable | Reader | None = None
        # Which tile must be among those painted, where there is not room for all.
        self._reveal: Button | None = None
        self._painted: dict[str, Hashable] = {}
        self._ground = self._lay_ground()
        for region in self._regions.values():
            self.root.add_widget(region)

    def paint(self, screen: Screen) -> None:
        """Show a screen."""
        panel, emit, before = self.panel, self._emit, self.screen
        self.screen = screen
        head = (screen.kind, screen.title, screen.over_title, screen.structure, screen.progress, screen.trouble)
        self._paint("header", (head, screen.field), lambda: regions.header(screen, panel, emit))
        self._paint("footer", screen.footer, lambda: regions.footer(screen, panel, emit))
        self._paint("keyboard", screen.keyboard, lambda: seeking.keyboard(screen.keyboard, panel, emit))
        if screen.kind in _READ and not screen.keyboard:
            self._read(screen, before)
        else:
            self._look_over(screen)
        top = panel.height_px - regions.header_px(screen, panel) - panel.px(1)
        self._paint("banner", (screen.banner, top), lambda: regions.banner(screen.banner, panel, top))
        covering = screen.warning
        still = (covering.title, covering.buttons) if covering else None
        self._paint("warning", still, lambda: regions.warning(covering, panel, emit))
        self._paint("countdown", covering, lambda: regions.countdown(covering, panel))
        self._show_focus(screen)

    def _show_focus(self, screen: Screen) -> None:
        """Put the ring around what the pad's keys have come to, and bring it into sight when they have just done so."""
        stop, came = screen.focus, screen.focus != self._focus
        self._focus = stop
        if self._ringed is not None:
            self._ringed.unring()
            self._ringed = None
        reader = self._reader
        if isinstance(stop, Passage) and reader is not None:
            self._ringed = reader
            reader.ring(stop)
            if came:
                reader.bring_passage(stop)
        elif isinstance(stop, Button) and (found := self._touchable(stop)) is not None:
            self._ringed = found
            found.ring()
            if came:
                self.bring_into_sight(found)

    def _touchable(self, button: Button) -> Touchable | None:
        """Return what is painted of a button; what lies further down, or on another page of tiles, is painted now."""
        if (found := self._painted_of(button)) is None:
            if self._reader is not None:
                self._reader.finish()
            elif self.screen is not None:
                self._reveal = button
                self._look_over(self.screen)
            found = self._painted_of(button)
        return found

    def _painted_of(self, button: Button) -> Touchable | None:
        return next((each for each in self.touchables() if each.button == button), None)

    def dress(self, palette: Palette) -> None:
        """Paint in other colours, from the next screen on."""
        self.panel = replace(self.panel, palette=palette)
        self.root.remove_widget(self._ground)
        self._ground = self._lay_ground()
        self.forget()

    def forget(self) -> None:
        """Let go of everything painted."""
        self._painted.clear()
        self._reader = self._ringed = self._focus = self._reveal = None
        for region in self._regions.values():
            region.clear_widgets()

    def touchables(self) -> list[Touchable]:
        """Return what can be touched now, from the front to the back; a warning covers all others."""
        over = [w for w in self._regions["warning"].walk(restrict=True) if isinstance(w, Touchable)]
        return over or [w for w in self.root.walk(restrict=True) if isinstance(w, Touchable) and not w.disabled]

    @property
    def settled(self) -> bool:
        """Everything of the screen is painted, also what must be scrolled to."""
        return self._reader is None or self._reader.settled

    def bring_into_sight(self, touchable: Touchable) -> None:
        """Scroll to something to touch, as a finger would drag to it."""
        if self._reader is not None and touchable in set(self._reader.walk(restrict=True)):
            self._reader.bring_into_sight(touchable)

    def _lay_ground(self) -> Ground:
        """Put the ground under everything."""
        panel = self.panel
        ground = Ground((0, 0, panel.width_px, panel.height_px), panel.palette.ground)
        self.root.add_widget(ground, index=len(self.root.children))
        return ground

    def _paint(self, region: str, value: Hashable, build: Callable[[], list[Widget]]) -> None:
        if region in self._painted and self._painted[region] == value:
            return
        self._painted[region] = value
        home = self._regions[region]
        home.clear_widgets()
        for widget in build():
            home.add_widget(widget)

    def _middle(self, screen: Screen) -> Box:
        panel = self.panel
        bottom = panel.px(theme.FOOTER_MM)
        if screen.keyboard:
            keys = sum(len(row) for row in screen.keyboard)
            columns, _, high = seeking.keyboard_px(panel, keys)
            bottom += high * -(-keys // columns)
        height = panel.height_px - regions.header_px(screen, panel) - bottom
        return 0, bottom, panel.width_px, height

    def _look_over(self, screen: Screen) -> None:
        self._reader = None
        margin = self.panel.px(theme.MARGIN_MM)
        x, y, width, height = self._middle(screen)
        above = self.panel.px(2.4) if screen.kind is Kind.HOME else 0
        below = self.panel.px(2.0) if not screen.keyboard else self.panel.px(0.6)
        box = (x + margin, y + below, width - 2 * margin, height - above - below)
        paint = {Kind.HOME: front.home, Kind.SEARCH: seeking.search}.get(screen.kind, notice.notice)
        self._reveal = self._reveal if screen.focus else None
        shown = replace(screen, focus=self._reveal)
        value = (screen.kind, screen.body, screen.rail, screen.field, box, self._reveal)
        self._paint("body", value, lambda: paint(shown, self.panel, self._emit, box))
        self._paint("rail", None, list)

    def _read(self, screen: Screen, before: Screen | None) -> None:
        box = self._middle(screen)
        same = before is not None and before.walk == screen.walk and self._reader is not None
        value = (screen.kind, screen.body, screen.rail if screen.kind is Kind.QUESTIONNAIRE else ())
        if self._painted.get("body") != value:
            offset = self._reader.offset_px if same and self._reader else 0.0
            reader = self._reader = self._open(screen, box)
            reader.move_to(offset)
            self._paint("body", value, lambda: [reader])
            if same and before is not None and screen.anchor is not None:
                reader.bring_up(screen.anchor)
        shown, beside = self._reader, self._beside
        if shown is not None:
            buttons = screen.rail if beside else ()
            self._paint("rail", (buttons, beside, id(shown)), lambda: self._rail(buttons, shown, beside))

    def _open(self, screen: Screen, box: Box) -> Reader:
        """Return a reader of the body, with a rail beside it where there is something to do or to scroll."""
        reading, beside = self._shares(box)
        blocks = screen.body
        short = screen.kind is Kind.QUESTIONNAIRE  # « Passer » stands below the choices, if it can
        if short or not screen.rail:
            whole = Reader(self.panel, self._emit, box, centred=short)
            whole.show((*blocks, Tiles(screen.rail, columns_wanted=2)) if screen.rail else blocks)
            if not whole.overflow_px:
                self._beside = None
                return whole
        reader = Reader(self.panel, self._emit, reading, centred=False)
        reader.show(blocks)
        self._beside = beside
        return reader

    def _shares(self, box: Box) -> tuple[Box, Box]:
        """Return the body's box and the rail's."""
        x, y, width, height = box
        panel = self.panel
        margin, gap = panel.px(theme.MARGIN_MM), panel.px(theme.GAP_MM)
        if panel.portrait:
            high = panel.px(theme.MAIN_TARGET_MM)
            return (x, y + high + gap, width, height - high - gap), (x + margin, y + gap / 2, width - 2 * margin, high)
        wide = panel.px(_RAIL_MM * (1 + (panel.room - 1) * 0.8))
        body = (x, y, width - wide - margin, height)
        return body, (x + width - wide - margin, y + gap, wide, height - 2 * gap)

    def _rail(self, buttons: tuple[Button, ...], reader: Reader, box: Box | None) -> list[Widget]:
        if box is None:
            return []
        x, y, width, height = box
        panel = self.panel
        painted: list[Widget] = []
        gap = panel.px(theme.GAP_MM)
        if reader.overflow_px:
            up = Button(said.MORE_ABOVE, None, Role.PLAIN, "chevron-up")
            down = Button(said.MORE_BELOW, None, Role.PLAIN, "chevron-down")
            if panel.portrait:
                each = (width * 0.5 - gap) / 2
                boxes = [(x + width - 2 * each - gap, y, each, height), (x + width - each, y, each, height)]
                width = width * 0.5 - gap
            else:
                each = (width - gap) / 2
                high = panel.px(theme.MAIN_TARGET_MM if height > panel.px(60) else theme.TARGET_MM)
                boxes = [(x, y, each, high), (x + each + gap, y, each, high)]
            pages = (-1, 1)
            painted += [
                Key(button, panel, _pager(reader, page), at)
                for button, page, at in zip((up, down), pages, boxes, strict=True)
            ]
        painted += regions.rail(buttons, panel, self._emit, (x, y, width, height))
        return painted


def _pager(reader: Reader, pages: int) -> Callable[[], None]:
    return lambda: reader.page(pages)
