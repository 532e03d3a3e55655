"""The thread that reads the content pack."""

from __future__ import annotations

import queue

import pytest

from catalogue.pack import Pack, PackFault
from kiosk.journeys.effects import LoadSheet, Search
from kiosk.journeys.events import Found, FrontPageLoaded, PackRefused, SheetLoaded, SheetMissing
from kiosk.pack_reader import PackReader
from kiosk.ui.icons import CODEPOINTS


@pytest.fixture
def reading(pack_path):
    events = queue.Queue()
    reader = PackReader(pack_path, events.put)
    reader.start()
    assert isinstance(events.get(timeout=10), FrontPageLoaded)
    yield reader, events
    reader.stop()


def answer(reading, order):
    reader, events = reading
    reader.ask(order)
    return events.get(timeout=10)


def test_a_sheet_comes_with_the_neighbours_that_are_here(reading, pack_path):
    loaded = answer(reading, LoadSheet("F14128"))
    assert isinstance(loaded, SheetLoaded)
    with Pack.open(pack_path) as pack:
        assert loaded.neighbours
        assert all(pack.sheet(link.id).title == link.title for link in loaded.neighbours)


def test_a_sheet_that_is_not_here_is_said(reading):
    assert answer(reading, LoadSheet("F0")) == SheetMissing("F0")


def test_words_are_looked_up_and_at_most_five_sheets_answer(reading):
    found = answer(reading, Search("je demenage"))
    assert isinstance(found, Found)
    assert (found.query, found.hits[0].id) == ("je demenage", "F14128")
    assert len(found.hits) <= 5


@pytest.mark.parametrize(("content", "fault"), [(None, PackFault.MISSING), (b"no pack", PackFault.NOT_A_PACK)])
def test_a_pack_that_cannot_be_used_is_told_once(tmp_path, content, fault):
    if content is not None:
        (tmp_path / "content.pack").write_bytes(content)
    events = queue.Queue()
    reader = PackReader(tmp_path / "content.pack", events.put)
    reader.start()
    assert events.get(timeout=10) == PackRefused(fault)
    reader.stop()


def test_every_icon_of_the_front_page_is_drawn(pack_path):
    with Pack.open(pack_path) as pack:
        page = pack.front_page()
    assert {tile.icon for tile in (*page.life_events, *page.procedures)} <= CODEPOINTS.keys()
