"""The device's end of the ledger, and both ends against each other over a network that does its worst."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from fleet.hub.ingest import HubEnd
from fleet.hub.store import HubStore
from sync.chain import Row, Tip, start
from sync.delivery import DeviceEnd, Identity, Ticked, Woken
from sync.frame import UNKNOWN_CHAIN, make_frame
from sync.ledger import DeviceLedger, Fork, ForkKind, Received, Send, advance, missing, receive
from sync.link import Heard, LinkDown, LinkUp
from sync.outbox import Outbox

A, B = bytes(16), bytes([1]) * 16
DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)


@pytest.fixture
def ledger():
    made = DeviceLedger(window=2, patience_s=5)
    made.queued(A, 300, 0)
    made.link_up()
    return made


def test_nothing_is_sent_without_a_link():
    ledger = DeviceLedger()
    ledger.queued(A, 3, 0)
    assert ledger.next_send() is None


def test_no_more_than_the_window_is_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    assert ledger.next_send() == Send(A, 101, 300)
    ledger.sent(A, 200, now_s=0)
    assert ledger.next_send() is None


def test_an_answer_opens_the_window_again(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.sent(A, 200, now_s=0)
    ledger.confirmed(A, 100)
    assert ledger.next_send() == Send(A, 201, 300)


def test_an_unanswered_frame_is_sent_again_from_what_is_stored(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.sent(A, 200, now_s=0)
    ledger.ticked(now_s=4.9)
    assert ledger.next_send() is None
    ledger.ticked(now_s=5)
    assert ledger.next_send() == Send(A, 1, 300)


def test_a_new_link_sends_again_what_was_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.link_down()
    ledger.link_up()
    assert ledger.next_send() == Send(A, 1, 300)


def test_a_hub_that_came_back_is_sent_again_what_was_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.hub_up()
    assert ledger.next_send() == Send(A, 1, 300)


def test_the_oldest_stream_goes_first(ledger):
    ledger.queued(B, 2, 0)
    assert ledger.next_send().stream == A
    ledger.sent(A, 300, now_s=0)
    assert ledger.next_send() == Send(B, 1, 2)


def test_what_somebody_waits_for_goes_before_what_is_older(ledger):
    ledger.queued(B, 2, 0, urgent=True)
    assert ledger.next_send() == Send(B, 1, 2, urgent=True)


def test_of_a_late_frame_only_what_the_hub_wants_is_sent_again(ledger):
    ledger.window = 4
    for last_seq in (100, 200, 300):
        ledger.sent(A, last_seq, now_s=0)
    ledger.confirmed(A, 100, want=[(101, 200)])
    assert ledger.ticked(now_s=5)
    assert ledger.next_send() == Send(A, 101, 200)
    ledger.sent(A, 200, now_s=5)
    assert ledger.next_send() is None
    ledger.confirmed(A, 300)
    assert ledger.outstanding() == 0


def test_a_wish_that_was_met_without_an_answer_leads_to_all_of_it(ledger):
    ledger.window = 4
    ledger.sent(A, 300, now_s=0)
    ledger.confirmed(A, 100, want=[(101, 200)])
    ledger.ticked(now_s=5)
    ledger.sent(A, 200, now_s=5)
    ledger.confirmed(A, 200)
    assert ledger.next_send() == Send(A, 201, 300)


def rows(first, last, fill=b"x"):
    return tuple(Row(seq, seq, fill) for seq in range(first, last + 1))


def after(tip, *added):
    for row in added:
        tip = tip.after(row)
    return tip


BEGIN = start("kiosk-1", A)


def frame(first, last, before=None, fill=b"x"):
    chain = after(BEGIN, *rows(1, first - 1)).chain if before is None else before
    return make_frame("kiosk-1", A, chain, rows(first, last, fill))


def test_a_frame_in_order_moves_the_tip():
    outcome = receive(BEGIN, {}, frame(1, 3))
    assert outcome == Received(rows(1, 3), after(BEGIN, *rows(1, 3)))


def test_a_frame_from_ahead_is_kept_and_the_tip_waits():
    assert receive(BEGIN, {}, frame(4, 6)) == Received(rows(4, 6), BEGIN)


def test_the_missing_frame_closes_the_gap():
    held = {row.seq: row for row in rows(4, 6)}
    assert receive(BEGIN, held, frame(1, 3)).tip == after(BEGIN, *rows(1, 6))


def test_a_frame_that_comes_twice_changes_nothing():
    tip = after(BEGIN, *rows(1, 3))
    held = {row.seq: row for row in rows(1, 3)}
    assert receive(tip, held, frame(1, 3)) == Received((), tip)


def test_another_row_under_a_stored_number_is_a_named_fork():
    tip = after(BEGIN, *rows(1, 3))
    held = {row.seq: row for row in rows(1, 3)}
    assert receive(tip, held, frame(2, 4, fill=b"y")) == Fork(ForkKind.OTHER_ROW, 2)


def test_rows_after_another_history_are_a_named_fork():
    tip = after(BEGIN, *rows(1, 3))
    assert receive(tip, {}, frame(4, 5, before=bytes(32))) == Fork(ForkKind.OTHER_CHAIN, 4)


def test_rows_that_the_device_has_lost_are_passed_over_by_a_link_that_shows_it():
    tip = after(BEGIN, *rows(1, 3))
    late = make_frame("kiosk-1", A, UNKNOWN_CHAIN, rows(6, 7))
    outcome = receive(tip, {}, late, lost=[(4, 5)])
    assert outcome == Received(rows(6, 7), after(tip.over(5), *rows(6, 7)))
    assert outcome.tip != after(BEGIN, *rows(1, 7))


def test_a_row_that_is_held_counts_whatever_was_declared_lost():
    tip = advance(BEGIN, {2: rows(2, 2)[0]}, lost=[(1, 3)])
    assert tip == after(BEGIN.over(1), *rows(2, 2)).over(3)


def test_a_lost_row_that_comes_by_another_carrier_is_stored_late():
    tip = after(BEGIN, *rows(1, 3)).over(5)
    assert receive(tip, {}, frame(4, 5), lost=[(4, 5)]) == Received(rows(4, 5), tip)


def test_a_device_that_lost_nothing_must_tell_the_chain():
    assert receive(BEGIN, {}, make_frame("kiosk-1", A, UNKNOWN_CHAIN, rows(1, 1))) == Fork(ForkKind.OTHER_CHAIN, 1)


@given(st.integers(0, 20), st.sets(st.integers(1, 40)))
def test_what_is_missing_and_what_is_held_make_up_all_beyond_the_tip(seq, held):
    ranges = missing(Tip(seq, b""), {n for n in held if n > seq})
    named = {n for first, last in ranges for n in range(first, last + 1)}
    beyond = {n for n in held if n > seq}
    assert named | beyond == set(range(seq + 1, max(beyond, default=seq) + 1))
    assert not named & beyond


class Post:
    """One direction of the network: it keeps what is sent until the test decides."""

    def __init__(self):
        self.letters = []
        self.up = False

    def publish(self, topic, payload, *, retain=False):
        del retain
        if self.up:
            self.letters.append(Heard(topic, payload))
        return self.up


class Pair(RuleBasedStateMachine):
    """Device and hub, real but for the network between them."""

    streams = Bundle("streams")

    def __init__(self):
        super().__init__()
        self.now_s = 0.0
        self.queued = {}
        self.outbox = Outbox.open(Path(":memory:"), "kiosk-1")
        self.store = HubStore.open("sqlite://")
        self.store.enrol("kiosk-1", DEVICE_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.to_hub, self.to_device = Post(), Post()
        self.to_device.up = True
        self.start_device()
        self.start_hub()

    def teardown(self):
        self.heal()
        for stream, sent in self.queued.items():
            assert self.stored(stream) == sent
        assert self.device.ledger.outstanding() == 0
        self.outbox.close()
        self.store.close()

    def start_device(self):
        identity = Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key())
        self.device = DeviceEnd(identity, self.outbox, self.to_hub, keep_bytes=0)

    def start_hub(self):
        self.hub = HubEnd(self.store, self.to_device, HUB_KEY)

    def stored(self, stream):
        tip = self.store.tips("kiosk-1", {stream}).get(stream)
        return tip.seq if tip else 0

    @rule(target=streams)
    def new_stream(self):
        stream = len(self.queued).to_bytes(16, "big")
        self.queued[stream] = 0
        return stream

    @rule(stream=streams, count=st.integers(1, 700))
    def queue(self, stream, count):
        first = self.queued[stream] + 1
        new = [Row(seq, seq, f"{stream.hex()} {seq}".encode()) for seq in range(first, first + count)]
        self.outbox.append(stream, new, 10_000_000)
        self.queued[stream] += count
        self.device.handle(Woken(), self.now_s)

    @rule()
    def link_comes(self):
        self.to_hub.up = True
        self.device.handle(LinkUp(), self.now_s)

    @rule()
    def link_goes(self):
        self.to_hub.up = False
        self.device.handle(LinkDown("cut"), self.now_s)

    @rule(seconds=st.floats(0, 20))
    def time_passes(self, seconds):
        self.now_s += seconds
        self.device.handle(Ticked(), self.now_s)

    @rule(which=st.integers(0, 50), keep=st.booleans())
    def hub_hears(self, which, keep):
        if self.to_hub.letters:
            letters = self.to_hub.letters
            place = which % len(letters)
            self.hub.handle(letters[place] if keep else letters.pop(place))

    @rule(which=st.integers(0, 50), keep=st.booleans())
    def device_hears(self, which, keep):
        if self.to_device.letters:
            letters = self.to_device.letters
            place = which % len(letters)
            self.device.handle(letters[place] if keep else letters.pop(place), self.now_s)

    @rule(which=st.integers(0, 50))
    def a_message_is_lost(self, which):
        for post in (self.to_hub, self.to_device):
            if post.letters:
                post.letters.pop(which % len(post.letters))

    @rule()
    def the_device_restarts(self):
        self.to_hub.up = False
        self.start_device()

    @rule()
    def the_hub_restarts(self):
        self.to_hub.letters.clear()
        self.start_hub()
        self.hub.handle(LinkUp())

    @invariant()
    def nothing_is_forgotten_that_the_hub_has_not_stored(self):
        kept = {s.stream: {r.seq for r in self.outbox.rows(s.stream, 1, 10_000)} for s in self.outbox.streams()}
        for stream, count in self.queued.items():
            missing = set(range(self.stored(stream) + 1, count + 1)) - kept.get(stream, set())
            assert not missing

    def heal(self):
        """Let the network work again, for long enough."""
        self.link_comes()
        for _ in range(1_000):
            while self.to_hub.letters:
                self.hub.handle(self.to_hub.letters.pop(0))
            while self.to_device.letters:
                self.device.handle(self.to_device.letters.pop(0), self.now_s)
            if self.device.ledger.outstanding() == 0:
                return
            self.time_passes(6)


TestPair = Pair.TestCase
TestPair.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def lose_the_hubs_last_rows(pair, keep_bytes):
    """Store five rows, then let the hub come back from a copy that was made when it had three, or none."""
    pair.device = DeviceEnd(Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key()), pair.outbox, pair.to_hub, keep_bytes)
    stream, other = pair.new_stream(), pair.new_stream()
    pair.queue(stream, 3)
    pair.queue(other, 2)
    pair.heal()
    three = pair.store.tips("kiosk-1", {stream})[stream]
    pair.queue(stream, 2)
    pair.heal()
    with pair.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM rows WHERE seq > 3 OR stream_id = 2")
        connection.exec_driver_sql("DELETE FROM streams WHERE id = 2")
        connection.exec_driver_sql("UPDATE streams SET tip_seq = 3, tip_chain = ?", (three.chain,))
    pair.the_hub_restarts()
    pair.heal()
    return stream, other


def test_a_hub_restored_from_a_backup_is_sent_again_what_it_lost():
    pair = Pair()
    stream, other = lose_the_hubs_last_rows(pair, keep_bytes=10_000_000)
    assert (pair.stored(stream), pair.stored(other)) == (5, 2)
    pair.teardown()


def test_what_the_device_has_forgotten_of_a_restored_hubs_loss_is_not_made_up():
    pair = Pair()
    stream, _ = lose_the_hubs_last_rows(pair, keep_bytes=0)
    assert pair.stored(stream) == 3
    assert pair.outbox.streams()[0].stored.seq == 5
    pair.outbox.close()
    pair.store.close()


def test_a_card_cloned_in_the_middle_is_a_named_fork_and_loses_nothing():
    pair = Pair()
    stream = pair.new_stream()
    pair.queue(stream, 3)
    pair.heal()
    clone = Outbox.open(Path(":memory:"), "kiosk-1")
    clone.append(stream, [Row(n, n, f"{stream.hex()} {n}".encode()) for n in (1, 2, 3)], 10_000_000)
    pair.queue(stream, 2)
    pair.heal()
    clone.append(stream, [Row(4, 99, b"the clone's own")], 10_000_000)
    other = DeviceEnd(Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key()), clone, pair.to_hub, keep_bytes=0)
    other.handle(LinkUp(), 0)
    while pair.to_hub.letters:
        pair.hub.handle(pair.to_hub.letters.pop(0))
    while pair.to_device.letters:
        other.handle(pair.to_device.letters.pop(0), 0)
    assert pair.stored(stream) == 5
    assert clone.rows(stream, 4, 10) == (Row(4, 99, b"the clone's own"),)
    assert clone.streams()[0].forked
    assert Tip(5, clone.streams()[0].last.chain) not in pair.store.tips("kiosk-1", {stream}).values()
    clone.close()
    pair.teardown()
