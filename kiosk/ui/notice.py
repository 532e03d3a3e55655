"""Screens that say one thing, in the middle of the panel. Adapter (Kivy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from kiosk.ui.blocks import Column
from kiosk.view.screen import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.journeys.events import Event
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Block, Screen

Box: TypeAlias = tuple[float, float, float, float]

# What the message takes of the width where telephone numbers stand beside it.
_MESSAGE_SHARE = 0.35


def notice(screen: Screen, panel: Panel, emit: Callable[[Event], None], box: Box) -> list[Widget]:
    """Paint a message, with what can be done under it, and telephone numbers beside it."""
    x, y, width, height = box
    numbers = tuple(block for block in screen.body if isinstance(block, Numbers))
    message = tuple(block for block in screen.body if not isinstance(block, Numbers))
    if not numbers or panel.portrait:
        inset = panel.px(6)
        return _middle(screen.body, panel, emit, (x + inset, y, width - 2 * inset, height))
    part = width * _MESSAGE_SHARE
    gap = panel.px(6)
    left = _middle(message, panel, emit, (x, y, part, height))
    return left + _middle(numbers, panel, emit, (x + part + gap, y, width - part - gap, height))


def _middle(blocks: tuple[Block, ...], panel: Panel, emit: Callable[[Event], None], box: Box) -> list[Widget]:
    """Paint blocks halfway up a box: once to learn their height, once in their place."""
    x, y, width, height = box
    trial = Column(panel, emit, x, 0, width)
    for block in blocks:
        trial.paint(block)
    spare = max(0.0, height + trial.top)
    column = Column(panel, emit, x, y + height - spare * 0.42, width)
    for block in blocks:
        column.paint(block)
    return column.widgets
