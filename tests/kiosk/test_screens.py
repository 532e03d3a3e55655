"""Real frames of every screen on each panel: nothing clipped, nothing too small, every touch lands.

Kivy reads its settings when it is imported: nothing of it may be imported before the `window` fixture.
"""

# ruff: noqa: PLC0415  (see above)

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, FOLDER, HITS, HOURS, MOVE, PARTNERS, READY, SERVICES, TWELVE

from catalogue.front_page import FrontPage, Tile
from catalogue.pack_fault import PackFault
from catalogue.sheet import SheetLink
from config.model import ThemeSettings
from config.palette import palette
from drivers.interface import Fault
from drivers.news import Key, PowerSource
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk.four_keys import turn
from kiosk.journeys import events as ev
from kiosk.journeys.effects import PrintReceipt, Record
from kiosk.journeys.state import (
    Asking,
    Browsing,
    CheckingPaper,
    ChecklistPaper,
    Helping,
    Job,
    Listing,
    MeetingPartners,
    Phase,
    Printing,
    Reading,
    Saying,
    Searching,
    State,
)
from kiosk.ui import theme
from kiosk.view import render
from kiosk.view.screen import Button, Role
from kiosk.view.stops import stops

pytestmark = pytest.mark.screen

BROKEN = (("printer", Fault.OVERHEATED), ("scanner", Fault.UNPLUGGED))
GENUINE = Paper(
    Verdict.GENUINE,
    title="Avis d’impôt sur les revenus",
    issuer="DIRECTION GENERALE DES FINANCES PUBLIQUES",
    lines=(
        Line("Nombre de parts", "2,5"),
        Line("Revenu fiscal de référence", "12\u202f345 €"),
        Line("Déclarant 1", "DURAND Zoé"),
    ),
)
LISTED = Listing(MOVE, (0, 0))
MANY = FrontPage(
    tuple(Tile(f"F{n}", "Je suis en situation de handicap", "accessibility") for n in range(14)),
    tuple(Tile(f"F{n}", "Complémentaire santé solidaire", "heart-pulse") for n in range(23)),
)


def job(phase):
    return Job(1, ChecklistPaper(MOVE, (0, 0)), phase, 0.0)


def at(place, **more):
    return replace(READY, place=place, **more)


def keyed(state, presses):
    """Return the state after a key of the pad was pressed so often: NEXT, or PREVIOUS for less than nothing."""
    for _ in range(abs(presses)):
        state, _ = turn(state, ev.KeyPressed(Key.NEXT if presses > 0 else Key.PREVIOUS))
    return state


SCREENS = {
    "opening": State(structure="France Services de Marcenat"),
    "home": READY,
    "home-broken": replace(READY, faults=BROKEN),
    "home-full-broken": replace(READY, front_page=MANY, faults=BROKEN),
    "checklist-broken": at(LISTED, faults=BROKEN),
    "sheet-broken": at(Reading(CARD), faults=BROKEN[1:]),
    "home-full": replace(READY, front_page=MANY),
    "home-battery": replace(READY, front_page=MANY, power=(("power", PowerSource.BATTERY_LOW),)),
    "home-focus": keyed(replace(READY, front_page=MANY), 12),
    "sheet-focus": keyed(at(Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0), ((0, 0, 1, 1), 0)))), 5),
    "checklist-focus": keyed(at(LISTED), 2),
    "search-focus": keyed(at(Searching("fiche", HITS)), 6),
    "shelf": at(Browsing(ev.Shelf.PROCEDURES), front_page=MANY),
    "search-empty": at(Searching()),
    "search-hits": at(Searching("fiche", HITS)),
    "search-accents": at(Searching("fiche", HITS[:1], page=ev.KeyPage.ACCENTS)),
    "search-nothing": at(Searching("zzz", ()), front_page=MANY),
    "search-long": at(Searching("m" * 60, HITS)),
    "results": at(Searching("fiche", HITS, typing=False)),
    "sheet": at(Reading(MOVE, (SheetLink("F1168", "Location vide"),))),
    "sheet-cases": at(Reading(CARD)),
    "sheet-open": at(Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0), ((0, 0, 1, 1), 0)), touched=(0, 0, 1))),
    "sheet-services": at(Reading(SERVICES)),
    "folder": at(Reading(FOLDER, (SheetLink("F21089", "Renouvellement", "Pour un majeur"),))),
    "question": at(Asking(MOVE, ())),
    "checklist": at(LISTED),
    "checklist-printing": at(LISTED, job=job(Phase.SENT)),
    **{f"paper-{phase.name.lower()}": at(Printing(), job=job(phase)) for phase in Phase},
    "paper-waiting": at(CheckingPaper()),
    "paper-genuine": at(CheckingPaper(GENUINE)),
    **{f"paper-{each.name.lower()}": at(CheckingPaper(Paper(each))) for each in Verdict if not each.is_genuine},
    "help": at(Helping()),
    "hours": at(MeetingPartners(), opening_hours=HOURS),
    "home-hours": replace(READY, opening_hours=HOURS, partners=PARTNERS),
    "home-partners": replace(READY, front_page=MANY, partners=PARTNERS),
    "partners": at(MeetingPartners(), partners=PARTNERS),
    "partners-twelve": at(MeetingPartners(), partners=TWELVE),
    "unavailable": State(pack_fault=PackFault.MISSING),
    "banner": at(LISTED, saying=Saying.UNKNOWN_CODE),
    "warning": at(LISTED, warned=True),
}


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
    for event in (*paint.events, ev.Recorded(1)):
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


# The focus of the pad's keys.


WALKED = ("home-full", "search-hits", "results", "sheet-open", "checklist", "partners-twelve")


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


@pytest.mark.parametrize("page", [READY.front_page, MANY], ids=["few", "many"])
def test_no_procedure_is_lost_from_the_front_page_while_something_does_not_serve(paint, page):
    def tiles(**more):
        paint.painter.forget()
        painter = paint.show(replace(READY, front_page=page, **more))
        return [t.button.label for t in painter.touchables() if t.button.role in {Role.LIFE_EVENT, Role.PROCEDURE}]

    assert tiles(faults=BROKEN) == tiles()
    assert tiles(power=(("power", PowerSource.BATTERY_LOW),)) == tiles()
