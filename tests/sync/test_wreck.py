"""What the pages of a damaged outbox tell of rows that are gone."""

from __future__ import annotations

import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.chain import Row
from sync.lane_seal import LaneSeal
from sync.outbox import Batch, Outbox, OutboxError, OutboxFault
from sync.outbox.file import PAGE_BYTES, note_fault
from sync.outbox.salvage import open_mended
from sync.seal import Predecessor, read_opening
from tests.sync.damaged_outboxes import salvage

FIRST, SECOND = (bytes([n]) * 16 for n in (1, 2))
LANES = {FIRST: "kiosk.urgent", SECOND: "kiosk.ordinary"}
# What a page of 1,024 bytes can hold of rows as short as can be.
A_PAGE = 14


def row(seq):
    return Row(seq, seq, b"%05d" % seq * 20)


@pytest.fixture
def path(tmp_path):
    """Two streams that may still grow, 40 rows each."""
    box = Outbox.open(tmp_path / "outbox.db", "kiosk-1")
    for seq in range(1, 41):
        for stream, lane in LANES.items():
            box.append([Batch(stream, lane, [row(seq)])], 10_000_000)
    box.close()
    return tmp_path / "outbox.db"


def destroy(path, seqs):
    """Zero each page that holds one of the rows `seqs` of either stream."""
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), PAGE_BYTES):
        if any(row(seq).sealed in data[at : at + PAGE_BYTES] for seq in seqs):
            data[at : at + PAGE_BYTES] = bytes(PAGE_BYTES)
    path.write_bytes(data)


def gone(box, stream):
    return {seq for first, last in box.lost().get(stream, ()) for seq in range(first, last + 1)}


def here(box, stream):
    return {each.seq for first in range(1, 41) for each in box.rows(stream, first, 1)}


@pytest.mark.parametrize("last_rows", [1, 3, 10, 20, 40])
def test_the_last_rows_of_streams_that_could_grow_are_named_where_their_pages_are_gone(path, last_rows):
    destroy(path, range(41 - last_rows, 41))
    box = open_mended(path, "kiosk-1")
    for stream in LANES:
        found, lost = here(box, stream), gone(box, stream)
        assert found.isdisjoint(lost)
        assert found | lost >= set(range(1, 41))
        assert max(found | lost) <= 40 + A_PAGE * (1 if found else last_rows)
    box.close()


def test_a_last_row_with_a_flipped_bit_is_named(path):
    data = bytearray(path.read_bytes())
    data[data.rindex(row(40).sealed)] ^= 1
    path.write_bytes(data)
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    box = open_mended(path, "kiosk-1")
    assert gone(box, FIRST) | gone(box, SECOND) == {40}
    box.close()


def test_what_a_writer_that_lives_on_knows_of_the_end_is_noted_too(path):
    destroy(path, range(20, 41))
    box = open_mended(path, "kiosk-1")
    reached = max(gone(box, SECOND))
    left = Predecessor(SECOND, reached + 9, bytes(32))
    box.append([Batch(bytes([3]) * 16, LANES[SECOND], [row(1)], left)], 10_000_000)
    assert max(gone(box, SECOND)) == reached + 9
    box.close()


def test_a_stream_whose_delivered_rows_and_note_are_gone_grows_no_more(path):
    """Nobody can tell how far it went: what came next would be taken for its first rows."""
    box = Outbox.open(path, "kiosk-1")
    box.settle(1, {stream: box.tip_before(stream, 41) for stream in LANES})
    box.forget_stored(0)
    box.close()
    data = bytearray(path.read_bytes())
    data[PAGE_BYTES : 2 * PAGE_BYTES] = bytes(PAGE_BYTES)  # what is noted of streams
    path.write_bytes(data)
    box = open_mended(path, "kiosk-1")
    assert [(each.stream, each.last.seq, each.open) for each in box.streams()] == [
        (FIRST, 0, False),
        (SECOND, 0, False),
    ]
    with pytest.raises(ValueError, match="has ended"):
        box.append([Batch(FIRST, LANES[FIRST], [row(41)])], 10_000_000)
    box.append([Batch(bytes([3]) * 16, LANES[FIRST], [row(1)], Predecessor(FIRST, 40, bytes(32)))], 10_000_000)
    assert gone(box, FIRST) == set(range(1, 41))  # as far as this device knows; the hub has them
    box.close()


def test_a_number_made_absurd_by_a_flipped_bit_is_not_believed(path):
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), PAGE_BYTES):
        if data[at] == 0x05:  # an interior page: flip the bits of its first key
            cell = at + int.from_bytes(data[at + 12 : at + 14], "big")
            data[cell + 4 : cell + 10] = b"\xff" * 6
    path.write_bytes(data)
    destroy(path, [40])
    box = open_mended(path, "kiosk-1")
    assert max(gone(box, FIRST) | gone(box, SECOND)) < 500
    box.close()


