"""Real frames of every screen on each panel: nothing clipped, nothing too small, every touch lands.

Kivy reads its settings when it is imported: nothing of it may be imported before the `window` fixture.
"""

# ruff: noqa: PLC0415  (see above)

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, HITS, READY
from kiosk_screens import BROKEN, LISTED, MANY, SCREENS, at

from config.model import ThemeSettings
from config.palette import palette
from drivers.news import PowerSource
from kiosk.four_keys import turn
from kiosk.journeys import news
from kiosk.journeys.effects import PrintReceipt, Record
from kiosk.journeys.places import Reading, Searching
from kiosk.ui import theme
from kiosk.view import render
from kiosk.view.screen import Role

pytestmark = pytest.mark.screen


@pytest.fixture(params=SCREENS.values(), ids=SCREENS.keys(), scope="module")
def shown(request, easel):
    easel.painter.forget()
    easel.show(request.param)
    return easel


def boxes(paint):
    """Yield everything to touch with its box on the window."""
    for target in paint.painter.touchables():
        x, y = target.to_window(*target.pos)
        yield target, x, y, target.width, target.height


def test_a_finger_finds_every_target(shown):
    least = theme.TARGET_MM * shown.panel.dpi / 25.4
    if shown.panel.portrait:  # ten keys do not fit across: they come in shorter rows
        least -= 1
    for target, _, _, width, height in boxes(shown):
        assert min(width, height) >= least, target.button.label


def test_targets_keep_their_distance(shown):
    gap = theme.GAP_MM * shown.panel.dpi / 25.4 - 1
    found = [box for box in boxes(shown) if box[0].button.role.name not in {"KEY", "KEY_OF_SERVICE"}]
    for index, (one, x, y, width, height) in enumerate(found):
        for other, x2, y2, width2, height2 in found[index + 1 :]:
            if one.parent is not other.parent:
                continue
            across = max(x2 - (x + width), x - (x2 + width2))
            along = max(y2 - (y + height), y - (y2 + height2))
            assert max(across, along) >= gap, (one.button.label, other.button.label)


def test_every_label_is_inside_its_button(shown):
    for target, x, y, width, height in boxes(shown):
        for child in target.children:
            cx, cy = child.to_window(*child.pos)
            assert cx >= x - 1, target.button.label
            assert cx + child.width <= x + width + 1, target.button.label
            assert cy >= y - 1, target.button.label
            assert cy + child.height <= y + height + 1, target.button.label


def test_no_text_is_wider_than_its_box(shown):
    from kivy.uix.label import Label

    for label in shown.painter.root.walk(restrict=True):
        if isinstance(label, Label) and label.text_size[0] is not None:
            assert label.texture_size[0] <= label.width + 1, label.text


def test_nothing_stands_outside_the_panel(shown):
    from kivy.uix.label import Label

    from kiosk.ui.reader import Reader

    readers = [w for w in shown.painter.root.walk(restrict=True) if isinstance(w, Reader)]
    scrolled = {w for reader in readers for w in reader.walk(restrict=True)}
    for widget in shown.painter.root.walk(restrict=True):
        if isinstance(widget, Label):
            x, y = widget.to_window(*widget.pos)
            assert x >= -1, widget.text
            assert x + widget.width <= shown.panel.width_px + 1, widget.text
            if widget not in scrolled:
                assert y >= -1, widget.text
                assert y + widget.height <= shown.panel.height_px + 1, widget.text


def test_every_touch_emits_what_its_button_means(shown):
    keyed = shown.painter.screen in {render(SCREENS["search-empty"]), render(SCREENS["search-accents"])}
    touchable = [t for t in shown.painter.touchables() if t.button.event]
    for target in touchable if keyed else [t for t in touchable if t.button.role is not Role.KEY]:
        shown.events.clear()
        shown.touch(target)
        assert shown.events == [target.button.event], target.button.label


def test_letters_typed_leave_the_keyboard_as_it_is(paint):
    paint.show(at(Searching("f")))
    keys = [t for t in paint.painter.touchables() if t.button.role.name == "KEY"]
    paint.show(at(Searching("fi", HITS)))
    assert [t for t in paint.painter.touchables() if t.button.role.name == "KEY"] == keys


def test_a_finger_that_leaves_its_button_touches_nothing(paint):
    from kivy.base import EventLoop

    from kiosk.ui.player import Finger

    paint.show(READY)
    target = paint.labelled("Terminer et effacer")
    finger = Finger(*target.to_window(*target.center))
    EventLoop.post_dispatch_input("begin", finger)
    paint.frames(1)
    finger.move({"sx": 0.5, "sy": 0.5})
    EventLoop.post_dispatch_input("update", finger)
    EventLoop.post_dispatch_input("end", finger)
    paint.frames(3)
    assert paint.events == []


def test_below_and_above_move_the_text_and_end_at_its_ends(paint):
    painter = paint.show(at(Reading(CARD, section=(0, 0, 2), chosen=(((0,), 0),))))
    for label, offset_px in (("Plus bas", painter._reader.overflow_px), ("Plus haut", 0)):
        for _ in range(12):
            paint.touch(paint.labelled(label))
        assert painter._reader.offset_px == pytest.approx(offset_px, abs=1)


