"""Colours that can be read, fingers that have room."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from config.model import ThemeSettings
from config.palette import EDGE_CONTRAST, TEXT_CONTRAST, contrast, palette, unreadable
from kiosk.ui import theme
from kiosk.ui.icons import CODEPOINTS, UNKNOWN
from kiosk.view.screen import Role, Tone

COLOURS = st.builds("#{:02X}{:02X}{:02X}".format, *[st.integers(0, 255)] * 3)
# Most themes by chance cannot be read: these begin near ones that can.
NEAR = st.fixed_dictionaries(
    {
        "ground": st.sampled_from(["#F6F3EC", "#FFFFFF", "#101418", "#EEF2FA"]),
        "card": st.sampled_from(["#FFFFFF", "#FDFDFD", "#1C2228"]),
        "ink": st.sampled_from(["#1B2A29", "#000000", "#F4F6F8", "#20124D"]),
        "accent": st.one_of(COLOURS, st.sampled_from(["#17574C", "#1B4B8A", "#7FC4E8", "#5A2D6E"])),
        "highlight": st.one_of(COLOURS, st.sampled_from(["#7D4A0C", "#F2C14E"])),
        "help": st.one_of(COLOURS, st.sampled_from(["#F8DE9F", "#3A3200"])),
        "warning": st.one_of(COLOURS, st.sampled_from(["#8E3418", "#FFB4A0"])),
    }
)


def is_read(theme_said):
    return not list(unreadable(theme_said))


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def hold_contrast(colours):
    for role in Role:
        look = theme.look(colours, role)
        for ground in (look.ground, look.pressed):
            assert min(contrast(ink, ground) for ink in (look.ink, look.detail)) >= TEXT_CONTRAST, role
        assert contrast(look.edge, colours.ground) >= EDGE_CONTRAST, role
        assert contrast(look.mark, look.mark_ground) >= EDGE_CONTRAST, role
    for tone in Tone:
        ink, ground = theme.tone(colours, tone)
        assert min(contrast(ink, ground), contrast(colours.ink, ground)) >= TEXT_CONTRAST, tone
    for ink in (colours.ink, colours.quiet_ink, colours.accent_deep, colours.warning):
        assert min(contrast(ink, ground) for ground in (colours.ground, colours.card)) >= TEXT_CONTRAST
    assert min(contrast(ink, colours.accent) for ink in (colours.card, colours.accent_pale)) >= TEXT_CONTRAST


def test_the_shipped_colours_can_be_read():
    assert is_read(ThemeSettings())
    hold_contrast(theme.DEFAULT)


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(NEAR)
def test_whatever_theme_is_accepted_can_be_read_on_every_button_and_message(colours):
    said = ThemeSettings(**colours)
    assume(is_read(said))
    hold_contrast(palette(said))


def test_a_dark_theme_can_be_had():
    dark = ThemeSettings(
        ground="#101418",
        card="#1C2228",
        ink="#F4F6F8",
        accent="#9FD8F0",
        highlight="#F2C14E",
        help="#F8DE9F",
        warning="#FFB4A0",
    )
    assert list(unreadable(dark)) == []


def test_what_cannot_be_read_is_said_of_the_setting_to_change():
    problems = dict(unreadable(ThemeSettings(accent="#9FD3C7")))
    assert problems["accent"] == "2.9 to 1 against theme.ground, and text needs 4.5 to 1"


@pytest.mark.parametrize("panel", [theme.Panel(1024, 600, 169.5), theme.Panel(1280, 800, 149.4)])
def test_a_length_on_the_glass_is_never_shorter_than_asked_for(panel):
    for mm in (theme.TARGET_MM, theme.MAIN_TARGET_MM, theme.GAP_MM):
        assert panel.px(mm) * 25.4 / panel.dpi >= mm


def test_letters_grow_with_the_panel():
    assert theme.Panel(1024, 600, 169.5).room == pytest.approx(1, abs=0.02)
    assert theme.Panel(1280, 800, 149.4).room == pytest.approx(1.3)


def test_an_icon_without_a_drawing_is_a_sheet_of_paper():
    assert UNKNOWN in CODEPOINTS
