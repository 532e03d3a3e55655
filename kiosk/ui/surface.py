"""Grounds, and things to touch: the few widgets every screen is made of. Adapter (Kivy).

Every place is computed once, in pixels, from the panel's size: there is no layout pass after the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.graphics import Color, InstructionGroup, Line, RoundedRectangle
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from config.palette import rgb
from kiosk.ui import theme
from kiosk.ui.typeface import fitted, icon, words
from kiosk.view.screen import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.input.motionevent import MotionEvent
    from kivy.uix.label import Label

    from kiosk.ui.theme import Look, Panel
    from kiosk.view.screen import Button


# Letters as large as the label's role allows.
ANY_SIZE = 1000.0
# The focus ring stands in the gap of 3 mm between two targets.
_RING_MM = 1.2
_HALO_MM = 0.6
# A tile so much wider than high has its icon beside its label.
_WIDE_TILE = 2.6


class Ground(Widget):
    """A coloured rectangle, with round corners or an edge where asked for."""

    def __init__(
        self,
        box: tuple[float, float, float, float],
        colour: str,
        *,
        radius_px: float = 0,
        edge: str = "",
        edge_px: float = 1,
    ) -> None:
        x, y, width, height = box
        super().__init__(pos=(x, y), size=(width, height), size_hint=(None, None))
        with self.canvas.before:
            self.fill = Color(*rgb(colour))
            RoundedRectangle(pos=self.pos, size=self.size, radius=[radius_px])
            if edge:
                Color(*rgb(edge))
                Line(
                    rounded_rectangle=(x, y, width, height, max(radius_px, 1)),
                    width=edge_px,
                )


class Ring(InstructionGroup):
    """The focus of the pad's keys around a box: dark within light, so that it is seen on every ground (WCAG 2.4.13)."""

    def __init__(self, box: tuple[float, float, float, float], panel: Panel) -> None:
        super().__init__()
        x, y, width, height = box
        dark, light = panel.px(_RING_MM), panel.px(_HALO_MM)
        for colour, out, thick in (
            (panel.palette.card, dark + light / 2, light),
            (panel.palette.highlight, dark / 2, dark),
        ):
            shape = (x - out, y - out, width + 2 * out, height + 2 * out, panel.px(theme.RADIUS_MM) + out)
            self.add(Color(*rgb(colour)))
            self.add(Line(rounded_rectangle=shape, width=thick / 2))


class Touchable(ButtonBehavior, Widget):
    """A button: acts when it is let go inside, shows when it is held."""

    def __init__(self, button: Button, panel: Panel, act: Callable[[], None]) -> None:
        super().__init__(size_hint=(None, None))
        self.min_state_time = 0
        self.button = button
        self.panel = panel
        self.look: Look = theme.look(panel.palette, button.role)
        self.disabled = button.event is None and button.role is Role.MAIN
        self._act = act
        self._fill: Color | None = None
        self._face = (0.0, 0.0, 0.0, 0.0)
        self._ring: Ring | None = None
        self.bind(state=self._show_state)

    def on_release(self) -> None:
        """Act."""
        self._act()

    def let_go(self, touch: MotionEvent) -> None:
        """Be held no longer, without acting."""
        touch.ungrab(self)
        self.state = "normal"

    def _show_state(self, *_: object) -> None:
        if self._fill is not None:
            colour = self.look.pressed if self.state == "down" else self.look.ground
            self._fill.rgb = rgb(colour)

    def ring(self) -> None:
        """Show that the pad's keys have come to it."""
        self.unring()
        self._ring = Ring(self._face, self.panel)
        self.canvas.after.add(self._ring)

    def unring(self) -> None:
        """Show that they are elsewhere."""
        if self._ring is not None:
            self.canvas.after.remove(self._ring)
            self._ring = None

    def ground(self, box: tuple[float, float, float, float]) -> None:
        """Draw the face, which may be smaller than what can be touched."""
        self._face = x, y, width, height = box
        radius = self.panel.px(theme.RADIUS_MM)
        with self.canvas.before:
            Color(0.1, 0.16, 0.16, 0.10)
            RoundedRectangle(pos=(x, y - self.panel.px(0.4)), size=(width, height), radius=[radius])
            self._fill = Color(*rgb(self.look.ground))
            RoundedRectangle(pos=(x, y), size=(width, height), radius=[radius])
            Color(*rgb(self.look.edge))
            Line(rounded_rectangle=(x, y, width, height, radius), width=max(1.0, self.panel.dpi / 150))
        if self.disabled:
            self.opacity = 1