def test_opening_a_chapter_keeps_it_in_sight(paint):
    closed = Reading(CARD, chosen=(((0,), 0),))
    paint.show(at(closed))
    painter = paint.show(at(replace(closed, section=(0, 0, 2), touched=(0, 0, 2))))
    paint.frames(2)
    chapter = paint.labelled("Coût")
    y = chapter.to_window(*chapter.pos)[1]
    assert painter._reader.y <= y <= painter._reader.top


def test_what_was_painted_for_a_citizen_is_let_go(paint):
    from kivy.uix.label import Label

    painter = paint.show(at(LISTED))
    painter.forget()
    paint.show(READY)
    texts = [w.text for w in painter.root.walk(restrict=True) if isinstance(w, Label)]
    assert not any("locataire" in text for text in texts)


def test_nothing_is_drawn_while_nothing_happens(paint, window):
    paint.show(READY)
    paint.frames(5)
    drawn = []
    window.bind(on_flip=lambda *_: drawn.append(1))
    paint.frames(20)
    assert drawn == []


def test_a_drag_moves_the_text_and_touches_nothing(paint):
    from kivy.base import EventLoop

    from kiosk.ui.player import Finger

    painter = paint.show(at(Reading(CARD, section=(0, 0, 2), chosen=(((0,), 0),))))
    x, y = painter._reader.center
    finger = Finger(x, y)
    EventLoop.post_dispatch_input("begin", finger)
    finger.move({"sx": finger.sx, "sy": finger.sy + 0.1})
    EventLoop.post_dispatch_input("update", finger)
    EventLoop.post_dispatch_input("end", finger)
    assert painter._reader.offset_px == pytest.approx(
        min(0.1 * paint.panel.height_px, painter._reader.overflow_px), abs=1
    )
    assert paint.events == []


def test_a_double_tap_within_one_frame_is_one_paper_and_one_record(paint):
    from kivy.base import EventLoop

    from kiosk.ui.player import Finger

    state = at(LISTED)
    paint.show(state)
    target = paint.labelled("Imprimer ma liste")
    for _ in range(2):
        finger = Finger(*target.to_window(*target.center))
        EventLoop.post_dispatch_input("begin", finger)
        EventLoop.post_dispatch_input("end", finger)
    effects = []
    for event in (*paint.events, news.Recorded(1)):
        state, more = turn(state, event)
        effects += more
    assert [type(effect) for effect in effects] == [Record, PrintReceipt]


def picture(paint, window):
    """Return the pixels that every panel and the window they share have in common."""
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    paint.show(READY)
    paint.frames(3)
    window.dispatch("on_draw")
    return bytes(glReadPixels(0, 0, 800, 600, GL_RGBA, GL_UNSIGNED_BYTE))


def test_a_theme_changes_every_colour_and_moves_nothing(paint, window):
    before, boxes_before = picture(paint, window), [box[1:] for box in boxes(paint)]
    paint.painter.dress(palette(ThemeSettings(ground="#101418", card="#1C2228", ink="#F4F6F8", accent="#9FD8F0")))
    dark, boxes_dark = picture(paint, window), [box[1:] for box in boxes(paint)]
    paint.painter.dress(theme.DEFAULT)
    assert boxes_dark == boxes_before
    changed = sum(before[at : at + 3] != dark[at : at + 3] for at in range(0, len(before), 404))
    assert changed > len(before) / 404 / 3
    assert picture(paint, window) == before


def test_other_letters_are_on_the_next_screen_that_is_painted(paint, window):
    from kiosk.ui.font_file import SHIPPED, Typeface
    from kiosk.ui.typeface import load_fonts

    before = picture(paint, window)
    load_fonts(Typeface(SHIPPED.regular, SHIPPED.regular))
    paint.painter.dress(theme.DEFAULT)
    thin = picture(paint, window)
    load_fonts()
    paint.painter.dress(theme.DEFAULT)
    assert thin != before
    assert picture(paint, window) == before


@pytest.mark.parametrize("page", [READY.front_page, MANY], ids=["few", "many"])
def test_no_procedure_is_lost_from_the_front_page_while_something_does_not_serve(paint, page):
    def tiles(**more):
        paint.painter.forget()
        painter = paint.show(replace(READY, front_page=page, **more))
        return [t.button.label for t in painter.touchables() if t.button.role in {Role.LIFE_EVENT, Role.PROCEDURE}]

    assert tiles(faults=BROKEN) == tiles()
    assert tiles(power=(("power", PowerSource.BATTERY_LOW),)) == tiles()


@pytest.mark.usefixtures("window")
def test_words_that_nearly_fill_a_line_keep_to_their_box():
    from kiosk.ui.typeface import fitted

    for size in range(27, 32):
        for width in range(180, 300):
            room = 2.8 * size
            label = fitted("Je fais face au décès d’un proche", size, 18.75, "#000000", (width, room), bold=True)
            assert label.height <= room, f"{size} px, {width} px wide: three lines"


@pytest.mark.usefixtures("window")
def test_no_end_of_a_line_or_paragraph_ends_the_screen():
    from kiosk.ui.typeface import fitted, words

    ends = ("\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
    for end in ends:
        assert words(f"France{end}Services", 27, "#000000", 600).width == 600
        assert fitted(f"France{end}Services", 27, 18, "#000000", (600, 80)).width == 600
    assert fitted("France\nServices\u2029de Condat", 27, 18, "#000000", (600, 80)).text == "France Services de Condat"
