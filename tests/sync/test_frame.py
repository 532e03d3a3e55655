"""Frames, stored answers and births on the wire."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import Row
from sync.configuration import Configuration
from sync.frame import (
    MAX_FRAME_BYTES,
    Birth,
    Stored,
    decode_birth,
    decode_frame,
    decode_stored,
    encode_birth,
    encode_frame,
    encode_stored,
    make_frame,
)
from sync.rejected import Reason, Rejected

DEVICE = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
ROWS = (Row(5, 4, b"five"), Row(6, 9, b"six"))
FRAME = make_frame("kiosk-1", bytes(16), bytes(32), ROWS)


def test_a_frame_comes_back_with_its_rows_numbered():
    frame = decode_frame(encode_frame(FRAME, DEVICE), "kiosk-1", DEVICE.public_key())
    assert frame.rows == ROWS


@given(
    st.lists(st.tuples(st.integers(0, 2**60), st.binary(max_size=50)), min_size=1, max_size=20), st.integers(1, 2**60)
)
def test_decode_undoes_encode(sealed, first_seq):
    rows = tuple(Row(first_seq + n, nonce, data) for n, (nonce, data) in enumerate(sealed))
    frame = make_frame("kiosk-1", bytes(16), bytes(32), rows)
    assert decode_frame(encode_frame(frame, DEVICE), "kiosk-1", DEVICE.public_key()) == frame


@given(st.data())
def test_a_changed_byte_is_refused(data):
    wire = bytearray(encode_frame(FRAME, DEVICE))
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= data.draw(st.integers(1, 255))
    assert isinstance(decode_frame(bytes(wire), "kiosk-1", DEVICE.public_key()), Rejected)


def test_a_frame_signed_by_another_device_is_refused():
    refused = decode_frame(encode_frame(FRAME, HUB), "kiosk-1", DEVICE.public_key())
    assert refused == Rejected(Reason.BAD_SIGNATURE)


def test_a_frame_about_another_device_is_refused_though_well_signed():
    refused = decode_frame(encode_frame(FRAME, DEVICE), "kiosk-2", DEVICE.public_key())
    assert refused == Rejected(Reason.OTHER_DEVICE, "'kiosk-1'")


def test_a_frame_beyond_the_brokers_limit_is_refused_unread():
    refused = decode_frame(bytes(MAX_FRAME_BYTES + 1), "kiosk-1", DEVICE.public_key())
    assert refused.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "wrong",
    [
        {"stream": b"short"},
        {"chain_before": b""},
        {"first_seq": 0},
        {"first_seq": 1 << 62},
        {"sealed": ()},
        {"sealed": ((-1, b""),)},
    ],
)
def test_a_signed_frame_with_a_field_out_of_range_is_refused(wrong):
    frame = msgspec.structs.replace(FRAME, **wrong)
    assert decode_frame(encode_frame(frame, DEVICE), "kiosk-1", DEVICE.public_key()).reason is Reason.NOT_DECODABLE


def test_the_hubs_word_is_for_one_device_only():
    stored = Stored(1, 1, b"session1", "kiosk-1", {bytes(16): (7, bytes(32))})
    wire = encode_stored(stored, HUB)
    assert decode_stored(wire, "kiosk-1", HUB.public_key()) == stored
    assert decode_stored(wire, "kiosk-2", HUB.public_key()).reason is Reason.OTHER_DEVICE


def test_a_signature_for_one_purpose_serves_no_other():
    birth = encode_birth(Birth(2, "kiosk-1", True), HUB)
    assert decode_stored(birth, "kiosk-1", HUB.public_key()) == Rejected(Reason.BAD_SIGNATURE)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_not_raised(data):
    for decode in (decode_frame, decode_stored, decode_birth):
        assert isinstance(decode(data, "kiosk-1", DEVICE.public_key()), Rejected)


@given(st.binary(max_size=100))
def test_any_bytes_well_signed_are_refused_not_raised(body):
    wire = msgspec.msgpack.encode([body, DEVICE.sign(b"guichet/frame/v1\0" + body)])
    assert isinstance(decode_frame(wire, "kiosk-1", DEVICE.public_key()), Rejected)


@pytest.mark.parametrize(
    "ranges",
    [
        ((0, 3),),
        ((4, 3),),
        ((1, 5), (5, 9)),
        ((7, 9), (1, 2)),
        ((1, 1 << 62),),
        tuple((n, n) for n in range(1, 2004, 2)),
    ],
    ids=["no row 0", "backwards", "overlapping", "falling", "beyond any number", "too many"],
)
def test_ranges_that_cannot_be_are_refused(ranges):
    birth = Birth(2, "kiosk-1", online=True, lost={bytes(16): ranges})
    assert isinstance(decode_birth(encode_birth(birth, DEVICE), "kiosk-1", DEVICE.public_key()), Rejected)
    stored = Stored(1, 1, b"session1", "kiosk-1", {}, {bytes(16): ranges})
    assert isinstance(decode_stored(encode_stored(stored, HUB), "kiosk-1", HUB.public_key()), Rejected)


RUNNING = Configuration(3, "b2" * 32, "", True, ("why",), ("what",), "rural")


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": -1},
        {"version": 1 << 62},
        {"wanted": "b2" * 31},
        {"running": "B2" * 32},
        {"running": "b2" * 32 + "\n"},
        {"group": ""},
        {"group": "../rural"},
        {"group": "rural\n"},
        {"reasons": ("why",) * 17},
        {"reasons": ("w" * 101,)},
        {"problems": ("what",) * 6},
        {"problems": ("w" * 201,)},
    ],
)
def test_a_birth_whose_configuration_is_out_of_range_is_refused(wrong):
    birth = Birth(2, "kiosk-1", online=True, configuration=msgspec.structs.replace(RUNNING, **wrong))
    refused = decode_birth(encode_birth(birth, DEVICE), "kiosk-1", DEVICE.public_key())
    assert refused.reason is Reason.NOT_DECODABLE


def test_a_birth_with_a_reason_that_this_hub_does_not_know_yet_is_taken():
    later = msgspec.structs.replace(RUNNING, reasons=("a reason of a later version",), wanted="")
    birth = Birth(2, "kiosk-1", online=True, configuration=later)
    assert decode_birth(encode_birth(birth, DEVICE), "kiosk-1", DEVICE.public_key()) == birth


def test_as_many_ranges_as_a_message_may_hold_are_taken():
    lost = {bytes(16): tuple((n, n) for n in range(1, 2001, 2))}
    birth = Birth(2, "kiosk-1", online=True, lost=lost)
    assert decode_birth(encode_birth(birth, DEVICE), "kiosk-1", DEVICE.public_key()) == birth
