"""Opening the outbox so that damage does not stop it. Adapter.

What can be read of a damaged file is carried over into the next generation, under its old numbers; numbers that nobody
can read any more are noted as lost, so that the hub is told. The last damaged file stays, for whoever wants to look.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from config.whole_file import sync_directory
from sync.outbox.check import number_and_seq, stream_from
from sync.outbox.faults import OutboxError, OutboxFault, fault_of
from sync.outbox.file import (
    PAGE_BYTES,
    OutboxLock,
    faults_path,
    generation_path,
    make_for_the_group,
    newest_generation,
    note_fault,
)
from sync.outbox.outbox import Outbox
from sync.outbox.schema import all_or_nothing, create
from sync.outbox.sqlite_log import commits_beyond_damage, frames
from sync.outbox.sqlite_pages import records
from sync.outbox.tables import insert_lost, insert_name, insert_rows, known_epoch, save_meta, save_stream
from sync.outbox.wreck import Account, Wreck, account, explore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.outbox.check import Stream

log = structlog.get_logger()
# A read that failed may succeed the next time; one that failed so often will not.
_IO_FAULTS = 3
# What reading a damaged file raises; the second where the words of SQLite's own message are damaged.
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
# A cut of power tears one commit at most.
_TORN_COMMITS = 1


def open_mended(path: Path, device: str, *, connect: Callable[..., sqlite3.Connection] = sqlite3.connect) -> Outbox:
    """Open the outbox at `path`, in a new generation where the present one is damaged.

    Raises:
        OutboxError: it cannot be opened, and what there is cannot be carried over.
    """
    with _alone(path) as lock:
        _set_aside_where_noted(path, device, lock)
        generation = newest_generation(path)
    try:
        return _checked(Outbox.open(path, device, connect=connect))
    except OutboxError as error:
        if error.fault is not OutboxFault.DAMAGED:
            raise
        why = str(error)
    with _alone(path) as lock:
        if newest_generation(path) == generation:
            _set_aside(path, device, lock, None, why)
    return Outbox.open(path, device, connect=connect)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[OutboxLock]:
    """Keep everybody from the outbox for a while."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = OutboxLock(path)
        try:
            lock.take()
            yield lock
        finally:
            lock.close()
    except (OSError, sqlite3.Error) as error:
        raise OutboxError(
            fault_of(error, path.parent), f"cannot open or mend the outbox {str(path)!r}: {error}"
        ) from error


def _checked(outbox: Outbox) -> Outbox:
    try:
        outbox.check()
    except BaseException:
        outbox.close()
        raise
    return outbox


def _set_aside_where_noted(path: Path, device: str, lock: OutboxLock) -> None:
    generation = newest_generation(path)
    file = generation_path(path, generation)
    if not file.exists():
        return
    noted: Counter[str] = Counter()
    with contextlib.suppress(OSError):
        noted.update(faults_path(path, generation).read_text(encoding="ascii").split())
    if noted[OutboxFault.DAMAGED.name] or noted[OutboxFault.IO.name] >= _IO_FAULTS:
        _set_aside(path, device, lock, None, "it was found damaged")
        return
    log_found = _read_log(file)
    if log_found.content and (log_found.unreadable or _stops_short(file, log_found.content)):
        _set_aside(path, device, lock, log_found, "its write-ahead log is damaged")


def _stops_short(file: Path, written: bytes) -> bool:
    """Return whether the write-ahead log holds rows that SQLite no longer sees, and no cut of power explains it."""
    reached: dict[int, int] = {}
    for frame in frames(written, PAGE_BYTES):
        if frame.current:
            for row_id, values in records(frame.page, frame.page_number, lambda _: None):
                if row_id is not None and len(values) == 6:  # noqa: PLR2004  (a row's columns)
                    number, seq = number_and_seq(row_id)
                    reached[number] = max(seq, reached.get(number, 0))
    try:
        with contextlib.closing(_for_looking(file)) as db:
            known = all(_knows(db, number, seq) for number, seq in reached.items())
    except (*_UNREADABLE, TypeError):  # a damaged page gives values that no column has
        known = False
    return not known and commits_beyond_damage(written, PAGE_BYTES) > _TORN_COMMITS


def _knows(db: sqlite3.Connection, number: int, seq: int) -> bool:
    found = db.execute("SELECT kept_from, last_seq FROM streams WHERE number=?", (number,)).fetchone()
    if found is None:
        # Finished and dropped long ago, or never seen: only then is its number the highest.
        newest = db.execute("SELECT coalesce(max(number), 0) FROM streams").fetchone()[0]
        return bool(number <= newest)
    last = db.execute("SELECT max(id) FROM rows WHERE id < ?", ((number + 1) << 40,)).fetchone()[0]
    return bool(seq < found[0] or (last is not None and number_and_seq(last) >= (number, seq)))


