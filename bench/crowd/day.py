"""A device's day, sealed, chained and signed by the product's own code. No I/O; the caller brings keys and randomness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowd.device import Day, SentFrame

from sync import chain, frame
from sync.frame import Birth
from sync.records import Entry, Moment, ReceiptContent, ReceiptRequested, encode
from sync.seal import OPENING_SEQ, StreamSeal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

_FRAME_ROWS = 100
_BOOT = "9d0c7c1e-5a51-4bb0-8f0e-2f4f3f6a9d10"
# Eight hours of opening: a record every few minutes.
_SECOND_NS = 1_000_000_000
_OPENED_S = 1_764_000_000.0


def sealed_day(seal: StreamSeal, device_key: Ed25519PrivateKey, hub_key: X25519PublicKey, records: int) -> Day:
    """Return a day of `records` records of one stream, and the birth which announces it."""
    rows = [seal.opening(hub_key, None)]
    rows += [seal.seal(OPENING_SEQ + n, _record(n)) for n in range(1, records + 1)]
    tip = chain.start(seal.device, seal.stream)
    frames = []
    for first in range(0, len(rows), _FRAME_ROWS):
        batch = tuple(rows[first : first + _FRAME_ROWS])
        signed = frame.encode_frame(frame.make_frame(seal.device, seal.stream, tip.chain, batch), device_key)
        for row in batch:
            tip = tip.after(row)
        frames.append(SentFrame(tip.seq, signed))
    hello = Birth(frame.VERSION, seal.device, online=True, last_seq={seal.stream: tip.seq})
    birth = frame.encode_birth(hello, device_key)
    return Day(seal.device, seal.stream, birth, tuple(frames), tip, records)


def _record(number: int) -> bytes:
    since_s = number * 600
    time = Moment(_BOOT, since_s * _SECOND_NS, _OPENED_S + since_s, synchronised=True)
    return encode(Entry(time, ReceiptRequested(f"F{14_000 + number}", ReceiptContent.SHEET)))
