"""The thread that reads the content pack."""

from __future__ import annotations

import queue

import pytest

from catalogue.pack import Pack
from catalogue.pack_fault import PackFault
from kiosk.journeys.effects import LoadSheet, Search
from kiosk.journeys.news import Found, FrontPageLoaded, PackRefused, SheetLoaded, SheetMissing
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


@pytest.fixture
def damaged(pack_path, tmp_path):
    """Return a reader of a pack whose tables went bad after its front page was read."""
    path = tmp_path / "content.pack"
    path.write_bytes(pack_path.read_bytes())
    events = queue.Queue()
    reader = PackReader(path, events.put)
    reader.start()
    assert isinstance(events.get(timeout=10), FrontPageLoaded)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
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


@pytest.mark.parametrize("order", [LoadSheet("F14128"), Search("je demenage")])
def test_a_pack_that_turns_out_damaged_is_told_at_any_order(damaged, order):
    reader, events = damaged
    reader.ask(order)
    assert events.get(timeout=10) == PackRefused(PackFault.DAMAGED)
    assert reader._thread.is_alive()


def test_an_unexpected_error_is_told_like_a_damaged_pack():
    events = queue.Queue()
    reader = PackReader(None, events.put)  # no path at all: an error that nobody foresaw
    reader.start()
    assert events.get(timeout=10) == PackRefused(PackFault.DAMAGED)
    assert reader._thread.is_alive()
    reader.stop()


def test_a_flood_of_orders_is_dropped_but_the_newest_of_each_kind(pack_path):
    events = queue.Queue()
    reader = PackReader(pack_path, events.put)
    for number in range(10_000):
        reader.ask(LoadSheet(f"F0{number}"))
        reader.ask(Search(f"bonjour {number}"))
    reader.start()
    news = [events.get(timeout=10) for _ in range(3)]
    assert news[1] == SheetMissing("F09999")
    assert news[2].query == "bonjour 9999"
    reader.stop()
    assert events.empty()


def test_another_pack_is_read_from_the_moment_it_is_named(reading, tmp_path):
    reader, events = reading
    (tmp_path / "bad.pack").write_bytes(b"no pack")
    reader.switch(tmp_path / "bad.pack")
    assert events.get(timeout=10) == PackRefused(PackFault.NOT_A_PACK)


def test_a_reader_of_a_bad_pack_is_brought_back_by_a_good_one_at_once(pack_path, tmp_path):
    events = queue.Queue()
    reader = PackReader(tmp_path / "none.pack", events.put)
    reader.start()
    assert events.get(timeout=10) == PackRefused(PackFault.MISSING)
    reader.switch(pack_path)
    assert isinstance(events.get(timeout=10), FrontPageLoaded)
    reader.stop()


def test_every_icon_of_the_front_page_is_drawn(pack_path):
    with Pack.open(pack_path) as pack:
        page = pack.front_page()
    assert {tile.icon for tile in (*page.life_events, *page.procedures)} <= CODEPOINTS.keys()
