"""Device and hub against each other, real but for the network, which does its worst."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from fleet.hub.ingest import HubEnd
from fleet.hub.store import HubStore
from sync.budget import Budget
from sync.chain import Row
from sync.delivery import DeviceEnd, Ticked, Woken
from sync.framing import Identity
from sync.link import Heard, LinkDown, LinkUp
from sync.outbox import Batch, Outbox
from sync.pace import Pace

DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
IDENTITY = Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key())
LANES = ("kiosk.urgent", "kiosk.ordinary")
PLENTY = 10_000_000


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

    def renew(self):
        """Another connection is another test's event."""


class Pair(RuleBasedStateMachine):
    """A device and a hub of several ingest processes."""

    streams = Bundle("streams")

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now_s = 0.0
        self.queued = {}
        self.keep_bytes = 0
        self.outbox = Outbox.open(self.folder / "outbox.db", "kiosk-1")
        self.store = HubStore.open(f"sqlite:///{self.folder / 'hub.db'}")
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
        self.close()

    def close(self):
        self.outbox.close()
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize(keep_bytes=st.sampled_from([0, PLENTY]))
    def choose(self, keep_bytes):
        self.keep_bytes = keep_bytes
        self.start_device()

    def start_device(self):
        self.device = DeviceEnd(IDENTITY, self.outbox, self.to_hub, self.keep_bytes, Pace(), Budget())

    def start_hub(self):
        self.hubs = [HubEnd(self.store, self.to_device, HUB_KEY) for _ in range(3)]

    def stored(self, stream):
        tip = self.store.tips("kiosk-1", {stream}).get(stream)
        return tip.seq if tip else 0

    @rule(target=streams, lane=st.sampled_from(LANES))
    def new_stream(self, lane):
        stream = len(self.queued).to_bytes(15, "big") + bytes([LANES.index(lane)])
        self.queued[stream] = 0
        self.queue(stream, 1)
        return stream

    @rule(stream=streams, count=st.integers(1, 400))
    def queue(self, stream, count):
        kept = self.outbox.stream(stream)
        if kept is not None and not kept.open:
            return  # the process that wrote it has ended
        first = self.queued[stream] + 1
        new = [Row(seq, seq, f"{stream.hex()} {seq} ".encode() * 3) for seq in range(first, first + count)]
        self.outbox.append([Batch(stream, LANES[stream[-1]], new)], PLENTY)
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

    @rule(which=st.integers(0, 50), ingest=st.integers(0, 2), keep=st.booleans())
    def a_hub_hears(self, which, ingest, keep):
        if self.to_hub.letters:
            letters = self.to_hub.letters
            place = which % len(letters)
            self.hubs[ingest].handle(letters[place] if keep else letters.pop(place))

    @rule(which=st.integers(0, 50), keep=st.booleans())
    def the_device_hears(self, which, keep):
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
        for hub in self.hubs:
            hub.handle(LinkUp())

    @rule()
    def the_hub_is_backed_up(self):
        (self.folder / "backup.db").unlink(missing_ok=True)
        with self.store.engine.connect() as connection:
            connection.connection.driver_connection.execute(f"VACUUM INTO '{self.folder / 'backup.db'}'")

    @precondition(lambda self: self.keep_bytes == PLENTY and (self.folder / "backup.db").exists())
    @rule()
    def the_hub_is_restored(self):
        self.store.close()
        for rest in ("-wal", "-shm"):
            (self.folder / f"hub.db{rest}").unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.db", self.folder / "hub.db")
        self.store = HubStore.open(f"sqlite:///{self.folder / 'hub.db'}")
        self.the_hub_restarts()

    @invariant()
    def nothing_is_forgotten_that_the_hub_has_not_stored(self):
        kept = {s.stream: {r.seq for r in self.outbox.rows(s.stream, 1, 10_000)} for s in self.outbox.streams()}
        for stream, count in self.queued.items():
            missing = set(range(self.stored(stream) + 1, count + 1)) - kept.get(stream, set())
            assert not missing

    def heal(self):
        """Let the network work again, for long enough."""
        self.link_comes()
        for turn in range(1_000):
            while self.to_hub.letters:
                self.hubs[turn % 3].handle(self.to_hub.letters.pop(0))
            while self.to_device.letters:
                self.device.handle(self.to_device.letters.pop(0), self.now_s)
            if self.device.ledger.outstanding() == 0:
                return
            self.time_passes(6)


TestPair = Pair.TestCase
TestPair.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.fixture
def pair():
    made = Pair()
    yield made
    made.close()


def lose_the_hubs_last_rows(pair, keep_bytes):
    """Store some rows, then let the hub come back from a copy that was made before the last ones."""
    pair.choose(keep_bytes)
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 2)
    pair.heal()
    pair.the_hub_is_backed_up()
    pair.queue(stream, 2)
    pair.heal()
    assert pair.stored(stream) == 5
    pair.the_hub_is_restored()
    pair.heal()
    return stream


def test_a_hub_restored_from_a_backup_is_sent_again_what_it_lost(pair):
    assert pair.stored(lose_the_hubs_last_rows(pair, keep_bytes=PLENTY)) == 5
    assert pair.outbox.epoch() == 2


def test_what_the_device_has_forgotten_of_a_restored_hubs_loss_is_not_made_up(pair):
    stream = lose_the_hubs_last_rows(pair, keep_bytes=0)
    assert pair.stored(stream) == 3
    assert pair.outbox.stream(stream).stored.seq == 5


def test_an_answer_from_before_the_hub_was_restored_deletes_nothing(pair):
    pair.choose(PLENTY)
    stream = pair.new_stream(LANES[1])
    pair.the_hub_is_backed_up()
    pair.queue(stream, 2)
    pair.link_comes()
    pair.time_passes(2)
    while pair.to_hub.letters:
        pair.hubs[0].handle(pair.to_hub.letters.pop(0))
    old = list(pair.to_device.letters)
    pair.heal()
    pair.the_hub_is_restored()
    pair.heal()
    pair.queue(stream, 1)
    for letter in old:
        pair.device.handle(letter, pair.now_s)
    assert pair.outbox.stream(stream).stored.seq == 3
    pair.heal()
    assert pair.stored(stream) == 4


def test_a_card_cloned_in_the_middle_is_a_named_fork_and_loses_nothing(pair):
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 2)
    pair.heal()
    clone = Outbox.open(pair.folder / "clone.db", "kiosk-1")
    own = [Row(n, n, f"{stream.hex()} {n} ".encode() * 3) for n in (1, 2, 3)]
    clone.append([Batch(stream, LANES[1], [*own, Row(4, 99, b"the clone's own")])], PLENTY)
    pair.queue(stream, 2)
    pair.heal()
    other = DeviceEnd(IDENTITY, clone, pair.to_hub, 0, Pace(), Budget())
    other.handle(LinkUp(), 0)
    while pair.to_hub.letters:
        pair.hubs[0].handle(pair.to_hub.letters.pop(0))
    while pair.to_device.letters:
        other.handle(pair.to_device.letters.pop(0), 2)
    assert pair.stored(stream) == 5
    assert clone.rows(stream, 4, 10) == (Row(4, 99, b"the clone's own"),)
    assert clone.stream(stream).forked
    clone.close()
