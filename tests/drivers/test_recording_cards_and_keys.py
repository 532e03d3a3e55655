"""What badges, scanners that type and keypads say is recorded without its content, and played back to the same news.

`python tests/drivers/test_recording_cards_and_keys.py` records the replays anew, from the simulators.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from drivers import recording
from drivers.event_device.records import DOWN, EV_KEY, UP, Record, RecordReader, encode
from drivers.interface import DeviceName, DeviceUp
from drivers.keypad.hid import USUAL_CODES, HidKeypad
from drivers.news import Key, KeyPressed, KeyReleased, Scanned
from drivers.reader.badge import Badge, BadgeFault, PinWanted, Refused, Verified, talk
from drivers.reader.pin import Pin
from drivers.reader.recorded import DoesNotFitError, ReplayCard, exchange
from drivers.scanner.hearing import Hearing
from drivers.scanner.key_hearing import KeyHearing
from drivers.scanner.keys import EV_SYN, KEY_ENTER, KEY_X, SIGNS, SYN_REPORT, record
from drivers.scanner.keys import typed as pressed
from drivers.scanner.layouts import Layout
from drivers.simulated.card import AgentBadge, PivCard
from drivers.simulated.keypad import SimulatedKeypad

REPLAYS = Path(__file__).parent / "replays"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PIV_KEY = ec.derive_private_key(12345, ec.SECP256R1())
CHALLENGE = bytes(range(32))
AGENT = "zoe.durand"
PAD = DeviceName("keypad")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"


def dialogue(card, badges, pin=None):
    """Have the dialogue with a card; return its outcome, and each order with its answer."""
    talking, exchanged = talk(badges, CHALLENGE, pin), []
    try:
        order = next(talking)
        while True:
            exchanged.append((order, card(order)))
            order = talking.send(exchanged[-1][1])
    except StopIteration as ended:
        return ended.value, exchanged


def recorded(card, badges, pin=None):
    outcome, exchanged = dialogue(card, badges, pin)
    return outcome, [step for number, each in enumerate(exchanged) for step in exchange(20 * number, *each)]


BADGES = (Badge(AGENT, KEY.public_key()), Badge("ali.benali", PIV_KEY.public_key()))
REDACTED = (Badge("xxx.xxxxxx", KEY.public_key()),)


def test_a_badges_replay_is_asked_as_it_was_and_proves_what_it_proved():
    steps = recording.decode((REPLAYS / "reader-badge.jsonl").read_bytes())
    assert dialogue(ReplayCard(steps), REDACTED)[0] == Verified("xxx.xxxxxx")


def test_a_replay_of_a_badge_that_wants_its_pin_wants_it():
    steps = recording.decode((REPLAYS / "reader-pin.jsonl").read_bytes())
    assert dialogue(ReplayCard(steps), REDACTED)[0] == PinWanted(3)


def test_a_piv_cards_replay_names_nobody():
    steps = recording.decode((REPLAYS / "reader-piv.jsonl").read_bytes())
    assert dialogue(ReplayCard(steps), BADGES)[0] == Refused(BadgeFault.NOT_ENROLLED)


def test_a_driver_that_asks_a_badge_otherwise_does_not_fit_its_recording():
    steps = recording.decode((REPLAYS / "reader-badge.jsonl").read_bytes())
    with pytest.raises(DoesNotFitError, match="the recording has"):
        ReplayCard(steps)(b"\x00\xa4\x04\x00\x00")


@pytest.mark.parametrize("card", [AgentBadge(AGENT, KEY, b"4711"), PivCard(PIV_KEY)], ids=["applet", "piv"])
def test_no_name_and_no_pin_is_in_a_recording(card):
    _, steps = recorded(card, BADGES, Pin("4711"))
    kept = b"".join(bytes.fromhex(step.out + step.came) for step in steps)
    assert len(kept) > 100
    assert not any(word in kept for word in (b"zoe", b"durand", b"ali", b"benali", b"4711"))
    assert not any(word in recording.encode(steps) for word in (b"zoe", b"durand", b"4711", b"4711".hex().encode()))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_whatever_is_exchanged_keeps_its_lengths_and_its_status(order, answer):
    asked, said = exchange(0, order, answer)
    assert (asked.out_bytes or len(asked.out) // 2, len(said.came) // 2) == (len(order), len(answer))
    assert bytes.fromhex(said.came)[-2:] == answer[-2:]


def test_a_replay_of_a_scanner_that_types_gives_as_many_codes_as_it_gave():
    steps = recording.decode((REPLAYS / "scanner-keys.jsonl").read_bytes())
    hearing = KeyHearing(Hearing(DeviceName("scanner")), Layout.FRENCH)
    heard = [event for step in steps for event in hearing.receive(bytes.fromhex(step.came), step.at_ms / 1000)]
    assert [event.code.lower() for event in heard if isinstance(event, Scanned)] == [b"x" * len(ADDRESS), b"x" * 13]


def test_a_keypads_replay_gives_as_many_presses_as_it_gave(tmp_path, run, news):
    steps = recording.decode((REPLAYS / "keypad-presses.jsonl").read_bytes())
    with SimulatedKeypad(tmp_path / "pad") as pad:
        run(HidKeypad(PAD, str(tmp_path / "pad")))
        news.wait_for(DeviceUp(PAD))
        for step in steps:
            pad.send(bytes.fromhex(step.came))
        news.wait_until(lambda told: told.count(KeyReleased(PAD, Key.NEXT)) == len(Key))
    pressed_and_released = [KeyPressed(PAD, Key.NEXT), KeyReleased(PAD, Key.NEXT)] * len(Key)
    assert [each for each in news.events if isinstance(each, KeyPressed | KeyReleased)] == pressed_and_released


def test_which_keys_they_were_is_in_no_recording():
    said = b"".join(encode(Record(EV_KEY, code, value)) for code in USUAL_CODES.values() for value in (DOWN, UP))
    scan_codes = b"".join(encode(Record(0x04, 0x04, code)) for code in range(70_000, 70_004))
    kept = RecordReader().receive(bytes.fromhex(recording.typed(0, said + scan_codes, (), KEY_X).came))
    assert [(record.code, record.value) for record in kept] == [(KEY_X, DOWN), (KEY_X, UP)] * 4


@given(st.lists(st.builds(Record, st.integers(0, 5), st.integers(0, 0x2FF), st.integers(-5, 5)), max_size=20))
def test_no_letter_is_in_a_recording_whatever_an_input_device_says(records):
    step = recording.typed(0, b"".join(encode(record) for record in records), SIGNS, KEY_X)
    kept = bytes.fromhex(step.came)
    codes = {
        int.from_bytes(kept[at + 18 : at + 20], "little") for at in range(0, len(kept), 24) if kept[at + 16] == EV_KEY
    }
    assert codes <= SIGNS | {KEY_X}


if __name__ == "__main__":
    for name, card in (
        ("reader-badge", AgentBadge(AGENT, KEY)),
        ("reader-pin", AgentBadge(AGENT, KEY, b"4711")),
        ("reader-piv", PivCard(PIV_KEY)),
    ):
        (REPLAYS / f"{name}.jsonl").write_bytes(recording.encode(recorded(card, BADGES)[1]))
    shown = [
        b"".join(record(*event) for event in pressed(code, Layout.FRENCH))
        + b"".join(
            record(*event) for event in ((EV_KEY, KEY_ENTER, 1), (EV_KEY, KEY_ENTER, 0), (EV_SYN, SYN_REPORT, 0))
        )
        for code in (ADDRESS, b"3017620422003")
    ]
    report = encode(Record(EV_SYN, SYN_REPORT, 0))
    taps = [encode(Record(EV_KEY, code, value)) + report for code in USUAL_CODES.values() for value in (DOWN, UP)]
    tapped = [recording.typed(150 * at, tap, (), USUAL_CODES[Key.NEXT]) for at, tap in enumerate(taps)]
    (REPLAYS / "keypad-presses.jsonl").write_bytes(recording.encode(tapped))
    keys = [recording.typed(1500 * number, data, SIGNS, KEY_X) for number, data in enumerate(shown)]
    (REPLAYS / "scanner-keys.jsonl").write_bytes(recording.encode(keys))
