"""Devices and hub against each other, real but for the network, the disk and the operator, who do their worst."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from fleet.hub import schema
from fleet.hub.carrier import carry
from fleet.hub.ingest import HubEnd
from fleet.hub.store import HubStore
from sync.budget import Budget
from sync.carrier import CarrierError, export, import_stored
from sync.chain import Row
from sync.delivery import DeviceEnd, Ticked, Woken
from sync.framing import Identity
from sync.link import Heard, LinkDown, LinkUp
from sync.outbox import Batch, Outbox, OutboxError
from sync.outbox.file import generation_path
from sync.outbox.salvage import open_mended
from sync.outbox.tables import damaged, delete_rows, note_lost, save_stream, stream_named
from sync.pace import Pace
from sync.topics import StoredTopic
from tests.sync.damaged_outboxes import damage

DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
IDENTITY = Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key())
LANES = ("kiosk.urgent", "kiosk.ordinary")
NAMES = ("kiosk-1", "kiosk-2")
PLENTY = 10_000_000


class Post:
    """One direction of the network: it keeps what is sent until the test decides, and what is retained for ever."""

    def __init__(self):
        self.letters = []
        self.retained = {}
        self.up = False

    def publish(self, topic, payload, *, retain=False):
        if self.up:
            self.letters.append(Heard(topic, payload))
            if retain:
                self.retained[topic] = payload
        return self.up

    def renew(self):
        """Another connection is another test's event."""


class Device:
    """A device: its outbox, its end of the delivery, what it was given to deliver, and what its disk has destroyed."""

    def __init__(self, name, folder):
        self.identity = replace(IDENTITY, device=name)
        self.outbox = Outbox.open(folder / f"{name}.db", name)
        self.post = Post()
        self.keep_bytes = 0
        self.queued = {}
        self.destroyed = {}
        # Delivered rows of which nothing is left here: a hub that has lost them too is told of them by nobody.
        self.unknown = {}
        # Streams whose process has ended.
        self.ended = set()
        self.start()

    def start(self):
        self.post.up = False
        self.end = DeviceEnd(self.identity, self.outbox, self.post, self.keep_bytes, Pace(), Budget())

    def kept(self):
        return {s.stream: {r.seq for r in rows_of(self.outbox, s.stream)} for s in self.outbox.streams()}

    def settled(self):
        told = self.forked() >= self.outbox.lost().keys()
        return told and not (self.end.ledger.outstanding() or self.outbox.has_unasked())

    def forked(self):
        """Return the streams that the hub has otherwise: they wait, named, for a person."""
        return {each.stream for each in self.outbox.streams() if each.forked}


def rows_of(outbox, stream):
    """Return every row that is kept of a stream, over its gaps."""
    found, seq = [], 1
    while some := outbox.rows(stream, seq, 10_000):
        found += some
        seq = some[-1].seq + 1
    return found


