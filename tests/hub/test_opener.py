"""Opening what is stored."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select

from fleet.hub import opener
from fleet.hub.schema import unopened
from sync.chain import Row, start
from sync.entry import Entry, Moment, encode
from sync.frame import make_frame
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import StreamSeal, key_id

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB_KEYS = {key_id(HUB.public_key()): HUB}
STREAM = bytes(16)


@pytest.fixture(autouse=True)
def enrolled(store):
    store.enrol("kiosk-1", bytes(32))


def receive(store, *plains, first=1, before=None):
    seal = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t")
    rows = [seal.opening(HUB.public_key(), None)]
    rows += [plain if isinstance(plain, Row) else seal.seal(2 + n, plain) for n, plain in enumerate(plains)]
    chain = (before or start("kiosk-1", STREAM)).chain
    store.receive(make_frame("kiosk-1", STREAM, chain, tuple(rows[first - 1 :])))


def entry(sheet):
    return encode(
        Entry(Moment("b00t", 1_000_000, 2.0, synchronised=True), ReceiptRequested(sheet, ReceiptContent.SHEET))
    )


def test_each_stored_record_is_opened_once(store):
    receive(store, entry("F1"), entry("F2"))
    assert opener.open_stored(store, HUB_KEYS) == 2
    assert opener.open_stored(store, HUB_KEYS) == 0
    assert [record["sheet"] for record in opener.listing(store)] == ["F1", "F2"]


def test_a_record_keeps_its_kind_device_and_time(store):
    receive(store, entry("F1"))
    opener.open_stored(store, HUB_KEYS)
    [record] = opener.listing(store)
    assert (record["device"], record["kind"], record["content"]) == ("kiosk-1", "receipt_requested", "sheet")
    assert record["time"] == {"wall_s": 2.0, "synchronised": True, "boot": "b00t", "boottime_ns": 1_000_000}


def test_a_row_that_cannot_be_opened_is_named_and_the_rest_goes_on(store):
    receive(store, entry("F1"), Row(3, 77, b"not sealed by anyone"), entry("F3"))
    assert opener.open_stored(store, HUB_KEYS) == 2
    with store.engine.connect() as connection:
        [(seq, reason)] = connection.execute(select(unopened.c.seq, unopened.c.reason)).all()
    assert seq == 3
    assert reason.startswith("cannot be opened")


def test_without_the_key_every_row_is_named_and_none_is_guessed(store):
    receive(store, entry("F1"))
    assert opener.open_stored(store, {}) == 0
    with store.engine.connect() as connection:
        assert list(connection.scalars(select(unopened.c.seq))) == [1, 2]


def test_a_stream_with_a_gap_is_opened_up_to_the_gap(store):
    receive(store, entry("F1"), entry("F2"), first=2)
    assert opener.open_stored(store, HUB_KEYS) == 0


def test_rows_that_come_while_others_are_opened_wait_for_the_next_look(store):
    seal = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t")
    first = (seal.opening(HUB.public_key(), None), *(seal.seal(n, entry(f"F{n}")) for n in (2, 3)))
    then = (seal.seal(4, entry("F4")),)
    tip = start("kiosk-1", STREAM)
    store.receive(make_frame("kiosk-1", STREAM, tip.chain, first))
    for row in first:
        tip = tip.after(row)
    at_work = opener.Opener(store, HUB_KEYS)
    assert at_work.open_batch() == 2
    store.receive(make_frame("kiosk-1", STREAM, tip.chain, then))
    assert at_work.open_batch() == 1
    assert at_work.open_batch() is None


def test_more_streams_and_rows_than_one_batch_are_all_opened_once(store, monkeypatch):
    monkeypatch.setattr(opener, "_BATCH_ROWS", 3)
    monkeypatch.setattr(opener, "_BATCH_STREAMS", 2)
    for number in range(5):
        stream = bytes([number]) * 16
        seal = StreamSeal("kiosk-1", stream, bytes(32), "kiosk.ordinary", "b00t")
        sealed = [seal.opening(HUB.public_key(), None), *(seal.seal(n, entry(f"F{number}{n}")) for n in (2, 3, 4))]
        store.receive(make_frame("kiosk-1", stream, start("kiosk-1", stream).chain, tuple(sealed)))
    assert opener.open_stored(store, HUB_KEYS) == 15
    assert len({record["sheet"] for record in opener.listing(store)}) == 15


def test_two_openers_at_once_make_each_record_once(store, open_store):
    receive(store, *(entry(f"F{n}") for n in range(50)))
    other = open_store()
    ahead = opener.Opener(other, HUB_KEYS)

    class Overtaken(opener.Opener):
        """Is overtaken between its look and its writing."""

        def _record(self, stream, opening, row):
            ahead.open_batch()
            return super()._record(stream, opening, row)

    assert Overtaken(store, HUB_KEYS).open_batch() == 0
    assert len(opener.listing(store)) == 50


def test_a_key_that_was_missing_and_came_opens_what_was_named(store):
    receive(store, entry("F1"))
    opener.open_stored(store, {})
    assert opener.open_stored(store, HUB_KEYS) == 1
    with store.engine.connect() as connection:
        assert connection.execute(select(unopened)).all() == []


def test_what_no_key_can_open_is_not_looked_at_again(store):
    receive(store, Row(2, 77, b"not sealed by anyone"))
    opener.open_stored(store, HUB_KEYS)
    opener.look_again(store, HUB_KEYS)
    assert opener.Opener(store, HUB_KEYS).open_batch() is None


def test_rows_that_wait_for_a_key_are_left_until_it_comes(store):
    receive(store, entry("F1"))
    opener.open_stored(store, {})
    opener.look_again(store, [b"another"])
    assert opener.Opener(store, HUB_KEYS).open_batch() is None


def test_a_record_that_the_database_refuses_is_named_and_the_others_are_made(store):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE records")
        connection.exec_driver_sql(
            "CREATE TABLE records (stream_id BIGINT, seq BIGINT CHECK (seq <> 3), device TEXT, kind TEXT, boot TEXT,"
            " boottime_ns BIGINT, wall_s FLOAT, synchronised BOOLEAN, fields JSON)"
        )
    receive(store, entry("F1"), entry("F2"), entry("F3"))
    assert opener.open_stored(store, HUB_KEYS) == 2
    assert [record["sheet"] for record in opener.listing(store)] == ["F1", "F3"]
    with store.engine.connect() as connection:
        [(seq, reason)] = connection.execute(select(unopened.c.seq, unopened.c.reason)).all()
    assert seq == 3
    assert reason.startswith("the hub's database refused")
