"""Sealing records to the hub."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import Row
from sync.rejected import Rejected
from sync.seal import Predecessor, StreamSeal, key_id, open_stream, read_opening

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB_KEYS = {key_id(HUB.public_key()): HUB}
STREAM = bytes(range(16))


@pytest.fixture
def seal():
    return StreamSeal("kiosk-1", STREAM, bytes(reversed(range(32))), "kiosk.ordinary", "b00t")


def opener(seal, device="kiosk-1", stream=STREAM, keys=None):
    opening = seal.opening(HUB.public_key(), None)
    return open_stream(device, stream, opening.sealed, HUB_KEYS if keys is None else keys)


@given(st.binary(max_size=500))
def test_the_hub_reads_what_was_sealed(plain):
    seal = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t")
    assert opener(seal).open(seal.seal(2, plain)) == plain


def test_a_nonce_is_never_used_twice_even_for_the_same_row(seal):
    assert [seal.seal(2, b"x").nonce for _ in range(3)] == [1, 2, 3]


def test_a_row_cannot_be_moved_to_another_place(seal):
    row = seal.seal(2, b"x")
    assert isinstance(opener(seal).open(dataclasses.replace(row, seq=3)), Rejected)


@given(bit=st.integers(0, 8 * 22 - 1))
def test_a_flipped_bit_is_refused(bit):
    seal = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t")
    row = seal.seal(2, b"record")
    sealed = bytearray(row.sealed)
    sealed[bit // 8] ^= 1 << bit % 8
    assert isinstance(opener(seal).open(Row(2, row.nonce, bytes(sealed))), Rejected)


def test_an_opening_of_another_device_or_stream_is_refused(seal):
    assert isinstance(opener(seal, device="kiosk-2"), Rejected)
    assert isinstance(opener(seal, stream=bytes(16)), Rejected)


def test_an_opening_sealed_to_an_unknown_hub_key_is_named(seal):
    refused = opener(seal, keys={})
    assert key_id(HUB.public_key()).hex() in str(refused)


def test_an_opening_names_the_stream_before(seal):
    previous = Predecessor(bytes(16), 7, bytes(32))
    assert read_opening(seal.opening(HUB.public_key(), previous).sealed).previous == previous


def test_a_predecessor_cannot_be_exchanged(seal):
    opening = read_opening(seal.opening(HUB.public_key(), None).sealed)
    forged = msgspec.msgpack.encode(msgspec.structs.replace(opening, previous=Predecessor(bytes(16), 7, bytes(32))))
    assert isinstance(open_stream("kiosk-1", STREAM, forged, HUB_KEYS), Rejected)


@given(st.binary(max_size=200))
def test_any_bytes_as_an_opening_are_refused_not_raised(data):
    assert isinstance(open_stream("kiosk-1", STREAM, data, HUB_KEYS), Rejected)


def test_the_key_is_not_in_the_repr(seal):
    assert repr(seal.key) not in repr(seal)
