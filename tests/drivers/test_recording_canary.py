"""A word that is printed, scanned, typed or on a badge is in no recording, in whatever way a word can be written."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drivers import recording
from drivers.document import recorded as document_recorded
from drivers.printer import opening
from drivers.printer.lines.recorded import RecordingLine
from drivers.reader.apdu import for_t0
from drivers.reader.badge import Badge, talk
from drivers.reader.pin import Pin
from drivers.reader.recorded import exchange
from drivers.scanner.keys import KEY_X, SIGNS, typed
from drivers.scanner.keys import record as key_record
from drivers.scanner.layouts import Layout
from drivers.simulated.card import AgentBadge, OverT0
from drivers.simulated.printer import SimulatedPrinter
from tests.drivers.test_recording import run_once

CANARY = "Zqjcanari"
PIN = "83926401"


def ways(word):
    """Return every way in which `word` may stand in a line of a recording; small letters, for none is looked at."""
    for plain in (word, word[::-1]):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp500"):
            data = plain.encode(encoding)
            yield data
            yield data.hex().encode()
            yield bytes(byte ^ 0xFF for byte in data)
            for shift in range(3):  # in base64 it depends on what stands before
                yield base64.b64encode(bytes(shift) + data)[4 if shift else 0 : -4]
        yield "".join(f"%{byte:02x}" for byte in plain.encode()).encode()


def holds(word, steps):
    """Return whether recorded steps hold a word, or half of it, as they are written or as what they stand for."""
    written = recording.encode(steps)
    stood = [b"".join(bytes.fromhex(getattr(step, each)) for step in steps) for each in ("out", "came", "err")]
    texts = [written.lower(), *(each.lower() for each in stood)]
    halves = (word, word[: len(word) // 2], word[len(word) // 2 :])
    return any(way.lower() in text for half in halves for way in ways(half) for text in texts if way)


def printed():
    """Print the word, in letters and in a code, and record it."""
    steps = []
    with SimulatedPrinter() as printer:
        way = opening.over_network("127.0.0.1", printer.port, 1)
        run_once(lambda: RecordingLine(way(), steps, 0.0), text=f"{CANARY} {PIN}")
    return steps


def scanned():
    code = f"https://{CANARY}/{PIN}\r".encode()
    return [recording.read(0, code[:11]), recording.read(1, code[11:])]


def typed_by(layout):
    keys = b"".join(key_record(*event) for event in typed(f"{CANARY}é{PIN}".encode(), layout))
    return [recording.typed(0, keys, SIGNS, KEY_X)]


def shown(card):
    badges = (Badge(CANARY, KEY.public_key()),)
    talking, steps = talk(badges, bytes(32), Pin(PIN)), []
    try:
        order = next(talking)
        while True:
            answer = card(order)
            steps += exchange(0, order, answer)
            order = talking.send(answer)
    except StopIteration:
        return steps


def over_t0(card):
    whole = OverT0(card)
    return lambda order: whole(for_t0(order))


def laid_on_the_glass():
    said = f"{CANARY} {PIN}\nProgress: 1.0%\n".encode()
    device = f"net:{CANARY}:{PIN}"
    order = document_recorded.asked(0, ["scanimage", f"--device-name={device}"], device)
    came = [(0, f"{device} {CANARY}".encode(), said[:7]), (1, b"", said[7:])]
    return [order, *document_recorded.scanned(came, device)]


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize(
    "record",
    [
        printed,
        scanned,
        lambda: typed_by(Layout.FRENCH),
        lambda: typed_by(Layout.US),
        lambda: shown(AgentBadge(CANARY, KEY, PIN.encode())),
        lambda: shown(over_t0(AgentBadge(CANARY, KEY, PIN.encode()))),
        laid_on_the_glass,
    ],
    ids=["printer", "scanner", "french-keys", "us-keys", "badge", "badge-over-t0", "document-scanner"],
)
def test_no_word_is_in_a_recording(record):
    steps = record()
    assert len(recording.encode(steps)) > 60
    assert not holds(CANARY, steps)
    assert not holds(PIN, steps)


@pytest.mark.parametrize("word", [CANARY, PIN])
def test_a_word_in_a_recording_would_be_found(word):
    assert holds(word, [recording.heard(0, b"before " + word.encode() + b" behind")])
    assert holds(word, [recording.heard(0, word[:6].encode()), recording.heard(1, word[6:].encode())])
    assert holds(word, [recording.heard(0, word[::-1].encode("utf-16-le"))])
    assert holds(word, [recording.heard(0, base64.b64encode(b"x" + word.encode() + b"behind"))])


def test_keys_stand_for_no_letter_but_one():
    [step] = typed_by(Layout.FRENCH)
    kept = bytes.fromhex(step.came)
    codes = {int.from_bytes(kept[at + 18 : at + 20], "little") for at in range(0, len(kept), 24) if kept[at + 16] == 1}
    assert codes <= SIGNS | {KEY_X}
    assert not re.search(rb"[1-9A-Za-z]{4}", kept.replace(bytes([KEY_X]), b""))
