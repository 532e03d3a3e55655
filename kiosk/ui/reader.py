"""A body that scrolls: by big buttons, by drag, and back to its top when the text changes. Adapter (Kivy).

A long checklist takes most of a second to set in type: what is in sight is painted at once, the rest a few blocks
at each of the next frames.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from kivy.clock import Clock
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
# What painting ahead may take of a frame of 33 ms.
_AHEAD_S = 0.012
# How many windows of content are painted before anything is shown.
_AT_ONCE = 1.5


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
        self._panel = panel
        self._centred = centred
        pad = panel.px(theme.MARGIN_MM)
        self._column = Column(panel, emit, pad, -panel.px(2.0), width - 2 * pad)
        self._left: deque[Block] = deque()
        self._content = Widget(size_hint=(None, None), size=(width, height))
        # Blocks are placed downwards from 0: what they stand on hangs from the top of the content.
        self._hanging = RelativeLayout(size_hint=(None, None), size=(0, 0), pos=(0, height))
        self._content.add_widget(self._hanging)
        self.add_widget(self._content)

    def show(self, blocks: tuple[Block, ...]) -> None:
        """Paint these blocks."""
        self._left.extend(blocks)
        self._paint_to(self.height * _AT_ONCE)
        if self._left:
            Clock.schedule_interval(self._paint_ahead, 0)

    @property
    def settled(self) -> bool:
        """Everything is painted."""
        return not self._left

    @property
    def overflow_px(self) -> float:
        """How much of the content does not fit."""
        return max(0.0, float(self._content.height - self.height))

    @property
    def offset_px(self) -> float:
        """How far the window is from the content's top."""
        return float((1 - self.scroll_y) * self.overflow_px)

    def move_to(self, offset_px: float) -> None:
        """Put the window that far from the top, as far as there is content."""
        self._paint_to(offset_px + self.height * _AT_ONCE)
        overflow = self.overflow_px
        self.scroll_y = 1 - min(max(offset_px, 0.0), overflow) / overflow if overflow else 1

    def page(self, pages: int) -> None:
        """Move by whole windows, down if positive."""
        self.move_to(self.offset_px + pages * (self.height - self._panel.px(_KEPT_MM)))

    def bring_up(self, block: int) -> None:
        """Move so that this block is the first in sight, if it is not in the upper half already."""
        while len(self._column.tops) <= block:
            self._paint_to(self.height - self._column.top)
        top = -self._column.tops[block]
        if not 0 <= top - self.offset_px <= self.height / 2:
            self.move_to(top)

    def _paint_ahead(self, _: float) -> bool:
        until_s = time.perf_counter() + _AHEAD_S
        while self._left and time.perf_counter() < until_s:
            self._column.paint(self._left.popleft())
        self._grow()
        return bool(self._left)

    def _paint_to(self, depth_px: float) -> None:
        while self._left and -self._column.top < depth_px:
            self._column.paint(self._left.popleft())
        self._grow()

    def _grow(self) -> None:
        """Make room for what was painted; the window stays where it is in the text."""
        offset = self.offset_px
        needed = self._panel.px(1.0) - self._column.top
        spare = max(0.0, self.height - needed)
        self._content.height = needed + spare
        drop = min(0.25 * spare, self._panel.px(_DROP_MM)) if self._centred else 0
        self._hanging.pos = (0, self._content.height - drop)
        for widget in self._column.widgets:
            self._hanging.add_widget(widget)
        self._column.widgets.clear()
        overflow = self.overflow_px
        self.scroll_y = 1 - min(offset, overflow) / overflow if overflow else 1
