"""A body that scrolls: by big buttons, by drag, and back to its top when the text changes. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.effects.scroll import ScrollEffect
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.ui import theme
from kiosk.ui.blocks import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Block

# How much of the page stays in sight after « Plus bas »: the last line read is found again.
_KEPT_MM = 9.0
# How far a short content is lowered at most, to stand nearer the middle.
_DROP_MM = 14.0


class Reader(ScrollView):
    """Blocks in a window over them."""

    def __init__(
        self, panel: Panel, emit: Callable[[Event], None], box: tuple[float, float, float, float], *, centred: bool
    ) -> None:
        x, y, width, height = box
        super().__init__(
            pos=(x, y),
            size=(width, height),
            size_hint=(None, None),
            do_scroll_x=False,
            effect_cls=ScrollEffect,
            bar_width=panel.px(1.0),
            bar_color=(*theme.rgb(theme.LEAF), 0.8),
            bar_inactive_color=(*theme.rgb(theme.LEAF), 0.35),
            bar_margin=panel.px(0.4),
            scroll_distance=panel.px(3.0),
            scroll_timeout=180,
        )
        self.panel = panel
        self.emit = emit
        self._centred = centred
        self.content = Widget(size_hint=(None, None), width=width)
        self.add_widget(self.content)
        self._tops: list[float] = []

    def show(self, blocks: tuple[Block, ...]) -> None:
        """Paint these blocks in place of those before."""
        pad = self.panel.px(theme.MARGIN_MM)
        column = Column(self.panel, self.emit, pad, -self.panel.px(2.0), self.width - 2 * pad)
        for block in blocks:
            column.paint(block)
        needed = -column.top + self.panel.px(1.0)
        height = max(self.height, needed)
        drop = min(0.25 * (height - needed), self.panel.px(_DROP_MM)) if self._centred else 0
        # Blocks are placed downwards from 0: what they stand on hangs from the top of the content.
        hanging = RelativeLayout(size_hint=(None, None), size=(0, 0), pos=(0, height - drop))
        for widget in column.widgets:
            hanging.add_widget(widget)
        self.content.clear_widgets()
        self.content.height = height
        self.content.add_widget(hanging)
        self._tops = [-top for top in column.tops]

    @property
    def overflow_px(self) -> float:
        """How much of the content does not fit."""
        return max(0.0, float(self.content.height - self.height))

    @property
    def offset_px(self) -> float:
        """How far the window is from the content's top."""
        return float((1 - self.scroll_y) * self.overflow_px)

    def move_to(self, offset_px: float) -> None:
        """Put the window that far from the top, as far as there is content."""
        overflow = self.overflow_px
        self.scroll_y = 1 - min(max(offset_px, 0.0), overflow) / overflow if overflow else 1

    def page(self, pages: int) -> None:
        """Move by whole windows, down if positive."""
        self.move_to(self.offset_px + pages * (self.height - self.panel.px(_KEPT_MM)))

    def bring_up(self, block: int) -> None:
        """Move so that this block is the first in sight, if it is not in the upper half already."""
        top = self._tops[block]
        if not 0 <= top - self.offset_px <= self.height / 2:
            self.move_to(top)
