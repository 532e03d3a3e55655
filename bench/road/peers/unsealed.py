"""Our own road without its seal: rows hold the compressed record as it is. Only the bench has such a writer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bench.road.peers.ours import main
from sync import lane
from sync.chain import STREAM_BYTES, Row
from sync.lane_seal import LaneSeal
from sync.records import Urgency
from sync.seal import STREAM_KEY_BYTES, StreamSeal
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from sync.lock import Lock
    from sync.outbox import Outbox


class _NoSeal(StreamSeal):
    def seal(self, seq: int, plain: bytes) -> Row:
        self._operations += 1
        return Row(seq, self._operations, plain)


class _OpenLane(LaneSeal):
    def _new_seal(self) -> StreamSeal:
        key = os.urandom(STREAM_KEY_BYTES)
        return _NoSeal(self._device, os.urandom(STREAM_BYTES), key, self._lane, self._boot)


class UnsealedWriter(RecordWriter):
    """Queues rows which anybody can read."""

    def __init__(  # noqa: PLR0913  (as its parent)
        self,
        open_outbox: Callable[[], Outbox],
        device: str,
        hub_key: X25519PublicKey,
        limit_bytes: int,
        wake_at: Path,
        *,
        role: str = "kiosk",
        take_role: Callable[[], Lock] | None = None,
        lock: Lock | None = None,
    ) -> None:
        super().__init__(open_outbox, device, hub_key, limit_bytes, wake_at, role=role, take_role=take_role, lock=lock)
        # Nothing has been put yet, so the thread has not looked at its lanes.
        self._lanes = {each: _OpenLane(device, lane.name(role, each), hub_key) for each in Urgency}


if __name__ == "__main__":
    main(UnsealedWriter)
