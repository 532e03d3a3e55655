"""The published test vectors: whoever builds another end starts from these, and so must we."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.chain import Row, start
from sync.configuration import Configuration
from sync.entry import Entry, Moment, decode, encode
from sync.frame import (
    Birth,
    Reach,
    Stored,
    decode_birth,
    decode_frame,
    decode_stored,
    encode_birth,
    encode_frame,
    encode_stored,
    make_frame,
)
from sync.records import fields, kind
from sync.seal import StreamSeal, key_id, open_stream, read_opening

VECTORS = json.loads((Path(__file__).parent / "vectors/stream.json").read_text())
DEVICE, STREAM = VECTORS["device"], bytes.fromhex(VECTORS["stream"])
KEYS = {name: bytes.fromhex(value) for name, value in VECTORS["keys"].items()}
DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(KEYS["device_private"])
HUB_KEY = Ed25519PrivateKey.from_private_bytes(KEYS["hub_signing_private"])
OPENING_KEY = X25519PrivateKey.from_private_bytes(KEYS["hub_opening_private"])
WRONG = "fleet.toml:3: [screen] dpi: must be at least 60"
RUNNING = Configuration(
    6, "b2" * 32, "a1" * 32, False, ("it says what this device cannot use",), (WRONG,), group="rural"
)
BIRTH = Birth(2, DEVICE, True, 2, {STREAM: Reach(5, 3)}, {STREAM: ((8, 9),)}, RUNNING)
CHAIN = [bytes.fromhex(value) for value in VECTORS["chain"]]


class BirthOfSixFields(msgspec.Struct, frozen=True, array_like=True):
    """What an earlier hub took a birth for."""

    version: int
    device: str
    online: bool
    epoch: int = 0
    reaches: dict[bytes, Reach] = {}
    lost: dict[bytes, tuple[tuple[int, int], ...]] = {}


def message(name):
    return bytes.fromhex(VECTORS[name])


@pytest.fixture
def rows():
    sealed = [(each["seq"], each["nonce"], bytes.fromhex(each["sealed"])) for each in VECTORS["records"]]
    return tuple(Row(*row) for row in [(1, 0, message("opening")), *sealed])


@pytest.fixture
def opener():
    return open_stream(DEVICE, STREAM, message("opening"), {key_id(OPENING_KEY.public_key()): OPENING_KEY})


def test_the_opening_gives_the_stream_key_to_the_hub_alone(opener):
    assert (opener.key, opener.boot) == (KEYS["stream_key"], VECTORS["boot"])
    opening = read_opening(message("opening"))
    assert (opening.hub_key_id, opening.lane) == (KEYS["hub_opening_id"], VECTORS["lane"])
    assert opening.previous.stream.hex() == VECTORS["predecessor"]["stream"]


def test_each_row_opens_to_its_record(opener, rows):
    for row, said in zip(rows[1:], VECTORS["records"], strict=True):
        plain = opener.open(row)
        assert plain.hex() == said["encoded"]
        entry = decode(plain, opener.boot)
        assert (kind(entry.record), json.loads(json.dumps(fields(entry.record)))) == (said["kind"], said["fields"])
        assert entry.time.boottime_ns == said["boottime_ms"] * 1_000_000


def test_each_record_seals_to_its_row(opener, rows):
    seal = StreamSeal(DEVICE, STREAM, KEYS["stream_key"], VECTORS["lane"], VECTORS["boot"])
    for row, said in zip(rows[1:], VECTORS["records"], strict=True):
        moment = Moment(VECTORS["boot"], said["boottime_ms"] * 1_000_000, said["wall_ms"] / 1000, said["synchronised"])
        entry = Entry(moment, decode(bytes.fromhex(said["encoded"]), opener.boot).record)
        assert seal.seal(row.seq, encode(entry)) == row


def test_the_chain_goes_over_every_row_and_over_a_gap(rows):
    tip = start(DEVICE, STREAM)
    for row, chain in zip(rows, CHAIN[1:], strict=True):
        tip = tip.after(row)
        assert tip.chain == chain
    assert tip.over(6).chain.hex() == VECTORS["gap_4_to_6"]


def test_the_frame_is_the_published_one(rows):
    frame = make_frame(DEVICE, STREAM, CHAIN[0], rows)
    assert encode_frame(frame, DEVICE_KEY) == message("frame")
    assert decode_frame(message("frame"), DEVICE, DEVICE_KEY.public_key()) == frame


def test_the_answer_is_the_published_one():
    stored = Stored(1, 2, bytes(8), DEVICE, {STREAM: (3, CHAIN[3])}, {STREAM: ((5, 6),)})
    assert encode_stored(stored, HUB_KEY) == message("stored")
    assert decode_stored(message("stored"), DEVICE, HUB_KEY.public_key()) == stored


def test_the_birth_is_the_published_one():
    assert encode_birth(BIRTH, DEVICE_KEY) == message("birth")
    assert decode_birth(message("birth"), DEVICE, DEVICE_KEY.public_key()) == BIRTH


def test_the_birth_of_a_device_from_before_it_spoke_of_its_configuration_is_read():
    before = decode_birth(message("birth_of_six_fields"), DEVICE, DEVICE_KEY.public_key())
    assert before == msgspec.structs.replace(BIRTH, configuration=None)


def test_a_hub_from_before_reads_todays_birth_and_passes_over_what_it_does_not_know():
    body = msgspec.msgpack.decode(message("birth"))[0]
    assert msgspec.msgpack.decode(body, type=BirthOfSixFields) == BirthOfSixFields(
        2, DEVICE, True, 2, {STREAM: Reach(5, 3)}, {STREAM: ((8, 9),)}
    )
