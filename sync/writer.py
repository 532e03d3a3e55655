"""The one thread through which a process queues its records.

Waiting callers share a commit: whatever has gathered while one was under way goes into the next.
"""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

import structlog

from sync import clock, keys
from sync.chain import STREAM_BYTES
from sync.entry import Entry, encode
from sync.outbox import Outbox, OutboxError, OutboxFault
from sync.seal import STREAM_KEY_BYTES, Predecessor, StreamSeal
from sync.wakeup import wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from config.model import DeviceConfig
    from sync.chain import Row
    from sync.records import Record

log = structlog.get_logger()
# One commit's worth: 256 rows are some 50 kB of write-ahead log.
_GROUP = 256
_Job = tuple[Entry, Future[None]]


class RecordWriter:
    """Queues records durably, in the order they were put, without making their producer wait for the disk.

    An outbox that cannot be opened, now or later, refuses each record with the reason and is tried again at the next:
    the screen lives without it.
    """

    def __init__(
        self, open_outbox: Callable[[], Outbox], device: str, hub_key: X25519PublicKey, limit_bytes: int, wake_at: Path
    ) -> None:
        self._open_outbox = open_outbox
        self._outbox: Outbox | None = None
        self._device = device
        self._hub_key = hub_key
        self._limit_bytes = limit_bytes
        self._wake_at = wake_at
        self._begin_stream()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, config: DeviceConfig) -> Self:
        """Return a writer to the device's outbox.

        Raises:
            KeyFileError: the hub's public key cannot be read.
        """
        hub_key = keys.load_opening_public(config.hub.opening_key_file)
        device = config.device

        def open_outbox() -> Outbox:
            return Outbox.open(device.state_dir / "outbox.db", device.name)

        return cls(open_outbox, device.name, hub_key, config.outbox.limit_bytes, device.run_dir / "wake.sock")

    def put(self, record: Record) -> Future[None]:
        """Queue `record`; the future is done once it is on disk, or holds the `OutboxError`."""
        kept: Future[None] = Future()
        self._jobs.put((Entry(clock.now(), record), kept))
        return kept

    def close(self) -> None:
        """Finish what was put, and close the outbox."""
        self._jobs.put(None)
        self._thread.join()
        self._close_outbox()

    def _run(self) -> None:
        try:
            self._opened()
        except OutboxError as error:
            log.error("outbox refused", fault=error.fault.name, reason=str(error))  # noqa: TRY400  (said in full)
        while True:
            group, more = self._gather()
            if group:
                self._commit(group)
            if not more:
                return

    def _gather(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take what else is there; the flag is false once the writer is closed."""
        group: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) == _GROUP:
                return group, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, group: list[_Job]) -> None:
        try:
            outbox = self._opened()
            rows = [] if self._last_seq else [self._opening(outbox)]
            for entry, _ in group:
                rows.append(self._seal.seal(self._last_seq + len(rows) + 1, encode(entry)))
            outbox.append(self._seal.stream, rows, self._limit_bytes)
        except OutboxError as error:
            if error.fault is OutboxFault.DISK:
                # Whether the commit reached the disk is unknown: a number must not be given twice.
                self._begin_stream()
                self._close_outbox()
            for _, kept in group:
                kept.set_exception(error)
            return
        self._last_seq += len(rows)
        for _, kept in group:
            kept.set_result(None)
        wake(self._wake_at)

    def _opened(self) -> Outbox:
        if self._outbox is None:
            self._outbox = self._open_outbox()
        return self._outbox

    def _close_outbox(self) -> None:
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None

    def _begin_stream(self) -> None:
        self._seal = StreamSeal(
            self._device, os.urandom(STREAM_BYTES), os.urandom(STREAM_KEY_BYTES), "kiosk.ordinary", clock.now().boot
        )
        self._last_seq = 0

    def _opening(self, outbox: Outbox) -> Row:
        before = outbox.streams()
        last = before[-1] if before else None
        previous = Predecessor(last.stream, last.last.seq, last.last.chain) if last else None
        return self._seal.opening(self._hub_key, previous)
