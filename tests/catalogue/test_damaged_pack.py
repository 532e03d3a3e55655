"""Whatever the bytes of a pack are, reading it raises nothing but `PackError`."""

import random
import sqlite3
from contextlib import suppress

import pytest

from catalogue.pack import Pack
from catalogue.pack_fault import PackError, PackFault
from catalogue.search import search

READINGS = {
    "front page": lambda pack: pack.front_page(),
    "info": lambda pack: pack.info,
    "lexicon": lambda pack: pack.lexicon,
    "search": lambda pack: search(pack, "carte didentité périmée"),
    "sheet": lambda pack: pack.sheet("F14128"),
}


@pytest.mark.parametrize(
    ("statement", "reading"),
    [
        ("DELETE FROM front_page", "front page"),
        ("UPDATE front_page SET tiles = '{'", "front page"),
        ("UPDATE front_page SET tiles = x'ff'", "front page"),
        ("DELETE FROM meta WHERE name = 'sheets'", "info"),
        ("UPDATE meta SET value = 'many'", "info"),
        ("UPDATE intents SET groups = '{'", "lexicon"),
        ("UPDATE words SET sheets = 'x' WHERE word = 'carte'", "lexicon"),
        ("UPDATE pages SET weight = 'x'", "search"),
        ("DELETE FROM pages", "search"),
        ("DROP TABLE stems", "search"),
        ("UPDATE sheets SET audience = 'martians'", "sheet"),
        ("UPDATE sheets SET body = x'28b52ffd'", "sheet"),
        ("UPDATE sheets SET body = x'28b52ffde0ffffffffffffff7f'", "sheet"),  # a frame of eight exabytes
        ("UPDATE sheets SET body = 7", "sheet"),
    ],
)
def test_a_row_which_is_missing_or_wrong_is_damage(statement, reading, pack_path, tmp_path):
    path = tmp_path / "odd.pack"
    path.write_bytes(pack_path.read_bytes())
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    with Pack.open(path) as pack, pytest.raises(PackError, match="is damaged in ") as raised:
        READINGS[reading](pack)
    assert raised.value.fault is PackFault.DAMAGED


def test_a_title_of_white_space_is_no_part_of_a_title(pack_path, tmp_path):
    path = tmp_path / "blank.pack"
    path.write_bytes(pack_path.read_bytes())
    with sqlite3.connect(path) as database:
        database.execute("UPDATE pages SET title = 'cart| |'")
    database.close()
    with Pack.open(path) as pack:
        assert search(pack, "carte")


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_are_read_past_or_named(seed, pack_path, tmp_path):
    chance = random.Random(seed)  # noqa: S311  (the same damage each time)
    content = bytearray(pack_path.read_bytes())
    for _ in range(chance.choice((3, 30, 300))):
        content[chance.randrange(100, len(content))] = chance.randrange(256)
    path = tmp_path / "flipped.pack"
    path.write_bytes(content)
    for read in READINGS.values():
        # Damage in a place nothing reads is no error: what must not happen is an error of another kind.
        with suppress(PackError), Pack.open(path) as pack:
            read(pack)


def test_an_id_no_text_can_hold_names_no_sheet(pack):
    assert pack.sheet("F\udcff") is None


def test_a_pack_on_a_way_that_cannot_be_gone_is_named(tmp_path):
    with pytest.raises(PackError, match="cannot be reached") as raised:
        Pack.open(tmp_path / ("n" * 300))
    assert raised.value.fault is PackFault.MISSING
