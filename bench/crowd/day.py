"""A device's day, sealed, chained and signed by the product's own code. No I/O; the caller brings the keys."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from road.samples import entries

from crowd.device import Day, SentFrame
from sync import chain, frame
from sync.entry import encode
from sync.frame import Birth, Reach
from sync.seal import OPENING_SEQ

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from sync.seal import StreamSeal

_FRAME_ROWS = 100


def sealed_day(seal: StreamSeal, device_key: Ed25519PrivateKey, hub_key: X25519PublicKey, records: int) -> Day:
    """Return a day of `records` records of one stream, and the birth which announces it."""
    rows = [seal.opening(hub_key, None)]
    plain = (encode(entry) for entry in entries(records, Random(seal.device)))
    rows += [seal.seal(OPENING_SEQ + n, entry) for n, entry in enumerate(plain, 1)]
    tip = chain.start(seal.device, seal.stream)
    frames = []
    for first in range(0, len(rows), _FRAME_ROWS):
        batch = tuple(rows[first : first + _FRAME_ROWS])
        signed = frame.encode_frame(frame.make_frame(seal.device, seal.stream, tip.chain, batch), device_key)
        for row in batch:
            tip = tip.after(row)
        frames.append(SentFrame(tip.seq, signed))
    hello = Birth(frame.BIRTH_VERSION, seal.device, online=True, reaches={seal.stream: Reach(tip.seq, 0)})
    birth = frame.encode_birth(hello, device_key)
    return Day(seal.device, seal.stream, birth, tuple(frames), tip, records)
