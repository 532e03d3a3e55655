"""Rows that were declared lost and come all the same, whatever the opener is doing at that moment."""

from __future__ import annotations

from itertools import count

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fleet.hub import intake, opener
from fleet.hub.schema import records, rows, streams, unopened
from sync.chain import start
from sync.entry import Entry, Moment, encode
from sync.frame import make_frame
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import StreamSeal, key_id

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB_KEYS = {key_id(HUB.public_key()): HUB}
ENTRY = encode(Entry(Moment("b00t", 1, 2.0, synchronised=True), ReceiptRequested("F1", ReceiptContent.SHEET)))
LAST = 8
_numbers = count()


class Card:
    """One stream, as its device sends it and loses parts of it."""

    def __init__(self, store):
        self.stream = next(_numbers).to_bytes(16, "big")
        self.lost = set()
        self._store = store
        seal = StreamSeal("kiosk-1", self.stream, bytes(32), "kiosk.ordinary", "b00t")
        self._rows = [seal.opening(HUB.public_key(), None), *(seal.seal(seq, ENTRY) for seq in range(2, LAST + 1))]
        self._tips = [start("kiosk-1", self.stream)]
        for row in self._rows:
            self._tips.append(self._tips[-1].after(row))

    def send(self, first, last):
        chain, sent = self._tips[first - 1].chain, tuple(self._rows[first - 1 : last])
        self._store.receive(make_frame("kiosk-1", self.stream, chain, sent))

    def lose(self, first, last):
        self._store.declare_lost({("kiosk-1", self.stream): [(first, last)]})
        self.lost.update(range(first, last + 1))


class Overtaken(opener.Opener):
    """Is overtaken between its look and its writing by what `meanwhile` holds."""

    meanwhile = ()

    def _write(self, *came_of_it):
        overtaking, self.meanwhile = self.meanwhile, ()
        for act, card, first, last in overtaking:
            getattr(card, act)(first, last)
        return super()._write(*came_of_it)


ranges = st.tuples(st.integers(1, LAST), st.integers(1, LAST)).map(lambda pair: (min(pair), max(pair)))
arrivals = st.tuples(st.sampled_from(["send", "lose"]), st.integers(0, 1), ranges)
looks = st.tuples(st.just("look"), st.integers(0, 1), st.lists(arrivals, max_size=3))


def seqs(connection, column, number):
    return sorted(connection.scalars(select(column).where(column.table.c.stream_id == number)))


def assert_each_is_opened_once(store, card):
    with store.engine.connect() as connection:
        known = streams.c.device == "kiosk-1", streams.c.stream == card.stream
        for number, tip_seq in connection.execute(select(streams.c.id, streams.c.tip_seq).where(*known)):
            came = seqs(connection, rows.c.seq, number)
            assert tip_seq == next(seq for seq in range(LAST + 1) if seq + 1 not in {*came, *card.lost})
            held = [seq for seq in came if seq <= tip_seq]
            readable = 1 in held
            assert seqs(connection, records.c.seq, number) == (held[1:] if readable else [])
            assert seqs(connection, unopened.c.seq, number) == ([] if readable else held)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.one_of(arrivals, looks), max_size=12), batch_rows=st.sampled_from([2, 3, 4_000]))
def test_whenever_a_late_row_comes_it_is_opened_and_none_is_opened_twice(store, open_store, events, batch_rows):
    store.enrol("kiosk-1", bytes(32))
    cards = [Card(store), Card(store)]
    openers = [Overtaken(store, HUB_KEYS), Overtaken(open_store(), HUB_KEYS)]
    whole, opener._BATCH_ROWS = opener._BATCH_ROWS, batch_rows
    whole_slice, intake._SLICE_ROWS = intake._SLICE_ROWS, batch_rows
    try:
        for act, which, said in events:
            if act == "look":
                openers[which].meanwhile = [(what, cards[number], *span) for what, number, span in said]
                openers[which].open_batch()
                openers[which].meanwhile = ()
            else:
                getattr(cards[which], act)(*said)
        while openers[0].open_batch() is not None:
            pass
    finally:
        opener._BATCH_ROWS, intake._SLICE_ROWS = whole, whole_slice
    for card in cards:
        assert_each_is_opened_once(store, card)


def test_a_row_that_comes_between_the_openers_look_and_its_writing_is_opened(store):
    store.enrol("kiosk-1", bytes(32))
    card, at_work = Card(store), Overtaken(store, HUB_KEYS)
    card.send(1, 4)
    card.lose(5, 5)
    card.send(6, LAST)
    at_work.meanwhile = [("send", card, 5, 5)]
    assert [at_work.open_batch(), at_work.open_batch(), at_work.open_batch()] == [0, LAST - 1, None]
    assert_each_is_opened_once(store, card)


def test_an_opening_that_comes_between_two_batches_opens_the_rows_after_it(store, monkeypatch):
    monkeypatch.setattr(opener, "_BATCH_ROWS", 2)
    store.enrol("kiosk-1", bytes(32))
    card, at_work = Card(store), opener.Opener(store, HUB_KEYS)
    card.lose(1, 1)
    card.send(2, LAST)
    assert at_work.open_batch() == 0
    card.send(1, 1)
    while at_work.open_batch() is not None:
        pass
    assert_each_is_opened_once(store, card)
