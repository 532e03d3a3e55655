"""Whatever bytes come, a decoder gives a value or a refusal: nothing from outside can end a process."""

from __future__ import annotations

import socket
import threading
import time
from enum import Enum, auto

import msgspec
import pytest
from doors import DOORS
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.wakeup import WakeupSocket

DEADLINE_S = 10
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=40),
    st.sampled_from([bytes(16), bytes(32), "kiosk-1", 1, 2]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=8), st.dictionaries(st.one_of(st.binary(max_size=16), st.text(max_size=8)), inner)
    ),
    max_leaves=20,
)


class Change(Enum):
    """How valid bytes are spoilt."""

    FLIP = auto()
    CUT = auto()
    INSERT = auto()
    REPEAT = auto()


@st.composite
def spoilt(draw, samples):
    """Return valid bytes with one to four changes."""
    data = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(Change)):
            case Change.FLIP if at < len(data):
                data = data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]
            case Change.CUT:
                data = data[:at] + data[at + draw(st.integers(1, 40)) :]
            case Change.REPEAT:
                data = data[:at] + data[at : at + 16] * draw(st.integers(1, 8)) + data[at:]
            case _:
                data = data[:at] + draw(st.binary(max_size=8)) + data[at:]
    return data


every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


@every_door
def test_every_valid_sample_is_taken(door):
    samples = door.samples()
    assert samples
    for sample in samples:
        found = door.open(sample)
        assert isinstance(found, door.gives), found


@every_door
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_spoilt_valid_bytes_give_a_value_or_a_refusal(door, data):
    door.try_with(data.draw(spoilt(door.samples())))


@every_door
@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_refusal(door, data):
    door.try_with(data)


@every_door
@settings(max_examples=100, deadline=None)
@given(value=VALUES)
def test_any_well_formed_value_gives_a_value_or_a_refusal(door, value):
    door.try_with(msgspec.msgpack.encode(value))


@every_door
def test_arrays_within_arrays_thousands_deep_give_a_value_or_a_refusal(door):
    for sample in door.samples():
        for cut in range(len(sample)):
            door.try_with(sample[:cut] + b"\x91" * 5_000)
        one_element_more = bytes([(sample[0] + 1) % 256]) + sample[1:]  # of the array that most samples are
        door.try_with(one_element_more + b"\x91" * 5_000)


@settings(max_examples=50, deadline=None)
@given(datagrams=st.lists(st.binary(max_size=64), min_size=1, max_size=5))
def test_any_datagram_wakes_and_none_ends_the_listening(tmp_path_factory, datagrams):
    path = tmp_path_factory.mktemp("wake") / "wake.sock"
    wakeup = WakeupSocket(path)
    woken = threading.Semaphore(0)
    listener = threading.Thread(target=wakeup.listen, args=(woken.release,))
    listener.start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for datagram in [*datagrams, b"\0"]:
            sender.sendto(datagram, str(path))
            assert woken.acquire(timeout=DEADLINE_S)
    closed_s = time.monotonic()
    wakeup.close()
    listener.join(DEADLINE_S)
    assert not listener.is_alive()
    assert time.monotonic() - closed_s < DEADLINE_S
