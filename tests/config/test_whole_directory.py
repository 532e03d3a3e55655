"""A folder of small files that is there whole or not at all."""

from __future__ import annotations

import pytest

from config.whole_directory import adopt


def content(link):
    return {str(path.relative_to(link)): path.read_bytes() for path in link.rglob("*") if path.is_file()}


def test_a_link_leads_to_the_new_files_and_the_old_ones_are_gone(tmp_path):
    adopt(tmp_path / "set", {"a": b"1", "deep/b": b"2"})
    adopt(tmp_path / "set", {"a": b"3"})
    assert content(tmp_path / "set") == {"a": b"3"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "set.2"]


def test_a_disk_that_refuses_leaves_the_old_files_and_nothing_else(tmp_path):
    adopt(tmp_path / "set", {"a": b"1"})
    with pytest.raises(OSError, match="File name too long"):
        adopt(tmp_path / "set", {"a": b"2", "b" * 300: b"3"})
    assert content(tmp_path / "set") == {"a": b"1"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "set.1"]


def test_what_a_cut_left_unfinished_is_taken_away(tmp_path):
    (tmp_path / "set.7").mkdir()
    (tmp_path / "set.part").symlink_to("nowhere")
    adopt(tmp_path / "set", {"a": b"1"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "set.8"]


def test_neighbours_with_other_names_are_left_alone(tmp_path):
    for name in ("set.a", "settle.1", "other"):
        (tmp_path / name).mkdir()
    adopt(tmp_path / "set", {"a": b"1"})
    adopt(tmp_path / "set", {"a": b"2"})
    assert {"set.a", "settle.1", "other"} < {path.name for path in tmp_path.iterdir()}
