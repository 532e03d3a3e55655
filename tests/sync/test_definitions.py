"""An outbox in which one bit makes the file say something else of itself or its tables, unseen by SQLite's checks."""

from __future__ import annotations

import random

import pytest

from tests.sync.day import check_nothing_changed, fill, live_with
from tests.sync.definitions import harm_of_a_bit, places


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The bytes of such an outbox, all of it checkpointed."""
    path = tmp_path_factory.mktemp("day") / "outbox.db"
    fill(path).close()
    return path.read_bytes()


def test_a_bit_of_what_the_file_says_of_itself_costs_nothing(tmp_path, data):
    rng = random.Random(0)  # noqa: S311  (repeatable damage)
    header, rest = places(data)[:100], places(data)[100:]
    flips = [(at, rng.randrange(8)) for at in (*rng.sample(header, 25), *rng.sample(rest, 75))]
    harm = [harm_of_a_bit(tmp_path / "card", data, at, bit) for at, bit in flips]
    assert [each for each in harm if each] == []


# What is written, and what one bit makes of it.
SAYS = {
    "the rows go by another number": (b"id INTEGER PRIMARY KEY,\n    nonce", b"id INTEGER PRKMARY KEY,\n    nonce"),
    "bytes are kept as something else": (b"sealed BLOB NOT NULL,", b"sealed BLOC NOT NULL,"),
    "a column has another name": (b"kept_from INTEGER NOT NULL", b"kept_frol INTEGER NOT NULL"),
    "an index is of nothing": (b"WHERE kept_from <= stored_seq", b"WHERE kept_from <= rtored_seq"),
    "a table has another name": (b"tablemetameta", b"tablemetamete"),
    "a word is none of SQL": (b"damaged INTEGER NOT NULL", b"damaged INTEGER NOT NULM"),
    "a letter is none": (b"CREATE TABLE lost", b"CREATE TABLE l\xefst"),
}


@pytest.mark.parametrize(("written", "read"), SAYS.values(), ids=SAYS)
def test_what_the_definitions_say_wrongly_leads_to_a_salvage_that_loses_nothing(tmp_path, data, written, read):
    assert data.count(written) == 1
    path = tmp_path / "outbox.db"
    path.write_bytes(data.replace(written, read))
    box, waiting = live_with(path, tries=1)
    assert box.generation == 2
    check_nothing_changed(box, waiting)
    box.close()


def test_a_version_or_kind_that_the_tables_contradict_is_damage(tmp_path, data):
    version, kind = range(60, 64), range(68, 72)  # sqlite.org/fileformat2.html, section 1.3
    harm = [harm_of_a_bit(tmp_path / "card", data, at, bit) for at in (*version, *kind) for bit in range(8)]
    assert [each for each in harm if each] == []
