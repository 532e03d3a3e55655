"""An enrolled device, or whoever stole its key, signs whatever it likes: the hub goes on serving the others."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from doors import BOOT, DEVICE, DEVICE_KEY, HUB_KEY, OPENING_KEY
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.hub import opener
from fleet.hub.ingest import HubEnd
from fleet.hub.store import HubStore
from sync.chain import Row, start
from sync.configuration import Configuration
from sync.entry import Entry, Moment, encode
from sync.frame import UNKNOWN_CHAIN, Birth, Frame, Reach, encode_birth, encode_frame, make_frame
from sync.link import Heard
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import StreamSeal, key_id
from tests.hub.postgresql import Server

HONEST_KEY = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
HUB_KEYS = {key_id(OPENING_KEY.public_key()): OPENING_KEY}
STREAMS = [bytes([n]) * 16 for n in range(4)]
LAST = 2**62 - 1
NUMBERS = st.one_of(st.integers(1, 12), st.sampled_from([100, 2**31, 2**32, 2**53, LAST - 1, LAST]))
STREAM = st.sampled_from(STREAMS)
TEXT = st.one_of(st.text(max_size=8), st.sampled_from(["\0", "a\0b", "\ud7ff", "x" * 3_000, BOOT]))


@st.composite
def plain(draw):
    """Return what a row may hold: an entry with absurd fields, or anything."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=40))
    time = (draw(TEXT), draw(st.integers(-(2**63), 2**64 - 1)), draw(st.floats()), draw(st.booleans()))
    record = {"kind": "receipt_requested", "sheet": draw(TEXT), "content": "sheet"}
    return b"\x01" + msgspec.msgpack.encode({"time": time, "record": record})


@st.composite
def frames(draw):
    """Return a frame of well and badly sealed rows, at any place."""
    stream = draw(STREAM)
    seal = StreamSeal(DEVICE, stream, bytes([3]) * 32, "kiosk.ordinary", draw(TEXT))
    first = draw(NUMBERS)
    rows = []
    for seq in range(first, first + draw(st.integers(1, 4))):
        if seq == 1:
            rows.append(seal.opening(OPENING_KEY.public_key(), None))
        elif draw(st.booleans()):
            rows.append(seal.seal(seq, draw(plain())))
        else:
            rows.append(Row(seq, draw(st.integers(0, LAST)), draw(st.binary(max_size=30))))
    chain = draw(st.sampled_from([start(DEVICE, stream).chain, UNKNOWN_CHAIN, bytes([1]) * 32]))
    sealed = tuple((row.nonce, row.sealed) for row in rows)
    return Heard(f"guichet/v1/{DEVICE}/up", encode_frame(Frame(1, DEVICE, stream, first, chain, sealed), DEVICE_KEY))


@st.composite
def ranges(draw):
    """Return ranges that rise without touching."""
    edges = sorted(draw(st.sets(NUMBERS, max_size=6)))
    return tuple((first, last - 1) for first, last in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def configurations(draw):
    """Return what a device may say of its configuration, absurd words in it."""
    digests = st.sampled_from(["", "a1" * 32])
    return Configuration(
        draw(NUMBERS),
        draw(digests),
        draw(digests),
        draw(st.booleans()),
        tuple(draw(st.lists(st.text(max_size=100), max_size=3))),
        tuple(draw(st.lists(st.text(max_size=200), max_size=3))),
        "rural",
    )


@st.composite
def births(draw):
    """Return a birth with absurd reaches, epochs and losses."""
    reaches = st.tuples(NUMBERS, NUMBERS).map(lambda ends: Reach(max(ends), min(ends)))
    said = Birth(
        2,
        DEVICE,
        draw(st.booleans()),
        draw(st.one_of(st.integers(0, 3), NUMBERS)),
        draw(st.dictionaries(STREAM, reaches, max_size=4)),
        draw(st.dictionaries(STREAM, ranges(), max_size=3)),
        draw(st.none() | configurations()),
    )
    return Heard(f"guichet/v1/{DEVICE}/state", encode_birth(said, DEVICE_KEY))


MESSAGES = st.lists(
    st.one_of(
        frames(),
        births(),
        st.builds(Heard, st.just(f"guichet/v1/{DEVICE}/up"), st.binary(max_size=60)),
        st.builds(Heard, st.text(max_size=20), st.binary(max_size=20)),
    ),
    max_size=8,
)


class Post:
    """Counts what the hub publishes."""

    sent = 0

    def publish(self, topic, payload, *, retain=False):
        del topic, payload, retain
        self.sent += 1
        return True


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    server = Server() if request.param == "postgresql" else None
    url = server.new_database() if server else f"sqlite:///{tmp_path_factory.mktemp('hub') / 'hub.db'}"
    opened = HubStore.open(url)
    opened.enrol(DEVICE, raw(DEVICE_KEY))
    opened.enrol("kiosk-2", raw(HONEST_KEY))
    yield opened
    opened.close()
    if server:
        server.end()


honest_streams = (number.to_bytes(16, "big") for number in itertools.count(1))


def honest_message():
    stream = next(honest_streams)
    seal = StreamSeal("kiosk-2", stream, bytes([4]) * 32, "kiosk.ordinary", BOOT)
    entry = encode(Entry(Moment(BOOT, 10**9, 1.8e9, synchronised=True), ReceiptRequested("F1", ReceiptContent.SHEET)))
    rows = (seal.opening(OPENING_KEY.public_key(), None), seal.seal(2, entry))
    frame = make_frame("kiosk-2", stream, start("kiosk-2", stream).chain, rows)
    return stream, Heard("guichet/v1/kiosk-2/up", encode_frame(frame, HONEST_KEY))


@settings(max_examples=60, deadline=None)
@given(messages=MESSAGES)
def test_whatever_one_device_signs_another_s_record_is_stored_answered_and_opened(store, messages):
    post = Post()
    hub = HubEnd(store, post, HUB_KEY)
    stream, honest = honest_message()
    hub.handle_all([*messages, honest])
    assert post.sent
    assert store.tips("kiosk-2", {stream})[stream].seq == 2
    assert opener.open_stored(store, HUB_KEYS) >= 1
