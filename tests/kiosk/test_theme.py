"""Colours that can be read, fingers that have room."""

from __future__ import annotations

import pytest

from kiosk.ui import theme
from kiosk.ui.icons import CODEPOINTS, UNKNOWN
from kiosk.view.screen import Role, Tone

GROUNDS = (theme.PAPER, theme.CARD)


def test_contrast_is_that_of_wcag():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("role", Role)
def test_every_button_can_be_read_at_rest_and_held(role):
    look = theme.LOOKS[role]
    for ink, ground in ((look.ink, look.ground), (look.ink, look.pressed), (look.detail, look.ground)):
        assert theme.contrast(ink, ground) >= theme.TEXT_CONTRAST


@pytest.mark.parametrize("role", Role)
def test_every_button_can_be_told_from_the_paper(role):
    look = theme.LOOKS[role]
    assert theme.contrast(look.edge, theme.PAPER) >= theme.EDGE_CONTRAST
    assert theme.contrast(look.mark, look.mark_ground) >= theme.EDGE_CONTRAST


@pytest.mark.parametrize("tone", Tone)
def test_every_message_can_be_read(tone):
    ink, ground = theme.TONES[tone]
    assert theme.contrast(ink, ground) >= theme.TEXT_CONTRAST
    assert theme.contrast(theme.INK, ground) >= theme.TEXT_CONTRAST


@pytest.mark.parametrize("ink", [theme.INK, theme.QUIET_INK, theme.LEAF_DEEP, theme.CLAY])
def test_text_can_be_read_on_every_ground(ink):
    assert all(theme.contrast(ink, ground) >= theme.TEXT_CONTRAST for ground in GROUNDS)


@pytest.mark.parametrize("ink", [theme.CARD, theme.LEAF_PALE])
def test_the_header_can_be_read(ink):
    assert theme.contrast(ink, theme.LEAF) >= theme.TEXT_CONTRAST


@pytest.mark.parametrize("panel", [theme.Panel(1024, 600, 169.5), theme.Panel(1280, 800, 149.4)])
def test_a_length_on_the_glass_is_never_shorter_than_asked_for(panel):
    for mm in (theme.TARGET_MM, theme.MAIN_TARGET_MM, theme.GAP_MM):
        assert panel.px(mm) * 25.4 / panel.dpi >= mm


def test_letters_grow_with_the_panel():
    assert theme.Panel(1024, 600, 169.5).room == pytest.approx(1, abs=0.02)
    assert theme.Panel(1280, 800, 149.4).room == pytest.approx(1.3)


def test_an_icon_without_a_drawing_is_a_sheet_of_paper():
    assert UNKNOWN in CODEPOINTS