def test_rows_that_are_missed_while_they_are_read_lead_to_a_salvage(path):
    """A hole that no page shows, as after a block that went back to what it was."""
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM rows WHERE id % 1099511627776 BETWEEN 10 AND 20")
    db.close()
    box = open_mended(path, "kiosk-1")
    assert box.generation == 1
    with pytest.raises(OutboxError):
        box.rows(FIRST, 1, 40)
    box.close()
    box = open_mended(path, "kiosk-1")
    assert (box.generation, gone(box, FIRST)) == (2, set(range(10, 21)))
    box.close()


@pytest.mark.parametrize("first_seed", range(0, 100, 20))
def test_whatever_a_card_does_each_row_owed_is_kept_or_named(tmp_path, first_seed):
    harm = {seed: salvage(tmp_path / f"{seed}" / "outbox.db", seed) for seed in range(first_seed, first_seed + 20)}
    assert {seed: said for seed, said in harm.items() if said} == {}


def test_a_hole_in_a_damaged_stream_that_nobody_named_leads_to_a_salvage(path):
    destroy(path, [40])
    open_mended(path, "kiosk-1").close()
    later = path.with_name("outbox-2.db")
    with sqlite3.connect(later) as db:
        db.execute("DELETE FROM rows WHERE id % 1099511627776 BETWEEN 10 AND 20")
    db.close()
    box = open_mended(path, "kiosk-1")
    with pytest.raises(OutboxError):
        here(box, FIRST)
    box.close()
    box = open_mended(path, "kiosk-1")
    assert set(range(10, 21)) <= gone(box, FIRST)
    box.close()


def look(box):
    """Read what a birth and the frames are made of."""
    return gone(box, FIRST), here(box, FIRST)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE lost SET last_seq=last_seq+3",
        "UPDATE lost SET first_seq=first_seq-3",
        "UPDATE lost SET last_seq=last_seq-1",
        "DELETE FROM lost",
    ],
    ids=["longer", "earlier", "shorter", "gone"],
)
def test_a_loss_that_is_not_as_it_was_noted_is_found_out_before_the_hub_is_told(path, change):
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM rows WHERE id % 1099511627776 BETWEEN 10 AND 20")
    db.close()
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    open_mended(path, "kiosk-1").close()
    with sqlite3.connect(path.with_name("outbox-2.db")) as db:
        db.execute(change)
    db.close()
    box = open_mended(path, "kiosk-1")
    with pytest.raises(OutboxError):
        look(box)
    box.close()
    box = open_mended(path, "kiosk-1")
    assert (gone(box, FIRST), gone(box, SECOND)) == (set(range(10, 21)), set(range(10, 21)))
    box.close()


def test_a_loss_that_the_hub_has_not_heard_of_outlives_the_next_damage(path):
    destroy(path, [40])
    box = open_mended(path, "kiosk-1")
    named = {stream: gone(box, stream) for stream in LANES}
    box.close()
    later = path.with_name("outbox-2.db")
    data = bytearray(later.read_bytes())
    data[PAGE_BYTES : 3 * PAGE_BYTES] = bytes(2 * PAGE_BYTES)  # what is noted of streams
    later.write_bytes(data)
    box = open_mended(path, "kiosk-1")
    assert box.generation == 3
    for stream in LANES:
        assert named[stream] <= gone(box, stream)
    box.close()


def test_an_answer_of_an_epoch_that_is_over_stays_void_when_the_note_of_the_epoch_is_lost(path):
    box = open_mended(path, "kiosk-1")
    box.settle(5, {FIRST: box.tip_before(FIRST, 4)})
    box.close()
    data = bytearray(path.read_bytes())
    for at in range(11 * PAGE_BYTES, len(data), PAGE_BYTES):
        if b"epoch" in data[at : at + PAGE_BYTES]:
            data[at : at + PAGE_BYTES] = bytes(PAGE_BYTES)
    path.write_bytes(data)
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    box = open_mended(path, "kiosk-1")
    assert box.epoch() == 5
    box.close()


def test_a_writer_names_its_stream_before_even_where_the_outbox_has_lost_it_whole(tmp_path):
    box = Outbox.open(tmp_path / "outbox.db", "kiosk-1")
    box.append([Batch(FIRST, "kiosk.ordinary", [row(1)])], 10_000_000)
    lane = LaneSeal("kiosk-1", "kiosk.ordinary", X25519PrivateKey.generate().public_key())
    lane.seal(b"record", box)
    lost = lane.batch().stream  # appended, say, and gone with its pages
    lane.kept()
    lane.refused(outcome_known=False)
    lane.seal(b"record", box)
    opening = read_opening(lane.batch().rows[0].sealed)
    assert opening.previous.stream == lost
    box.close()


def test_a_row_that_a_flipped_bit_has_put_under_no_streams_number_is_given_back(path):
    db = sqlite3.connect(path)
    [moved] = db.execute("SELECT max(id) FROM rows").fetchone()
    db.execute("UPDATE rows SET id=? WHERE id=?", (moved | 128 << 40, moved))
    db.commit()
    db.close()
    note_fault(path, 1, OutboxFault.DAMAGED)
    box = open_mended(path, "kiosk-1")
    assert here(box, SECOND) == set(range(1, 41))
    box.close()
