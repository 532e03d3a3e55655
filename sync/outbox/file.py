"""The outbox's file: which generation is in force, and its SQLite connection. Adapter.

A damaged file stays where it is and the next takes over: `outbox.db`, `outbox-2.db`, … the highest number is in force.
A live SQLite file is never renamed or unlinked: its write-ahead log goes by name. Every transaction holds `outbox.lock`
shared and asks whether there is a newer one first; whoever makes one holds it alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.whole_file import sync_directory
from sync.outbox import schema
from sync.outbox.faults import OutboxError, OutboxFault, fault_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Both measured by bench/outbox_disk.py on ext4, in bytes written a record, one commit each: 7.3 kB so; 8.7 kB with
# pages of 2048, 11.3 kB with 4096 (SQLite's default), 18.2 kB persist-queue. A commit writes whole pages, a row is 150.
PAGE_BYTES = 1024
# The log stops growing here: a commit that lengthens the file also writes the file system's journal (11.5 kB a record
# over the first 2,000 with 1,000 pages). A checkpoint then writes each page once for the some six rows that it holds.
CHECKPOINT_PAGES = 250
_BUSY_S = 10
# Owner and group write, nobody else reads.
_MODE = 0o660
# How long a salvage may take before others give up for now; 64 MB took 5 to 10 s on a PC.
_SALVAGE_S = 60
# Between two looks at a lock that another process holds; a salvage takes some 100 ms, anything else a few.
_LOOK_AGAIN_S = 0.002
_IN_MEMORY = ":memory:"


def generation_path(path: Path, generation: int) -> Path:
    """Return the file of a generation of the outbox named `path`."""
    return path if generation == 1 else path.with_name(f"{path.stem}-{generation}{path.suffix}")


def newest_generation(path: Path) -> int:
    """Return the generation in force; 1 where there is none yet.

    Raises:
        OSError: the directory cannot be read.
    """
    later = re.compile(re.escape(path.stem) + r"-(\d+)" + re.escape(path.suffix))
    found = (later.fullmatch(file.name) for file in path.parent.iterdir())
    return max((int(match[1]) for match in found if match), default=1)


def make_for_the_group(file: Path) -> None:
    """Let the other service, of another account, write to the file, made if absent: SQLite would let it only read.

    Raises:
        OSError: the disk refuses.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    try:
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and found.st_mode & 0o777 != _MODE:
            os.fchmod(descriptor, _MODE)
    finally:
        os.close(descriptor)


def outbox_exists(path: Path) -> bool:
    """Return whether any generation of the outbox named `path` is there."""
    return path.parent.is_dir() and generation_path(path, newest_generation(path)).exists()


def faults_path(path: Path, generation: int) -> Path:
    """Return the file in which faults of a generation are noted, a line each."""
    return generation_path(path, generation).with_suffix(".faults")


def note_fault(path: Path, generation: int, fault: OutboxFault) -> None:
    """Leave word of a fault for whoever opens the file next, as far as the disk takes it."""
    with contextlib.suppress(OSError), faults_path(path, generation).open("a") as file:
        file.write(f"{fault.name}\n")