def _set_aside(path: Path, device: str, lock: OutboxLock, log_found: _Log | None, why: str) -> None:
    """Make the next generation from what the present one still gives; `lock` is held alone.

    Raises:
        OSError, sqlite3.Error: the disk refuses; the present generation stays in force.
    """
    generation = newest_generation(path)
    file = generation_path(path, generation)
    note_fault(path, generation, OutboxFault.DAMAGED)  # so that whoever comes after a cut sees it, too
    log_found = log_found or _read_log(file)
    wreck = explore(_pages(file), log_found.content, PAGE_BYTES)
    if log_found.unreadable:  # whatever was written last may have stood there
        wreck.tear(wreck.numbers(), log_found.unreadable)
    sure = _sure(file, wreck.numbers())
    found = [account(wreck, number, sure.get(number), device) for number in wreck.numbers()]
    accounts = _one_per_name([each for each in found if each is not None])
    fresh = file.with_name(f"{path.stem}.new")
    try:
        _build(fresh, accounts, wreck)
        # First, so that nobody who has the old file open can miss the new one, wherever this ends.
        lock.turn()
        fresh.rename(generation_path(path, generation + 1))
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
    _remove(path, generation - 1)
    log.error(
        "outbox set aside",
        file=str(file),
        reason=why,
        rows=sum(len(each.rows) for each in accounts),
        lost=sum(last - first + 1 for each in accounts for first, last in each.lost),
    )


def _remove(path: Path, generation: int) -> None:
    """Remove a generation set aside long ago: damage upon damage must not fill the disk. Its number never returns."""
    if generation >= 1:
        file = generation_path(path, generation)
        for each in (_log_path(file), file.with_name(file.name + "-shm"), file, faults_path(path, generation)):
            each.unlink(missing_ok=True)


def _build(file: Path, accounts: list[Account], wreck: Wreck) -> None:
    file.unlink(missing_ok=True)
    make_for_the_group(file)
    db = sqlite3.connect(file, isolation_level=None)
    try:
        db.execute(f"PRAGMA page_size={PAGE_BYTES}")
        db.execute("PRAGMA journal_mode=OFF")  # it has no name yet: made whole, or not at all
        with all_or_nothing(db):
            create(db)
            for each in accounts:
                save_stream(db, each.stream)
                insert_name(db, each.stream)
                insert_rows(db, each.stream, each.rows)
                insert_lost(db, each.stream.number, each.lost)
            for name, value in wreck.meta.items():
                save_meta(db, name, value)
            # What was confirmed in an epoch shows that the hub has got so far: an answer of an older one is void.
            epochs = (known_epoch(db), *(each.stream.epoch for each in accounts))
            save_meta(db, "epoch", max(epochs).to_bytes(8, "big"))
    finally:
        db.close()
    with file.open("rb") as made:
        os.fsync(made.fileno())


def _one_per_name(accounts: list[Account]) -> list[Account]:
    """Of two numbers that a damaged index gives one name, keep the one under which rows are."""
    best: dict[bytes, Account] = {}
    for each in accounts:
        known = best.get(each.stream.stream)
        if known is None or len(each.rows) > len(known.rows):
            best[each.stream.stream] = each
    return [each for each in accounts if best[each.stream.stream] is each]


def _sure(file: Path, numbers: list[int]) -> dict[int, Stream]:
    """Return what SQLite still tells of streams: the newest notes, which a page by itself cannot show to be so."""
    found: dict[int, Stream] = {}
    with contextlib.suppress(*_UNREADABLE), contextlib.closing(_for_looking(file)) as db:
        for number in numbers:
            with contextlib.suppress(*_UNREADABLE):
                values = db.execute("SELECT * FROM streams WHERE number=?", (number,)).fetchone()
                stream = stream_from(values) if values else None
                if stream is not None:
                    found[number] = stream
    return found


def _for_looking(file: Path) -> sqlite3.Connection:
    """Open a file that may be damaged so that nothing of it changes.

    The last connection to close, if it may write, takes over what it believes of the write-ahead log and deletes the
    log, with every row beyond a damaged frame.
    """
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _pages(file: Path) -> dict[int, bytes]:
    """Return the pages that the disk still gives."""
    pages = {}
    with file.open("rb", buffering=0) as source:
        for number in range(1, os.fstat(source.fileno()).st_size // PAGE_BYTES + 1):
            with contextlib.suppress(OSError):
                pages[number] = os.pread(source.fileno(), PAGE_BYTES, (number - 1) * PAGE_BYTES)
    return {number: page for number, page in pages.items() if len(page) == PAGE_BYTES}


@dataclass(frozen=True, slots=True)
class _Log:
    """A write-ahead log as the disk still gives it: zeros where it does not, and how many pages' worth that is."""

    content: bytes
    unreadable: int


def _read_log(file: Path) -> _Log:
    parts, unreadable = [], 0
    with contextlib.suppress(FileNotFoundError), _log_path(file).open("rb", buffering=0) as source:
        for at in range(0, os.fstat(source.fileno()).st_size, PAGE_BYTES):
            try:
                parts.append(os.pread(source.fileno(), PAGE_BYTES, at))
            except OSError:
                parts.append(bytes(PAGE_BYTES))
                unreadable += 1
    return _Log(b"".join(parts), unreadable)


def _log_path(file: Path) -> Path:
    return file.with_name(file.name + "-wal")
