"""The focus of the pad's keys, painted: always in sight, and seen on every ground."""

# ruff: noqa: PLC0415  (Kivy reads its settings when it is imported)

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import READY
from kiosk_screens import LISTED, SCREENS, at, keyed

from kiosk.ui import theme
from kiosk.view import render
from kiosk.view.screen import Button
from kiosk.view.stops import stops

pytestmark = pytest.mark.screen


WALKED = ("home-full", "search-hits", "sheet-open", "checklist", "partners-twelve")


@pytest.mark.parametrize("name", WALKED)
def test_wherever_the_keys_go_their_focus_is_in_sight(paint, name):
    state = SCREENS[name]
    for _ in range(len(stops(render(state)))):
        state = keyed(state, 1)
        painter = paint.show(state)
        stop, marked = render(state).focus, painter._ringed
        assert marked is not None, stop
        if isinstance(stop, Button):
            assert marked.button == stop
            x, y, width, height = (*marked.to_window(*marked.pos), marked.width, marked.height)
            reader = painter._reader
            low, high = (
                (reader.y, reader.top)
                if reader and marked in set(reader.walk(restrict=True))
                else (0, paint.panel.height_px)
            )
            assert low - 1 <= y, stop
            assert y + height <= high + 1, stop
            assert 0 <= x <= x + width <= paint.panel.width_px, stop
        else:
            bottom, height = marked._box(stop)[1::2]
            top = bottom + height + painter._reader.offset_px  # 0 at the top of the window, less further down
            assert top <= 1, stop
            assert top - height >= -marked.height - 1 or stop.first == stop.last, stop


def test_the_focus_is_a_ring_that_can_be_seen_and_goes_away(paint, window):
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    def beside(target):
        """Return the colour of the pixel just left of a button, halfway up."""
        paint.frames(2)
        window.dispatch("on_draw")
        x, y = target.to_window(target.x, target.center_y)
        return bytes(glReadPixels(round(x) - paint.panel.px(0.6), round(y), 1, 1, GL_RGB, GL_UNSIGNED_BYTE))

    def colour(name):
        value = getattr(theme.DEFAULT, name)
        return bytes(int(value[at : at + 2], 16) for at in (1, 3, 5))

    paint.show(READY)
    end = paint.labelled("Terminer et effacer")
    assert beside(end) == colour("card")
    paint.show(keyed(READY, -2))
    assert beside(end) == colour("highlight")
    paint.show(keyed(READY, -1))
    assert beside(end) == colour("card")


def test_moving_the_focus_paints_nothing_else_anew(paint):
    paint.show(keyed(READY, 1))
    before = set(paint.painter.root.walk(restrict=True))
    paint.show(keyed(READY, 3))
    assert set(paint.painter.root.walk(restrict=True)) == before


def test_a_finger_may_scroll_away_from_the_focus(paint):
    state = keyed(at(LISTED), 1)
    painter = paint.show(state)
    painter._reader.move_to(painter._reader.overflow_px)
    paint.show(replace(state, now_s=1.0))
    assert painter._reader.offset_px == pytest.approx(painter._reader.overflow_px, abs=1)
