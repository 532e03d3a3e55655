"""How a process queues its records: one commit at a time, on a thread of its own or on the caller's. Adapter.

Waiting callers share a commit: whatever has gathered while one was under way goes into the next, urgent and ordinary
records together. Each urgency has a lane of its own, in which one stream follows the other: a stream is one life of
this process, or less where the disk left it unknown what had been kept.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import structlog

from sync import clock, keys, lane
from sync.entry import Entry, EntryError, encode
from sync.lane_seal import LaneSeal
from sync.lock import AlreadyRunningError, Lock
from sync.outbox import OutboxError, OutboxFault
from sync.outbox.faults import fault_of
from sync.outbox.salvage import open_mended
from sync.records import Urgency, urgency
from sync.wakeup import Waker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from config.model import DeviceConfig
    from sync.outbox import Outbox
    from sync.records import Record

log = structlog.get_logger()
# One commit's worth: 256 rows are some 50 kB of write-ahead log.
_GROUP = 256
# Together about as long as a flush; eight producers then share one commit instead of two.
_LINGERS, _LINGER_S = 8, 0.00002
# Nothing was kept, or nothing can have been: the same records may be queued again, in streams of their own.
_TRY_AGAIN = (OutboxFault.SET_ASIDE, OutboxFault.DAMAGED)


@dataclass(slots=True)
class _Job:
    entry: Entry
    future: Future[None] | None = None
    done: bool = False
    error: BaseException | None = None

    def finish(self, error: BaseException | None) -> None:
        self.error, self.done = error, True
        if self.future is not None and error is not None:
            self.future.set_exception(error)
        elif self.future is not None:
            self.future.set_result(None)


class RecordWriter:
    """Queues records durably, in the order they were put, without making their producer wait for the disk.

    An outbox that cannot be opened, now or later, refuses each record with the reason and is tried again at the next:
    the screen lives without it.
    """

    def __init__(  # noqa: PLR0913  (what a process is made of, brought together in `open`)
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
        """Start the thread; `take_role` gives the lock that keeps others out of its lanes, where `lock` did not."""
        self._open_outbox = open_outbox
        self._outbox: Outbox | None = None
        self._limit_bytes = limit_bytes
        self._waker = Waker(wake_at)
        self._take_role = take_role
        self._lock = lock
        self._bug: BaseException | None = None
        self._lanes = {each: LaneSeal(device, lane.name(role, each), hub_key) for each in Urgency}
        self._jobs: deque[_Job] = deque()
        # Whoever holds it commits for all that wait.
        self._turn = threading.Lock()
        self._calls: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, config: DeviceConfig, role: str = "kiosk") -> Self:
        """Return the writer of a process in the `role` of which a device has one.

        Raises:
            KeyFileError: the hub's public key cannot be read.
            AlreadyRunningError: another process has this role.
        """
        hub_key = keys.load_opening_public(config.hub.opening_key_file)
        device, path = config.device, config.device.state_dir / "outbox.db"
        wake_at = device.run_dir / "wake.sock"

        def open_outbox() -> Outbox:
            return open_mended(path, device.name)

        def take_role() -> Lock:
            path.parent.mkdir(parents=True, exist_ok=True)
            return Lock(path.with_name(f"{role}-writer.lock"))

        lock = None
        with contextlib.suppress(OSError):  # said by the thread, which tries again
            lock = take_role()
        limit_bytes = config.outbox.limit_bytes
        return cls(open_outbox, device.name, hub_key, limit_bytes, wake_at, role=role, take_role=take_role, lock=lock)

    @property
    def ready(self) -> bool:
        """Whether the outbox is open, so that a record can be queued; any thread may ask."""
        return self._outbox is not None

    def put(self, record: Record) -> Future[None]:
        """Queue `record`; the future is done once it is on disk, or holds the `OutboxError`."""
        kept: Future[None] = Future()
        self._jobs.append(_Job(Entry(clock.now(), record), kept))
        self._calls.put(True)
        if self._bug is not None:
            self._give_up(self._bug)
        return kept

    def keep(self, record: Record) -> None:
        """Queue `record` and return once it is on disk; for a caller that may wait, which never is the one that paints.

        Raises:
            OutboxError: it was refused.
        """
        if not self._turn.acquire(blocking=False):
            self.put(record).result()  # the thread serves all who came while somebody committed
            return
        job = _Job(Entry(clock.now(), record))
        try:
            self._jobs.append(job)
            while not job.done:
                self._commit()
        finally:
            self._turn.release()
        if job.error is not None:
            raise job.error

    def close(self) -> None:
        """Finish what was put, and close the outbox."""
        self._calls.put(False)
        self._thread.join()
        self._close_outbox()
        self._waker.close()
        if self._lock is not None:
            self._lock.release()

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException as bug:
            # The process ends by it (`config.journal`); until then nobody waits for what will not come.
            self._bug = bug
            self._give_up(bug)
            raise

    def _give_up(self, bug: BaseException) -> None:
        while self._jobs:
            with contextlib.suppress(IndexError):  # another thread was quicker
                self._jobs.popleft().finish(bug)

    def _serve(self) -> None:
        with self._turn:
            try:
                self._opened()
            except OutboxError as error:
                log.error("outbox refused", fault=error.fault.name, reason=str(error))  # noqa: TRY400  (said in full)
        served = 0
        while self._calls.get():
            self._linger(served)
            with self._turn:
                served = self._commit() or served
        with self._turn:
            while self._jobs:
                self._commit()

    def _linger(self, served: int) -> None:
        """Let those whom the last commit served come back before the next: it costs less than a flush of their own."""
        for _ in range(_LINGERS if served > 1 else 0):
            if len(self._jobs) >= served:
                return
            time.sleep(_LINGER_S)

    def _commit(self) -> int:
        """Keep what waits, or the oldest of it; return how many that were."""
        taken = [self._jobs.popleft() for _ in range(min(len(self._jobs), _GROUP))]
        group = [(job, plain) for job in taken if (plain := _encoded(job)) is not None]
        if not group:
            return len(taken)
        try:
            error = self._refusal([(urgency(job.entry.record), plain) for job, plain in group])
        except BaseException as bug:
            for each in self._lanes.values():
                each.refused(outcome_known=False)
            for job, _ in group:
                job.finish(bug)
            raise
        for job, _ in group:
            job.finish(error)
        if error is None:
            self._waker.wake()
        return len(taken)

    def _refusal(self, records: Sequence[tuple[Urgency, bytes]]) -> OutboxError | None:
        """Keep `records`, and return why not if they were refused."""
        try:
            self._append(records)
        except OutboxError as error:
            if error.fault not in _TRY_AGAIN:
                return error
        else:
            return None
        try:
            self._append(records)
        except OutboxError as error:
            return error
        return None

    def _append(self, records: Sequence[tuple[Urgency, bytes]]) -> None:
        """Keep `records` in one commit; after a fault whose outcome is unknown no number is given again."""
        try:
            outbox = self._opened()
            for each, plain in records:
                self._lanes[each].seal(plain, outbox)
            batches = [batch for each in self._lanes.values() if (batch := each.batch())]
            outbox.append(batches, self._limit_bytes)
        except OutboxError as error:
            known = error.fault is OutboxFault.FULL
            for lane_seal in self._lanes.values():
                lane_seal.refused(outcome_known=known)
            if not known:
                self._close_outbox()
            raise
        for lane_seal in self._lanes.values():
            lane_seal.kept()

    def _opened(self) -> Outbox:
        if self._lock is None and self._take_role is not None:
            self._lock = _taken(self._take_role)
        if self._outbox is None:
            self._outbox = self._open_outbox()
        return self._outbox

    def _close_outbox(self) -> None:
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None


def _encoded(job: _Job) -> bytes | None:
    """Return what is to be sealed of a job's record, or None where it cannot be kept, which its producer is told."""
    try:
        return encode(job.entry)
    except EntryError as error:
        job.finish(OutboxError(OutboxFault.UNFIT, str(error)))
        return None


def _taken(take_role: Callable[[], Lock]) -> Lock:
    """Take the role which the disk, or another process, refused before: two writers of a lane would lose records."""
    try:
        return take_role()
    except OSError as error:
        raise OutboxError(
            fault_of(error, Path(error.filename or "/").parent), f"cannot lock the outbox: {error}"
        ) from error
    except AlreadyRunningError as error:
        raise OutboxError(OutboxFault.BUSY, str(error)) from error
