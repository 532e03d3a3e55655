"""One lane of a writing process: its present stream, and the rows sealed but not yet kept.

Adapter: asks for randomness, and the outbox for what was there before. No number or nonce is given twice: numbers
follow what the outbox has acknowledged, and where that is unknown the stream ends and the next begins, under a key of
its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync import clock
from sync.chain import STREAM_BYTES, start
from sync.outbox import Batch
from sync.seal import STREAM_KEY_BYTES, Predecessor, StreamSeal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from sync.chain import Row
    from sync.outbox import Outbox


class LaneSeal:
    """Seals the records of one lane; `kept` or `refused` follows each `batch`."""

    def __init__(self, device: str, lane: str, hub_key: X25519PublicKey) -> None:
        self._device = device
        self._lane = lane
        self._hub_key = hub_key
        self._boot = clock.now().boot
        # The stream before, as this process left it: the outbox may have lost its end.
        self._left: Predecessor | None = None
        self._rows: list[Row] = []
        self._seal = self._new_seal()
        self._tip = start(device, self._seal.stream)

    def seal(self, plain: bytes, outbox: Outbox) -> None:
        """Add a record's bytes to the batch.

        Raises:
            OutboxError: what the stream's first row must say cannot be read.
        """
        if self._tip.seq == 0 and not self._rows:
            self._rows.append(self._seal.opening(self._hub_key, self._previous(outbox)))
        self._rows.append(self._seal.seal(self._tip.seq + len(self._rows) + 1, plain))

    def batch(self) -> Batch | None:
        """Return what there is to keep."""
        return Batch(self._seal.stream, self._lane, self._rows, self._left) if self._rows else None

    def kept(self) -> None:
        """Note that the batch is on disk."""
        for row in self._rows:
            self._tip = self._tip.after(row)
        self._rows = []

    def refused(self, *, outcome_known: bool) -> None:
        """Note that the batch was refused; unless it is known that none of it was kept, the stream ends here."""
        self._rows = []
        if outcome_known:
            return
        if self._tip.seq:
            self._left = Predecessor(self._seal.stream, self._tip.seq, self._tip.chain)
        self._seal = self._new_seal()
        self._tip = start(self._device, self._seal.stream)

    def _new_seal(self) -> StreamSeal:
        key = os.urandom(STREAM_KEY_BYTES)
        return StreamSeal(self._device, os.urandom(STREAM_BYTES), key, self._lane, self._boot)

    def _previous(self, outbox: Outbox) -> Predecessor | None:
        """Return the lane's stream before this, by its fullest account: the outbox's, or our own memory.

        What the outbox has lost whole is named all the same: then the hub sees that it never came.
        """
        last, left = outbox.last_of(self._lane), self._left
        if left is not None and outbox.stream(left.stream) is None:
            return left
        if last is not None and left is not None and last.stream == left.stream and last.seq < left.seq:
            return left
        return last or left