class Row(Touchable):
    """An icon beside a label, and a detail under it."""

    def __init__(  # noqa: PLR0913  (a row's width decides its height)
        self,
        button: Button,
        panel: Panel,
        act: Callable[[], None],
        width_px: float,
        *,
        max_height_px: float = 0,
        compact: bool = False,
        letters_px: float = ANY_SIZE,
    ) -> None:
        super().__init__(button, panel, act)
        role = button.role
        self.width = width_px
        main = role in {Role.MAIN, Role.CHOICE, Role.QUIET}
        larger_mm = {Role.MAIN: theme.MAIN_TARGET_MM, Role.CHOICE: theme.CHOICE_MM * panel.room}
        least_mm = larger_mm.get(role, theme.TARGET_MM)
        self.least_px = panel.px(theme.TARGET_MM if compact else least_mm)
        self.pad_px = panel.px(1.2 if compact else 2.2)
        size_mm = theme.LEAD_MM if main and not compact else theme.TEXT_MM
        icon_px = panel.type_px(4.6 if compact else 6.0)
        text_px = width_px - 2 * self.pad_px - (icon_px + self.pad_px if button.icon else 0)
        self.mark = icon(button.icon, icon_px, self.look.mark) if button.icon else None
        bold = role not in {Role.FIELD, Role.CHOICE}
        box = (text_px, max_height_px - panel.px(1.6) if max_height_px else panel.height_px)
        detail_px = panel.px(theme.SMALL_MM) if compact else panel.type_px(theme.SMALL_MM)
        self.detail = words(button.detail, detail_px, self.look.detail, text_px) if button.detail else None
        if self.detail is not None and max_height_px:
            box = (text_px, max_height_px - self.detail.height - panel.px(1.2))
        self.label = fitted(
            button.label,
            min(panel.type_px(size_mm), letters_px),
            panel.px(theme.FLOOR_MM),
            self.look.ink,
            box,
            bold=bold,
        )
        inside = self.label.height + (self.detail.height + panel.px(0.4) if self.detail else 0)
        self.inside_px = inside
        self.height = max(self.least_px, inside + panel.px(3.0 if not compact else 1.0))

    def place(self, x: float, top: float, height: float) -> None:
        """Put the row where it stands; its label is in the middle of its height."""
        self.pos, self.height = (x, top - height), height
        self.ground((x, top - height, self.width, height))
        after = self.button.role in {Role.CHAPTER, Role.OPEN_CHAPTER}
        text_x = x + self.pad_px
        if self.mark is not None:
            mark_x = x + self.width - self.pad_px - self.mark.width if after else x + self.pad_px
            self.mark.pos = (mark_x, top - height / 2 - self.mark.height / 2)
            self.add_widget(self.mark)
            if not after:
                text_x += self.mark.width + self.pad_px
        y = top - (height - self.inside_px) / 2
        self.label.pos = (text_x, y - self.label.height)
        self.add_widget(self.label)
        if self.detail is not None:
            self.detail.pos = (text_x, y - self.inside_px)
            self.add_widget(self.detail)


class Tile(Touchable):
    """An icon above a label, or beside it where the tile is wide: the front page's."""

    def __init__(
        self,
        button: Button,
        panel: Panel,
        act: Callable[[], None],
        box: tuple[float, float, float, float],
        letters_px: float = ANY_SIZE,
    ) -> None:
        super().__init__(button, panel, act)
        x, y, width, height = box
        self.pos, self.size = (x, y), (width, height)
        self.ground(box)
        pad = panel.px(1.6)
        beside = width > _WIDE_TILE * height
        badge = panel.type_px(8.0) if beside else height * 0.3
        text_x = x + 2 * pad + badge if beside else x + pad
        across, room = x + width - pad * 0.6 - text_x, height - 1.8 * pad - (0 if beside else badge)
        self.label = self._fitted(letters_px, across, room)
        if self.label.height > room + 0.4 * pad:  # a low tile with a long name: the words come before the sign
            self.label = self._fitted(letters_px, across, height - 0.8 * pad)
            self.label.pos = (text_x, y + (height - self.label.height) / 2)
            self.add_widget(self.label)
            return
        if beside:
            badge_y, text_y = y + (height - badge) / 2, y + (height - self.label.height) / 2
        else:
            badge_y = y + height - pad - badge
            text_y = y + pad * 0.4 + (badge_y - y - pad * 0.4 - self.label.height) / 2
        ground = Ground((x + pad, badge_y, badge, badge), self.look.mark_ground, radius_px=panel.px(1.6))
        mark = icon(button.icon, badge * 0.68, self.look.mark)
        mark.pos = (x + pad + badge * 0.16, badge_y + badge * 0.16)
        self.label.pos = (text_x, text_y)
        for widget in (ground, mark, self.label):
            self.add_widget(widget)

    def _fitted(self, letters_px: float, across: float, high: float) -> Label:
        most = min(self.panel.type_px(theme.TEXT_MM * 1.06), letters_px)
        return fitted(self.button.label, most, self.panel.px(theme.FLOOR_MM), self.look.ink, (across, high), bold=True)


class Key(Touchable):
    """A key: what can be touched is the whole cell, its face leaves the gap."""

    def __init__(
        self, button: Button, panel: Panel, act: Callable[[], None], box: tuple[float, float, float, float]
    ) -> None:
        super().__init__(button, panel, act)
        x, y, width, height = box
        self.pos, self.size = (x, y), (width, height)
        inset = 0 if button.role is Role.PLAIN else panel.px(theme.GAP_MM) / 2
        self.ground((x + inset, y + inset, width - 2 * inset, height - 2 * inset))
        room = (width - 2 * inset, height - 2 * inset)
        middle = (x + width / 2, y + height / 2)
        mark = icon(button.icon, panel.type_px(5.4), self.look.mark) if button.icon else None
        size_mm = theme.TITLE_MM if len(button.label) == 1 else theme.TEXT_MM
        if mark is not None and button.label:
            size_mm = theme.SMALL_MM
            mark.center = (middle[0], middle[1] + panel.type_px(2.2))
            middle = (middle[0], middle[1] - panel.type_px(3.2))
        elif mark is not None:
            mark.center = middle
        self.label = fitted(
            button.label,
            panel.type_px(size_mm),
            panel.type_px(theme.FLOOR_MM),
            self.look.ink,
            room,
            bold=True,
            halign="center",
        )
        self.label.center = middle
        self.add_widget(self.label)
        if mark is not None:
            self.add_widget(mark)
