"""A pack as it travels: the device's pack is the builder's, and damage on the way is damage."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import pack_stream, pack_writing
from catalogue.pack import Pack
from catalogue.pack_fault import PackError, PackFault
from catalogue.search import search

QUERIES = ("carte grise", "je déménage", "jai perdu mon permis", "retraite", "pasport", "xyzzy")
FORMAT_1 = Path(__file__).parent / "data/format-1.pack"


@pytest.fixture
def unpacked(stream, tmp_path):
    (tmp_path / "all.sheets").write_bytes(stream)
    pack_writing.unpack(tmp_path / "all.sheets", tmp_path / "all.pack")
    with Pack.open(tmp_path / "all.pack") as opened:
        yield opened


def test_what_travelled_is_what_was_sent(content, stream):
    assert pack_stream.encode(content) == stream


def test_the_devices_pack_is_the_builders_byte_for_byte(unpacked, pack_path, tmp_path):
    del unpacked
    assert (tmp_path / "all.pack").read_bytes() == pack_path.read_bytes()


def test_the_devices_pack_says_and_finds_what_the_builders_does(pack, unpacked):
    assert unpacked.info == pack.info
    assert unpacked.front_page() == pack.front_page()
    assert unpacked.sheet("F14128") == pack.sheet("F14128")
    assert [search(unpacked, query) for query in QUERIES] == [search(pack, query) for query in QUERIES]


def test_one_changed_sheet_changes_its_own_record(content, stream):
    first, second, *rest = content.sheets
    renamed = msgspec.structs.replace(second, title="Another title")
    changed = pack_stream.encode(replace(content, sheets=(first, renamed, *rest)))
    same_before = next(at for at, pair in enumerate(zip(stream, changed, strict=False)) if pair[0] != pair[1])
    same_after = next(
        at for at, pair in enumerate(zip(stream[::-1], changed[::-1], strict=False)) if pair[0] != pair[1]
    )
    assert len(changed) - same_before - same_after < 4 + len(msgspec.msgpack.encode(renamed)) + 4


def test_a_pack_of_format_1_is_read():
    with Pack.open(FORMAT_1) as old:
        assert old.info.version == 1
        assert old.sheet("F14128").title == "Je déménage"
        assert search(old, "je déménage")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda _: b"", PackFault.NOT_A_PACK),
        (lambda stream: b"SQLite format 3\0" + stream, PackFault.NOT_A_PACK),
        (lambda stream: stream.replace(b"sheets 1\n", b"sheets 2\n", 1), PackFault.OTHER_VERSION),
        (lambda stream: stream[:-1], PackFault.DAMAGED),
        (lambda stream: stream[:100], PackFault.DAMAGED),
        (lambda stream: stream + b"\0", PackFault.DAMAGED),
        (lambda stream: stream[: len(b"guichet sheets 1\n")], PackFault.DAMAGED),
        (lambda stream: stream[:17] + b"\xff\xff\xff\xff" + stream[21:], PackFault.DAMAGED),
        (lambda stream: stream + bytes(pack_stream.MAX_STREAM_BYTES), PackFault.DAMAGED),
    ],
    ids=["empty", "a pack", "version", "cut", "short", "longer", "nothing", "size", "endless"],
)
def test_what_is_no_stream_is_refused_by_its_kind(stream, change, fault):
    with pytest.raises(PackError) as raised:
        pack_stream.decode(change(stream))
    assert raised.value.fault is fault


@given(st.lists(st.tuples(st.integers(17, 4000), st.integers(1, 255)), min_size=1, max_size=5))
def test_flipped_bytes_are_refused_or_make_a_pack_that_reads_as_one(tmp_path_factory, stream, flips):
    damaged = bytearray(stream)
    for at, flip in flips:
        damaged[at] ^= flip
    folder = tmp_path_factory.mktemp("flipped")
    (folder / "all.sheets").write_bytes(damaged)
    with suppress(PackError):
        pack_writing.unpack(folder / "all.sheets", folder / "all.pack")
        with Pack.open(folder / "all.pack") as pack:
            search(pack, "carte")
            pack.sheet("F14128")


@given(st.binary(max_size=300))
def test_any_bytes_after_the_head_are_refused(data):
    with pytest.raises(PackError):
        pack_stream.decode(b"guichet sheets 1\n" + data)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c: replace(c, sheets=(*c.sheets, c.sheets[0])),
        lambda c: replace(c, sheets=(msgspec.structs.replace(c.sheets[0], audience="martians"), *c.sheets[1:])),
        lambda c: replace(c, weights={}),
        lambda c: replace(
            c,
            sheets=(
                msgspec.structs.replace(
                    c.sheets[0],
                    page=msgspec.structs.replace(c.sheets[0].page, stems=bytes.fromhex("28b52ffde0ffffffffffffff7f")),
                ),
            ),
        ),
    ],
    ids=["twice", "audience", "weights", "bomb"],
)
def test_content_that_contradicts_itself_leaves_the_pack_that_was_there(content, wrong, tmp_path):
    (tmp_path / "all.pack").write_bytes(b"of yesterday")
    with pytest.raises(PackError, match="contradicts itself"):
        pack_writing.write(wrong(content), tmp_path / "all.pack")
    assert (tmp_path / "all.pack").read_bytes() == b"of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["all.pack"]
