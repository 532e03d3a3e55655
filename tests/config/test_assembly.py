"""A file from pieces: cut off anywhere, it goes on; and it is the file that was named, or none."""

from __future__ import annotations

import os
import resource
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.assembly import Assembly
from config.pieces import Piece, PiecesError, Unfit, cut, outline
from tests.config.noise import noise

OLD = noise(60_000) + bytes(20_000) + noise(20_000, seed=1)
NEW = OLD[:30_000] + b"one more sentence" + OLD[30_000:70_000] + OLD[70_500:]


def pieces_of(content):
    return [Piece.of(piece) for piece in cut(content)]


def pieces_by_name(content):
    return {Piece.of(piece): piece for piece in cut(content)}


def digest_of(content):
    return sha256(content).digest()


@pytest.fixture
def unfinished(tmp_path):
    return tmp_path / "pack.part"


@pytest.fixture
def older(tmp_path):
    path = tmp_path / "older.pack"
    path.write_bytes(OLD)
    return path


def test_a_device_with_an_older_file_asks_for_what_is_new_only(unfinished, older, tmp_path):
    here = pieces_by_name(NEW)
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        assembly.reuse(older, pieces_of(OLD))
        assert 1 <= len(assembly.lacking) <= 6
        assert all(assembly.take(here[piece]) for piece in assembly.lacking)
        assembly.finish(tmp_path / "pack", digest_of(NEW))
    assert (tmp_path / "pack").read_bytes() == NEW
    assert not unfinished.exists()


def test_the_list_comes_by_the_same_road_as_the_file(unfinished, tmp_path):
    said, listed = outline(NEW)
    here = pieces_by_name(listed)
    with Assembly(unfinished, said.list_pieces) as assembly:
        for piece in assembly.lacking:
            assembly.take(here[piece])
        assembly.finish(tmp_path / "list", digest_of(listed))
    assert list(said.pieces((tmp_path / "list").read_bytes())) == pieces_of(NEW)


@given(st.data())
def test_whatever_came_before_a_cut_is_not_asked_for_again(tmp_path_factory, data):
    unfinished = tmp_path_factory.mktemp("cut") / "pack.part"
    came = data.draw(st.sets(st.sampled_from(sorted(set(cut(NEW))))))
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        lacked = assembly.lacking
        assert {piece for piece in came if assembly.take(piece)} == {
            piece for piece in came if Piece.of(piece) in lacked
        }
    with Assembly(unfinished, pieces_of(NEW)) as again:
        assert again.lacking == tuple(piece for piece in lacked if piece not in {Piece.of(part) for part in came})


@given(st.lists(st.tuples(st.integers(0, len(NEW) - 1), st.integers(1, 255)), max_size=20), st.integers(0, len(NEW)))
def test_what_a_loss_of_power_has_left_is_mended_piece_by_piece(tmp_path_factory, flips, length_bytes):
    folder = tmp_path_factory.mktemp("power")
    left = bytearray(NEW)
    for position, flipped in flips:
        left[position] ^= flipped
    (folder / "pack.part").write_bytes(left[:length_bytes])
    here = pieces_by_name(NEW)
    with Assembly(folder / "pack.part", pieces_of(NEW)) as assembly:
        for piece in assembly.lacking:
            assembly.take(here[piece])
        assembly.finish(folder / "pack", digest_of(NEW))
    assert (folder / "pack").read_bytes() == NEW


def test_a_file_that_was_longer_before_keeps_no_end_of_it(unfinished, tmp_path):
    unfinished.write_bytes(NEW + b"of another file")
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        assembly.finish(tmp_path / "pack", digest_of(NEW))
    assert (tmp_path / "pack").read_bytes() == NEW


def test_a_tampered_piece_is_not_taken(unfinished):
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        lacked = assembly.lacking
        assert not assembly.take(b"x" + next(cut(NEW))[1:])
        assert assembly.lacking == lacked


def test_a_piece_is_not_written_over_its_neighbour_where_a_list_lies_about_its_size(unfinished):
    first, second, *_ = cut(NEW)
    lie = Piece(Piece.of(first).sha256, len(first) - 1)
    with Assembly(unfinished, [lie, Piece.of(second)]) as assembly:
        assert not assembly.take(first)
        assert assembly.take(second)
        assert assembly.lacking == (lie,)


def test_an_older_file_that_is_not_what_its_list_says_brings_nothing_wrong(unfinished, older, tmp_path):
    older.write_bytes(OLD[:5_000] + b"!" + OLD[5_001:40_000])
    here = pieces_by_name(NEW)
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        assembly.reuse(older, pieces_of(OLD))
        for piece in assembly.lacking:
            assembly.take(here[piece])
        assembly.finish(tmp_path / "pack", digest_of(NEW))
    assert (tmp_path / "pack").read_bytes() == NEW


def test_a_file_that_lacks_a_piece_is_not_put_in_its_place(unfinished, older, tmp_path):
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        assembly.reuse(older, pieces_of(OLD))
        with pytest.raises(PiecesError) as raised:
            assembly.finish(tmp_path / "pack", digest_of(NEW))
    assert raised.value.reason is Unfit.INCOMPLETE
    assert unfinished.exists()
    assert not (tmp_path / "pack").exists()


def test_pieces_of_another_file_than_the_one_named_are_thrown_away(unfinished, tmp_path):
    (tmp_path / "pack").write_bytes(b"of yesterday")
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        for piece in cut(NEW):
            assembly.take(piece)
        with pytest.raises(PiecesError) as raised:
            assembly.finish(tmp_path / "pack", digest_of(OLD))
    assert raised.value.reason is Unfit.OTHER_FILE
    assert not unfinished.exists()
    assert (tmp_path / "pack").read_bytes() == b"of yesterday"


def test_nothing_is_written_through_a_link_or_into_a_pipe(unfinished, tmp_path):
    (tmp_path / "victim").write_bytes(b"precious")
    unfinished.symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"):
        Assembly(unfinished, pieces_of(NEW))
    unfinished.unlink()
    os.mkfifo(unfinished)
    with pytest.raises(OSError, match="no plain file"):
        Assembly(unfinished, pieces_of(NEW))
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_a_disk_without_room_says_so_before_a_piece_is_asked_for(unfinished):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) - 1, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            Assembly(unfinished, pieces_of(NEW))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_hole_in_a_file_is_never_asked_for(unfinished):
    with Assembly(unfinished, pieces_of(NEW)) as assembly:
        assert Piece.of(bytes(4096)) in pieces_of(NEW)
        assert Piece.of(bytes(4096)) not in assembly.lacking
