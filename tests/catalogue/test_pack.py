"""A content pack as its readers find it, whole or not."""

import sqlite3

import pytest

from catalogue.pack import Pack
from catalogue.pack_fault import PackError, PackFault


def fault_of(path):
    with pytest.raises(PackError) as raised:
        Pack.open(path)
    assert str(path) in str(raised.value)
    return raised.value.fault


def test_a_sheet_comes_back_whole(pack):
    sheet = pack.sheet("F14128")
    assert (sheet.title, sheet.updated) == ("Je déménage", "2020-01-08")
    assert sheet.url == "https://www.service-public.fr/particuliers/vosdroits/F14128"
    assert len(sheet.questionnaire.questions) == 4


def test_a_sheet_the_pack_does_not_have_is_none(pack):
    assert pack.sheet("F99999") is None


def test_the_front_page_leads_to_sheets_of_the_pack_only(pack):
    page = pack.front_page()
    tiles = (*page.life_events, *page.procedures)
    assert page.life_events[0].label == "Je déménage"
    assert len(page.procedures) >= 12
    assert all(pack.sheet(tile.sheet) for tile in tiles)


def test_the_pack_says_what_it_holds(pack):
    assert (pack.info.sheets, pack.info.searchable, pack.info.newest[:4]) == (64, 64, "2020")


def test_a_missing_pack_is_named(tmp_path):
    assert fault_of(tmp_path / "none.pack") is PackFault.MISSING


def test_a_file_which_is_no_pack_is_named(tmp_path):
    path = tmp_path / "no.pack"
    path.write_bytes(b"not a database at all" * 100)
    assert fault_of(path) is PackFault.NOT_A_PACK


def test_a_database_which_is_no_pack_is_named(tmp_path):
    path = tmp_path / "other.pack"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    assert fault_of(path) is PackFault.NOT_A_PACK


def test_a_pack_of_another_version_is_named(pack_path, tmp_path):
    path = tmp_path / "new.pack"
    path.write_bytes(pack_path.read_bytes())
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert fault_of(path) is PackFault.OTHER_VERSION


def test_a_pack_cut_short_is_named(pack_path, tmp_path):
    path = tmp_path / "cut.pack"
    path.write_bytes(pack_path.read_bytes()[:8192])
    assert fault_of(path) is PackFault.DAMAGED


def test_a_pack_damaged_inside_says_so_when_it_is_read(pack_path, tmp_path):
    path = tmp_path / "hole.pack"
    content = pack_path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    with Pack.open(path) as damaged, pytest.raises(PackError) as raised:
        damaged.sheet("F14128")
    assert raised.value.fault is PackFault.DAMAGED


def test_reading_writes_nothing_beside_the_pack(pack_path, tmp_path):
    path = tmp_path / "read.pack"
    path.write_bytes(pack_path.read_bytes())
    tmp_path.chmod(0o500)
    try:
        with Pack.open(path) as opened:
            assert opened.sheet("F14128")
        assert [file.name for file in tmp_path.iterdir()] == ["read.pack"]
    finally:
        tmp_path.chmod(0o700)