class OutboxLock:
    """`outbox.lock`: shared by those who write rows, held alone by whoever makes a new generation."""

    def __init__(self, path: Path) -> None:
        """Open the lock of the outbox at `path`.

        Raises:
            OSError: it cannot be made.
        """
        lock = path.with_suffix(".lock")
        self._descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)

    def share(self) -> None:
        """Wait until nobody holds it alone.

        Raises:
            OutboxError: BUSY, somebody has held it for too long: a process that is stopped.
        """
        self._wait(fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait until nobody else holds it.

        Raises:
            OutboxError: BUSY, as in `share`.
        """
        self._wait(fcntl.LOCK_EX)

    def free(self) -> None:
        """Let go."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def turns(self) -> int:
        """Return a number that changes when a new generation has been made: the length of the file."""
        return os.fstat(self._descriptor).st_size

    def turn(self) -> None:
        """Tell whoever has the outbox open that a new generation is there."""
        os.ftruncate(self._descriptor, self.turns() + 1)

    def _wait(self, how: int) -> None:
        until_s: float | None = None
        while True:
            try:
                return fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
            except BlockingIOError:
                until_s = until_s or time.monotonic() + _SALVAGE_S
                if time.monotonic() >= until_s:
                    raise OutboxError(
                        OutboxFault.BUSY, f"the outbox: another process has held it for {_SALVAGE_S} s"
                    ) from None
                time.sleep(_LOOK_AGAIN_S)

    def close(self) -> None:
        """Let go for good."""
        os.close(self._descriptor)


class OutboxFile:
    """One connection to the generation in force."""

    generation: int
    _turns: int
    # The lock's turns of which whoever writes has been told: a look may have gone over to a newer file first.
    _told_turns: int

    def __init__(self, path: Path, device: str, connect: Callable[..., sqlite3.Connection]) -> None:
        """Open the newest generation of the outbox at `path`, made if absent.

        Raises:
            OutboxError: it cannot be opened, or is none of ours.
        """
        self._path = path
        self._device = device
        self._connect = connect
        self._lock: OutboxLock | None = None
        self._db: sqlite3.Connection | None = None
        try:
            if str(path) != _IN_MEMORY:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock = OutboxLock(path)
                self._lock.share()  # no newer generation can appear between the look for it and its opening
            self._open_newest()
            self._told_turns = self._turns
            if self._lock is not None:
                self._lock.free()
        except OSError as error:
            self._close_lock()
            raise OutboxError(
                fault_of(error, path.parent), f"cannot open the outbox {str(path)!r}: {error.strerror}"
            ) from error
        except BaseException:
            self._close_lock()
            raise

    @contextmanager
    def held(self, *, follow: bool) -> Iterator[sqlite3.Connection]:
        """Give the connection while no newer generation can appear; go there first if one has, and `follow` says so.

        Raises:
            OutboxError: what the disk refused; SET_ASIDE, once, where a newer generation has appeared.
        """
        if self._lock is not None:
            self._lock.share()
        try:
            yield self._in_force(follow=follow)
        except sqlite3.ProgrammingError:
            raise  # our own bug, never the disk's
        except OutboxError as error:
            self._note(error.fault)
            raise
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            fault = fault_of(error, self._path.parent)
            self._note(fault)
            raise OutboxError(fault, f"the outbox {self._name}: {error}") from error
        finally:
            if self._lock is not None:
                self._lock.free()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all or nothing in the generation in force.

        Raises:
            OutboxError: what the disk refused.
        """
        with self.held(follow=True) as db, schema.all_or_nothing(db):
            yield db

    def close(self) -> None:
        """Close the connection."""
        self._close_connection()
        self._close_lock()

    def _in_force(self, *, follow: bool) -> sqlite3.Connection:
        if self._lock is not None and self._lock.turns() != self._turns:
            self._close_connection()
            self._turns = self._lock.turns()
        if not follow and self._told_turns != self._turns:
            self._told_turns = self._turns
            raise OutboxError(OutboxFault.SET_ASIDE, "another file has taken the outbox's place: try again")
        return self._db or self._open_newest()

    def _open_newest(self) -> sqlite3.Connection:
        self._turns = self._lock.turns() if self._lock is not None else 0
        self.generation = newest_generation(self._path) if self._lock is not None else 1
        path = generation_path(self._path, self.generation)
        self._name = repr(str(path))
        db = None
        try:
            if self._lock is not None:
                make_for_the_group(path)
            # check_same_thread: a thread may close what its owner made; no two threads use one at a time.
            db = self._connect(path, isolation_level=None, timeout=_BUSY_S, check_same_thread=False)
            db.execute(f"PRAGMA page_size={PAGE_BYTES}")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            schema.migrate(db, self._device)
            if self._lock is not None:  # whoever made the file may have been killed before its name was durable
                sync_directory(path.parent)
        except (sqlite3.Error, OSError, UnicodeDecodeError, OutboxError) as error:
            if db is not None:
                db.close()
            fault = error.fault if isinstance(error, OutboxError) else fault_of(error, self._path.parent)
            raise OutboxError(fault, f"cannot open the outbox {self._name}: {error}") from error
        self._db = db
        return db

    def _note(self, fault: OutboxFault) -> None:
        """Leave word for whoever opens the file next (see `salvage`); a disk that takes no word takes no rows."""
        if fault in {OutboxFault.DAMAGED, OutboxFault.IO} and self._lock is not None:
            note_fault(self._path, self.generation, fault)

    def _close_connection(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _close_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