class Pair(RuleBasedStateMachine):
    """Two devices, and a hub of several ingest processes."""

    streams = Bundle("streams")
    who = st.integers(0, len(NAMES) - 1)

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now_s = 0.0
        self.store = self.open_store()
        for name in NAMES:
            self.store.enrol(name, DEVICE_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.devices = [Device(name, self.folder) for name in NAMES]
        self.device = self.devices[0]
        self.to_device = Post()
        self.to_device.up = True
        self.ever_stored = {}
        self.start_hub()

    def teardown(self):
        self.heal()
        for device in self.devices:
            assert device.settled()
            kept = device.kept()
            for stream, count in device.queued.items():
                held, lost = self.held(device, stream), self.lost(device, stream)
                unknown = device.unknown.get(stream, set())
                if stream in device.forked():
                    unknown, kept[stream] = unknown | kept[stream] | {0}, set()
                assert held | lost | unknown >= set(range(1, count + 1)), "each row is stored, or named as lost"
                assert kept.get(stream, set()) <= held, "what is still here is stored"
                assert unknown or self.stored(stream, device) >= count
        self.close()

    def close(self):
        for device in self.devices:
            device.outbox.close()
        self.store.close()
        shutil.rmtree(self.folder)

    def open_store(self):
        return HubStore.open(f"sqlite:///{self.folder / 'hub.db'}")

    @initialize(keep_bytes=st.sampled_from([0, PLENTY]))
    def choose(self, keep_bytes):
        for device in self.devices:
            device.keep_bytes = keep_bytes
            device.start()

    def start_hub(self):
        self.hubs = [HubEnd(self.store, self.to_device, HUB_KEY) for _ in range(3)]

    def ids(self, device, stream):
        place = (schema.streams.c.device == device.identity.device, schema.streams.c.stream == stream)
        return select(schema.streams.c.id).where(*place)

    def held(self, device, stream):
        with self.store.database.reading() as connection:
            wanted = schema.rows.c.stream_id.in_(self.ids(device, stream))
            return set(connection.scalars(select(schema.rows.c.seq).where(wanted)))

    def lost(self, device, stream):
        with self.store.database.reading() as connection:
            wanted = schema.losses.c.stream_id.in_(self.ids(device, stream))
            ranges = connection.execute(select(schema.losses.c.first_seq, schema.losses.c.last_seq).where(wanted)).all()
        return {seq for first, last in ranges for seq in range(first, last + 1)}

    def stored(self, stream, device=None):
        tip = self.store.tips((device or self.device).identity.device, {stream}).get(stream)
        return tip.seq if tip else 0

    @rule(target=streams, who=who, lane=st.sampled_from(LANES))
    def new_stream(self, lane, who=0):
        device = self.devices[who]
        stream = len(device.queued).to_bytes(14, "big") + bytes([who, LANES.index(lane)])
        device.queued[stream] = 0
        self.queue(stream, 1)
        return stream

    @rule(stream=streams, count=st.integers(1, 400))
    def queue(self, stream, count):
        device = self.devices[stream[-2]]
        kept = device.outbox.stream(stream)
        if stream in device.ended or (kept is None and device.queued[stream]) or (kept is not None and not kept.open):
            return  # the process that wrote it has ended
        first = device.queued[stream] + 1
        new = [Row(seq, seq, f"{stream.hex()} {seq} ".encode() * 3) for seq in range(first, first + count)]
        device.outbox.append([Batch(stream, LANES[stream[-1]], new)], PLENTY)
        device.queued[stream] += count
        device.end.handle(Woken(), self.now_s)

    @rule(who=who, old=st.booleans())
    def link_comes(self, who=0, *, old=False):
        device = self.devices[who]
        device.post.up = True
        device.end.handle(LinkUp(), self.now_s)
        topic = str(StoredTopic(device.identity.device))
        if old and topic in self.to_device.retained:
            device.end.handle(Heard(topic, self.to_device.retained[topic], True), self.now_s)

    @rule(who=who)
    def link_goes(self, who=0):
        self.devices[who].post.up = False
        self.devices[who].end.handle(LinkDown("cut"), self.now_s)

    @rule(seconds=st.floats(0, 20))
    def time_passes(self, seconds):
        self.now_s += seconds
        for device in self.devices:
            device.end.handle(Ticked(), self.now_s)

    @rule(rounds=st.integers(1, 8))
    def all_goes_well_for_a_while(self, rounds):
        """Deliver what is on its way, and what comes of it: else the worst would mostly hit what nobody has sent."""
        for who in range(len(self.devices)):
            if not self.devices[who].post.up:
                self.link_comes(who)
        self.exchange(rounds)

    @rule(who=who, which=st.integers(0, 50), ingest=st.integers(0, 2), keep=st.booleans())
    def a_hub_hears(self, which, ingest, keep, who=0):
        if letters := self.devices[who].post.letters:
            place = which % len(letters)
            self.hubs[ingest].handle(letters[place] if keep else letters.pop(place))

    @rule(which=st.integers(0, 50), keep=st.booleans())
    def a_device_hears(self, which, keep):
        if letters := self.to_device.letters:
            place = which % len(letters)
            self.deliver(letters[place] if keep else letters.pop(place))

    def deliver(self, letter):
        [device] = [each for each in self.devices if letter.topic == str(StoredTopic(each.identity.device))]
        device.end.handle(letter, self.now_s)

    @rule(which=st.integers(0, 50))
    def a_message_is_lost(self, which):
        for post in (*(device.post for device in self.devices), self.to_device):
            if post.letters:
                post.letters.pop(which % len(post.letters))

    @rule(who=who)
    def a_device_restarts(self, who):
        self.devices[who].start()

    @rule(who=who)
    def an_outbox_needs_its_room(self, who):
        self.devices[who].outbox.forget_stored(0)

    @rule(stream=streams, place=st.floats(0, 1), count=st.integers(1, 30))
    def a_page_is_damaged(self, stream, place, count):
        """Leave an outbox as its salvage does: rows that the hub has not confirmed are gone, and named so."""
        device = self.devices[stream[-2]]
        found = device.outbox.stream(stream)
        if found is None or found.forked or found.stored.seq >= found.last.seq:
            return
        first = found.stored.seq + 1 + int(place * (found.last.seq - found.stored.seq - 1))
        last = min(first + count - 1, found.last.seq)
        with device.outbox._file.transaction() as db:
            found = stream_named(db, stream)
            delete_rows(db, found, first, last)
            note_lost(db, found.number, first, last)
            still_open = found.open and last < found.last.seq
            save_stream(db, replace(found, open=still_open, damaged=True))
        device.destroyed.setdefault(stream, set()).update(range(first, last + 1))
        device.outbox._written.clear()
        device.end.handle(Woken(), self.now_s)

    @rule(who=who, kind=st.sampled_from(["zeros", "a bit", "a block"]), seed=st.integers(0, 1_000))
    def a_card_loses_pages(self, who, kind, seed):
        """Damage the file itself, and let the device start anew on whatever is left of it."""
        device = self.devices[who]
        before = device.kept()
        forgotten = {each.stream: set(range(1, each.kept_from)) for each in device.outbox.streams()}
        device.outbox.close()
        file = generation_path(self.folder / f"{device.identity.device}.db", device.outbox.generation)
        file.write_bytes(damage(file.read_bytes(), kind, random.Random(seed)))  # noqa: S311  (repeatable damage)
        device.outbox = self.mended(device)
        after = device.kept()
        for stream, seqs in before.items():
            device.destroyed.setdefault(stream, set()).update(seqs - after.get(stream, set()))
        known = {each.stream: set(range(1, each.kept_from)) for each in device.outbox.streams()}
        for stream, seqs in forgotten.items():
            device.unknown.setdefault(stream, set()).update(seqs - known.get(stream, set()))
        device.start()

    @rule(who=who)
    def a_card_is_copied(self, who):
        name = self.devices[who].identity.device
        shutil.rmtree(self.folder / "copies" / name, ignore_errors=True)
        (self.folder / "copies" / name).mkdir(parents=True)
        for file in self.folder.glob(f"{name}*"):
            shutil.copy(file, self.folder / "copies" / name)

    @precondition(lambda self: (self.folder / "copies").exists())
    @rule(who=who)
    def a_card_is_put_back(self, who):
        """Let a device start on the card of an earlier day: what came since is on no card any more."""
        device = self.devices[who]
        if not (copy := self.folder / "copies" / device.identity.device).exists():
            return
        device.outbox.close()
        for file in self.folder.glob(f"{device.identity.device}*"):
            file.unlink()
        for file in copy.iterdir():
            shutil.copy(file, self.folder)
        device.outbox = open_mended(self.folder / f"{device.identity.device}.db", device.identity.device)
        kept = device.kept()
        for stream, count in device.queued.items():
            gone = set(range(1, count + 1)) - kept.get(stream, set())
            device.destroyed.setdefault(stream, set()).update(gone)
            device.unknown.setdefault(stream, set()).update(gone)
            device.ended.add(stream)
        device.start()

    def mended(self, device):
        """Open the outbox as services do, each find of damage a new start; here all of it is found at once."""
        for _ in range(4):
            with contextlib.suppress(OutboxError):
                box = open_mended(self.folder / f"{device.identity.device}.db", device.identity.device)
                with box._file.held(follow=True) as db:
                    if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                        raise damaged("a page")
                streams = box.streams()
                for stream in streams:
                    rows_of(box, stream.stream)
                with box._file.transaction() as db:
                    for stream in streams:
                        save_stream(db, stream)
                box.lost()
                box.epoch()
                return box
        raise AssertionError("the outbox cannot be opened")

    @rule()
    def the_hub_restarts(self):
        """Begin again with what the broker has retained; what was on its way may have met nobody."""
        for device in self.devices:
            device.post.letters.clear()
        self.start_hub()
        for hub in self.hubs:
            hub.handle(LinkUp())
        for device in self.devices:
            for topic, payload in device.post.retained.items():
                self.hubs[0].handle(Heard(topic, payload, True))

    @rule()
    def the_hub_is_backed_up(self):
        (self.folder / "backup.db").unlink(missing_ok=True)
        with self.store.engine.connect() as connection:
            connection.connection.driver_connection.execute(f"VACUUM INTO '{self.folder / 'backup.db'}'")

    @precondition(lambda self: (self.folder / "backup.db").exists())
    @rule(said=st.booleans())
    def the_hub_is_restored(self, *, said=False):
        self.store.close()
        for rest in ("-wal", "-shm"):
            (self.folder / f"hub.db{rest}").unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.db", self.folder / "hub.db")
        self.store = self.open_store()
        if said:
            self.store.raise_epoch()
        self.the_hub_restarts()

    @rule(who=who)
    def a_stick_leaves(self, who):
        export(self.devices[who].identity, self.devices[who].outbox, self.folder / "stick")

    @precondition(lambda self: (self.folder / "stick").exists())
    @rule()
    def the_stick_is_read(self):
        for _ in carry(self.store, HUB_KEY, self.folder / "stick"):
            pass

    @rule(who=who)
    def the_stick_comes_back(self, who):
        device = self.devices[who]
        try:
            import_stored(device.identity, device.outbox, self.folder / "stick")
        except CarrierError:
            return  # it has not been read yet
        device.end.handle(Woken(), self.now_s)

    @invariant()
    def nothing_is_forgotten_that_the_hub_has_not_stored(self):
        for device in self.devices:
            kept = device.kept()
            for stream, count in device.queued.items():
                ever = self.ever_stored.setdefault(stream, set())
                ever |= self.held(device, stream)
                gone = set(range(1, count + 1)) - kept.get(stream, set())
                assert gone <= ever | device.destroyed.get(stream, set())

    def heal(self):
        """Let the network work again, for long enough."""
        for who in range(len(self.devices)):
            self.link_comes(who)
        self.exchange(1_000)

    def exchange(self, rounds):
        """Let everybody hear and answer everything, `rounds` times or until nobody owes anything."""
        for turn in range(rounds):
            for device in self.devices:
                while device.post.letters:
                    self.hubs[turn % 3].handle(device.post.letters.pop(0))
            while self.to_device.letters:
                self.deliver(self.to_device.letters.pop(0))
            if turn and all(device.settled() for device in self.devices):
                return
            self.time_passes(61)
