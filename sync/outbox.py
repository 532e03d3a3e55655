"""What waits on the device for the hub: sealed rows in SQLite.

Two processes write: each appends its own streams, and sync notes what the hub has confirmed. WAL with
`synchronous=FULL`: when `append` has returned, the rows survive a cut of power.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Self

from sync.chain import Row, Tip, start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

VERSION = 1
# "GuOb", so that a file of another kind is not taken for an outbox (SQLite, PRAGMA application_id).
_APPLICATION_ID = 0x47754F62
# A row is some 200 bytes: small pages write less around it on each commit (8 kB a record against 13 with 4 kB pages).
_PAGE_BYTES = 1024
_SCHEMA = """
CREATE TABLE streams(
    id INTEGER PRIMARY KEY,
    stream BLOB NOT NULL UNIQUE,
    last_seq INTEGER NOT NULL,
    last_chain BLOB NOT NULL,
    stored_seq INTEGER NOT NULL,
    stored_chain BLOB NOT NULL,
    forked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE rows(
    stream_id INTEGER NOT NULL REFERENCES streams(id),
    seq INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    queued_s INTEGER NOT NULL,
    PRIMARY KEY (stream_id, seq)
) WITHOUT ROWID;
"""


class OutboxFault(Enum):
    """Why the outbox could not do what it was asked. The front end owns the words."""

    FULL = auto()
    DISK = auto()
    NOT_AN_OUTBOX = auto()
    OTHER_VERSION = auto()


class OutboxError(Exception):
    """The outbox could not keep or give rows; `fault` says why. Nothing was half done."""

    def __init__(self, fault: OutboxFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class Confirmation(Enum):
    """What the hub's word about a stream came to."""

    CONFIRMED = auto()
    KNOWN = auto()
    BEHIND = auto()
    FORKED = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of the outbox: how far it reaches, and how far the hub has it."""

    stream: bytes
    last: Tip
    stored: Tip
    forked: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What waits: rows the hub has not confirmed (openings of streams not counted), and since when (Unix seconds)."""

    waiting: int
    since_s: int | None
    confirmed: int
    forked_streams: int


class Outbox:
    """One connection to the outbox; each thread that uses it opens its own."""

    def __init__(self, connection: sqlite3.Connection, device: str) -> None:
        self._db = connection
        self._device = device

    @classmethod
    def open(cls, path: Path, device: str) -> Self:
        """Open the outbox at `path`, made if absent.

        Raises:
            OutboxError: the file cannot be opened, or is none of ours.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = not path.exists()
            # check_same_thread: a thread may close what its owner made; no two threads use one at a time.
            db = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            db.execute(f"PRAGMA page_size={_PAGE_BYTES}")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA foreign_keys=ON")
            _migrate(db, path)
            if new:
                _sync_directory(path.parent)
        except sqlite3.DatabaseError as error:
            fault = OutboxFault.DISK if isinstance(error, sqlite3.OperationalError) else OutboxFault.NOT_AN_OUTBOX
            raise OutboxError(fault, f"cannot open the outbox {str(path)!r}: {error}") from error
        except OSError as error:
            raise OutboxError(OutboxFault.DISK, f"cannot open the outbox {str(path)!r}: {error.strerror}") from error
        return cls(db, device)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def append(self, stream: bytes, rows: Sequence[Row], limit_bytes: int) -> None:
        """Keep `rows`, the next of `stream`; on return they are on disk.

        Raises:
            OutboxError: FULL (more than `limit_bytes` would wait), or DISK; then none of the rows is kept.
        """
        now_s = int(time.time())
        with self._transaction():
            if self._used_bytes() > limit_bytes:
                self._forget_stored(0)
                if self._used_bytes() > limit_bytes:
                    raise OutboxError(OutboxFault.FULL, f"the outbox holds its {limit_bytes} bytes")
            known = self._db.execute(
                "SELECT id, last_seq, last_chain FROM streams WHERE stream=?", (stream,)
            ).fetchone()
            tip = Tip(known[1], known[2]) if known else start(self._device, stream)
            begin = tip
            for row in rows:
                tip = tip.after(row)
            if known:
                stream_id = known[0]
                self._db.execute(
                    "UPDATE streams SET last_seq=?, last_chain=? WHERE id=?", (tip.seq, tip.chain, stream_id)
                )
            else:
                stream_id = self._db.execute(
                    "INSERT INTO streams(stream, last_seq, last_chain, stored_seq, stored_chain) VALUES(?,?,?,?,?)",
                    (stream, tip.seq, tip.chain, begin.seq, begin.chain),
                ).lastrowid
            self._db.executemany(
                "INSERT INTO rows VALUES(?,?,?,?,?)",
                [(stream_id, row.seq, row.nonce, row.sealed, now_s) for row in rows],
            )

    def streams(self) -> tuple[Stream, ...]:
        """Return every stream, oldest first."""
        found = self._read(
            "SELECT stream, last_seq, last_chain, stored_seq, stored_chain, forked FROM streams ORDER BY id"
        )
        return tuple(Stream(s, Tip(ls, lc), Tip(ss, sc), bool(f)) for s, ls, lc, ss, sc, f in found)

    def rows(self, stream: bytes, first_seq: int, limit: int) -> tuple[Row, ...]:
        """Return at most `limit` rows of `stream` from `first_seq` on, in order."""
        found = self._read(
            "SELECT seq, nonce, sealed FROM rows WHERE stream_id=(SELECT id FROM streams WHERE stream=?)"
            " AND seq>=? ORDER BY seq LIMIT ?",
            (stream, first_seq, limit),
        )
        return tuple(Row(*row) for row in found)

    def confirm(self, stream: bytes, tip: Tip) -> Confirmation:
        """Take the hub's word that it has `stream` up to `tip`, if the chain there is our own.

        A tip that our own rows do not lead to marks the stream as forked: its rows stay, and are not sent again.
        """
        with self._transaction():
            found = self._db.execute(
                "SELECT id, stored_seq, stored_chain FROM streams WHERE stream=?", (stream,)
            ).fetchone()
            if found is None or tip.seq <= found[1]:
                return Confirmation.KNOWN
            stream_id, seq, chain = found
            ours = Tip(seq, chain)
            for row in self._db.execute(
                "SELECT seq, nonce, sealed FROM rows WHERE stream_id=? AND seq>? AND seq<=? ORDER BY seq",
                (stream_id, seq, tip.seq),
            ):
                ours = ours.after(Row(*row))
            if ours != tip:
                self._db.execute("UPDATE streams SET forked=1 WHERE id=?", (stream_id,))
                return Confirmation.FORKED
            self._store_tip(stream_id, tip)
            return Confirmation.CONFIRMED

    def rewind(self, stream: bytes, tip: Tip) -> Confirmation:
        """Take the word of a hub that came back with less than it had, as after a restored backup: owe it the rest.

        LOST says that rows between the hub's tip and ours were forgotten here: a gap, to be named.
        """
        with self._transaction():
            found = self._db.execute("SELECT id, stored_seq FROM streams WHERE stream=?", (stream,)).fetchone()
            if found is None or tip.seq >= found[1]:
                return Confirmation.KNOWN
            stream_id = found[0]
            first = self._db.execute("SELECT min(seq) FROM rows WHERE stream_id=?", (stream_id,)).fetchone()[0]
            if first is None or first > tip.seq + 1:
                return Confirmation.LOST
            self._store_tip(stream_id, tip)
            return Confirmation.BEHIND

    def forget_stored(self, keep_bytes: int) -> None:
        """Delete confirmed rows beyond `keep_bytes`, oldest first: kept ones can serve a hub restored from a backup."""
        with self._transaction():
            self._forget_stored(keep_bytes)

    def summary(self) -> Summary:
        """Return what waits and what the hub has confirmed."""
        waiting, since_s = self._read(
            "SELECT count(*), min(queued_s) FROM rows JOIN streams ON id=stream_id WHERE seq>stored_seq AND seq>1"
        )[0]
        confirmed, forked = self._read("SELECT total(max(stored_seq-1, 0)), total(forked) FROM streams")[0]
        return Summary(waiting, since_s, int(confirmed), int(forked))

    def _store_tip(self, stream_id: int, tip: Tip) -> None:
        self._db.execute("UPDATE streams SET stored_seq=?, stored_chain=? WHERE id=?", (tip.seq, tip.chain, stream_id))

    def _used_bytes(self) -> int:
        pages, free = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        return int(pages - free) * _PAGE_BYTES

    def _forget_stored(self, keep_bytes: int) -> None:
        excess = self._db.execute(
            "SELECT total(length(sealed)) FROM rows JOIN streams ON id=stream_id WHERE seq<=stored_seq"
        ).fetchone()[0]
        if excess <= keep_bytes:
            return
        for stream_id, seq, size in self._db.execute(
            "SELECT stream_id, seq, length(sealed) FROM rows JOIN streams ON id=stream_id WHERE seq<=stored_seq"
            " ORDER BY stream_id, seq"
        ).fetchall():
            if excess <= keep_bytes:
                break
            self._db.execute("DELETE FROM rows WHERE stream_id=? AND seq=?", (stream_id, seq))
            excess -= size

    def _read(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise OutboxError(OutboxFault.DISK, f"cannot read the outbox: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all or nothing; a disk's refusal becomes an `OutboxError`."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            raise OutboxError(OutboxFault.DISK, f"cannot write the outbox: {error}") from error


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a new file to the present schema, in one transaction; refuse a file of another kind or version."""
    db.execute("BEGIN IMMEDIATE")
    version, kind = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
    empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if empty:
        for statement in _SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={VERSION}")
    db.execute("COMMIT")
    if not empty and kind != _APPLICATION_ID:
        raise OutboxError(OutboxFault.NOT_AN_OUTBOX, f"{str(path)!r} is a database, but no outbox")
    if not empty and version != VERSION:
        raise OutboxError(OutboxFault.OTHER_VERSION, f"the outbox {str(path)!r} is of version {version}, not {VERSION}")


def _sync_directory(path: Path) -> None:
    """Make the names in a directory durable: a new file's name is not, until its directory is flushed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
