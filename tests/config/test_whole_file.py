"""Files that are there whole or not at all."""

from __future__ import annotations

import os

import pytest

from config.whole_file import read_plain, write_new, write_whole


def test_a_file_is_replaced_as_a_whole_whatever_a_cut_left_behind(tmp_path):
    (tmp_path / "list").write_bytes(b"old")
    (tmp_path / "list.part").write_bytes(b"half of one that was")
    write_whole(tmp_path / "list", b"new")
    assert (tmp_path / "list").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    (tmp_path / "victim").write_bytes(b"precious")
    for name in ("list", "list.part"):
        (tmp_path / name).symlink_to(tmp_path / "victim")
    write_whole(tmp_path / "list", b"new")
    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert not (tmp_path / "list").is_symlink()


def test_a_new_file_is_never_written_through_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "key", b"secret", 0o600)
    assert not (tmp_path / "elsewhere").exists()


def test_only_a_plain_file_within_its_limit_is_read(tmp_path):
    (tmp_path / "plain").write_bytes(bytes(10))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    assert read_plain(tmp_path / "plain", 10) == bytes(10)
    for name, limit_bytes, said in (("plain", 9, "too large"), ("pipe", 10, "no plain file"), ("link", 10, "symbolic")):
        with pytest.raises(OSError, match=said):
            read_plain(tmp_path / name, limit_bytes)
