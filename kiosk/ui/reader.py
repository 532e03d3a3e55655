"""A body that scrolls: by big buttons, by drag, and back to its top when the text changes. Adapter (Kivy).

A long checklist takes most of a second to set in type: what is in sight is painted at once, the rest a few blocks
at each of the next frames.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.stencilview import StencilView

from config.palette import rgb
from kiosk.ui import theme
from kiosk.ui.blocks import Column
from kiosk.ui.surface import Touchable

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.input.motionevent import MotionEvent
    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.regions import Box
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Block, Passage

# How much of the page stays in sight after « Plus bas »: the last line read is found again.
_KEPT_MM = 9.0
# How far a short content is lowered at most, to stand nearer the middle.
_DROP_MM = 14.0
# What painting ahead may take of a frame of 33 ms.
_AHEAD_S = 0.012
# A finger that presses moves by less.
_TREMBLE_MM = 4.0
# The bar beside the passage which the keys have come to; the margin has room for it, and a little more.
_BAR_MM = 1.4
_BAR_GAP_MM = 1.0
# How many windows of content are painted before anything is shown.
_AT_ONCE = 1.5


@dataclass(slots=True)
class _Drag:
    """Where a finger came down, and where the text was then."""

    from_y: float
    from_offset_px: float
    begun: bool = False


class Reader(StencilView):
    """Blocks in a window over them.

    A finger presses what it touches at once; when it has gone further than a tremble it drags the text instead.
    """

    def __init__(self, panel: Panel, emit: Callable[[Event], None], box: Box, *, centred: bool) -> None:
        x, y, width, height = box
        super().__init__(pos=(x, y), size=(width, height), size_hint=(None, None))
        self._panel = panel
        self._centred = centred
        pad = panel.px(theme.MARGIN_MM)
        self._column = Column(panel, emit, pad, -panel.px(2.0), width - 2 * pad)
        self._left: deque[Block] = deque()
        self._offset_px = 0.0
        self._drop_px = 0.0
        self._drag: _Drag | None = None
        self._mark: InstructionGroup | None = None
        # Blocks are placed downwards from 0: what they stand on hangs from the top of the window.
        self._hanging = RelativeLayout(size_hint=(None, None), size=(0, 0), pos=(x, y + height))
        self.add_widget(self._hanging)
        with self.canvas.after:
            Color(*rgb(panel.palette.accent), 0.55)
            self._bar = Rectangle(size=(0, 0))

    def show(self, blocks: tuple[Block, ...]) -> None:
        """Paint these blocks."""
        self._left.extend(blocks)
        self._paint_to(self.height * _AT_ONCE)
        if self._left:
            Clock.schedule_interval(self._paint_ahead, 0)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Press what is there, ready to drag."""
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._drag = _Drag(touch.y, self._offset_px)
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Drag the text, once the finger has gone far enough to mean it."""
        if touch.grab_current is not self or self._drag is None:
            return False
        moved = touch.y - self._drag.from_y
        if not self._drag.begun and abs(moved) > self._panel.px(_TREMBLE_MM):
            self._drag.begun = True
            for held in [each() for each in touch.grab_list]:
                if isinstance(held, Touchable):
                    held.let_go(touch)
        if self._drag.begun:
            self.move_to(self._drag.from_offset_px + moved)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """End a drag."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self._drag = None
            return True
        return bool(super().on_touch_up(touch))

    @property
    def settled(self) -> bool:
        """Everything is painted."""
        return not self._left

    @property
    def overflow_px(self) -> float:
        """How much of the content does not fit."""
        return max(0.0, self._panel.px(1.0) - self._column.top - self.height)

    @property
    def offset_px(self) -> float:
        """How far the window is from the content's top."""
        return self._offset_px

    def move_to(self, offset_px: float) -> None:
        """Put the window that far from the top, as far as there is content."""
        self._paint_to(offset_px + self.height * _AT_ONCE)
        self._offset_px = min(max(offset_px, 0.0), self.overflow_px)
        self._lay()

    def page(self, pages: int) -> None:
        """Move by whole windows, down if positive."""
        self.move_to(self._offset_px + pages * (self.height - self._panel.px(_KEPT_MM)))

    def bring_up(self, block: int) -> None:
        """Move so that this block is the first in sight, if it is not nearly so already."""
        while len(self._column.tops) <= block:
            self._paint_to(self.height - self._column.top)
        top = -self._column.tops[block]
        if not 0 <= top - self._offset_px <= self.height / 6:
            self.move_to(top)

    def finish(self) -> None:
        """Paint all that is left: what the keys have come to may be far down."""
        self._paint_to(float("inf"))

    def ring(self, passage: Passage) -> None:
        """Show that the pad's keys have come to a passage: a bar beside it, and a ground under its letters."""
        self.unring()
        x, bottom, width, height = self._box(passage)
        bar, gap = self._panel.px(_BAR_MM), self._panel.px(_BAR_GAP_MM)
        self._mark = InstructionGroup()
        for colour, left, across in (
            (self._panel.palette.highlight_soft, x - gap, width + 2 * gap),
            (self._panel.palette.highlight, x - gap - bar, bar),
        ):
            self._mark.add(Color(*rgb(colour)))
            self._mark.add(Rectangle(pos=(left, bottom), size=(across, height)))
        self._hanging.canvas.before.add(self._mark)

    def unring(self) -> None:
        """Show that they are elsewhere."""
        if self._mark is not None:
            self._hanging.canvas.before.remove(self._mark)
            self._mark = None

    def bring_passage(self, passage: Passage) -> None:
        """Move so that a passage is in sight, its beginning at least."""
        _, bottom, _, height = self._box(passage)
        if not -bottom - self.height <= self._offset_px <= -(bottom + height):
            self.move_to(-(bottom + height) - self._panel.px(_KEPT_MM))

    def _box(self, passage: Passage) -> Box:
        """Return where a passage stands, in the content's own measures."""
        while self._left and len(self._column.tops) <= passage.last + 1:
            self._paint_to(self.height - self._column.top)
        tops = self._column.tops
        bottom = tops[passage.last + 1] if passage.last + 1 < len(tops) else self._column.top
        return self._column.x, bottom, self._column.width, tops[passage.first] - bottom

    def bring_into_sight(self, widget: Widget) -> None:
        """Move so that a widget of the text is in sight, if it is not."""
        below_px = -widget.y - self.height
        if not below_px <= self._offset_px <= -widget.top:
            self.move_to(-widget.top - self._panel.px(_KEPT_MM))

    def _paint_ahead(self, _: float) -> bool:
        until_s = time.perf_counter() + _AHEAD_S
        while self._left and time.perf_counter() < until_s:
            self._column.paint(self._left.popleft())
        self._hang()
        return bool(self._left)

    def _paint_to(self, depth_px: float) -> None:
        while self._left and -self._column.top < depth_px:
            self._column.paint(self._left.popleft())
        self._hang()

    def _hang(self) -> None:
        """Take in what was painted; the window stays where it is in the text."""
        spare = self.height + self._column.top - self._panel.px(1.0)
        self._drop_px = min(0.25 * max(0.0, spare), self._panel.px(_DROP_MM)) if self._centred else 0.0
        for widget in self._column.widgets:
            self._hanging.add_widget(widget)
        self._column.widgets.clear()
        self._lay()

    def _lay(self) -> None:
        self._hanging.y = round(self.top + self._offset_px - self._drop_px)
        overflow = self.overflow_px
        if overflow:
            length = self.height * self.height / (self.height + overflow)
            y = self.top - length - (self.height - length) * self._offset_px / overflow
            self._bar.size = (self._panel.px(1.0), length)
            self._bar.pos = (self.right - self._panel.px(1.4), y)
