"""The outbox's tables, by version, and the way from one to the next. Adapter: runs SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from sync.chain import Row, Tip, start
from sync.outbox.check import OLD_LANE, Stream, key, name_row, row_check, row_values, stream_from, stream_values
from sync.outbox.faults import OutboxError, OutboxFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSION = 3
# "GuOb", so that a file of another kind is not taken for an outbox (SQLite, PRAGMA application_id).
APPLICATION_ID = 0x47754F62
# A row is found by `number << 40 | seq`: one tree, to whose end a stream's rows are added, so that one record costs
# one page. `last_seq` is empty while the stream may grow: its rows say how far it reaches. Every row but
# those of `lost` carries its CRC-32 (`sync.outbox.check`). The row of seq 0 says its stream's name and lane.
# Another word here is another version: a file that says otherwise is set aside.
_STREAMS = """
CREATE TABLE streams(
    number INTEGER PRIMARY KEY,
    stream BLOB NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    last_seq INTEGER,
    last_chain BLOB,
    stored_seq INTEGER NOT NULL,
    stored_chain BLOB NOT NULL,
    kept_from INTEGER NOT NULL,
    forked INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    crc INTEGER NOT NULL
);
CREATE INDEX by_lane ON streams(lane, number);
CREATE INDEX unsent ON streams(number) WHERE NOT forked AND (last_seq IS NULL OR stored_seq < last_seq);
CREATE INDEX forgettable ON streams(number) WHERE kept_from <= stored_seq;
CREATE INDEX by_turn ON streams(turn);
CREATE INDEX broken ON streams(number) WHERE damaged;
"""
_INDEXES_OF_2 = ("by_lane", "unsent", "forgettable")
_REST = """
CREATE TABLE rows(
    id INTEGER PRIMARY KEY,
    nonce INTEGER NOT NULL,
    queued_s INTEGER NOT NULL,
    chain BLOB NOT NULL,
    sealed BLOB NOT NULL,
    crc INTEGER NOT NULL
);
CREATE TABLE lost(
    number INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (number, first_seq)
) WITHOUT ROWID;
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
"""


_INSERT_ROW = "INSERT INTO rows VALUES(?,?,?,?,?,?)"
_INSERT_STREAM = f"INSERT INTO streams VALUES({','.join('?' * 13)})"


def migrate(db: sqlite3.Connection, device: str) -> None:
    """Bring a new or older file to the present schema, each step in one transaction with its number.

    Raises:
        OutboxError: NOT_AN_OUTBOX, OTHER_VERSION or DAMAGED; the file is untouched.
        sqlite3.Error: the file cannot be read or written.
    """
    if _is_of_this_version(db):
        _check_definitions(db)
        return
    with all_or_nothing(db):
        _bring_up(db, device)
        _check_definitions(db)


@contextmanager
def all_or_nothing(db: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end, or take everything back."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Read several times what one commit left: another process may confirm and forget rows in between."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def create(db: sqlite3.Connection) -> None:
    """Make the tables of the present version in an empty file, within the caller's transaction."""
    _run(db, _STREAMS)
    _run(db, _REST)
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={VERSION}")


def _check_definitions(db: sqlite3.Connection) -> None:
    """See that tables and indexes are defined as `create` defines them.

    The words stand in the file without a check of their own, and SQLite goes by them: one bit, and by `INTEGER PRKMARY
    KEY` it finds none of the rows that are there. 20 µs on a PC, and 200 the first time.
    """
    if _definitions(db) != _our_definitions():
        raise OutboxError(OutboxFault.DAMAGED, "its tables are not as they were defined")


def _definitions(db: sqlite3.Connection) -> list[tuple[str | None, ...]]:
    return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()


@cache
def _our_definitions() -> list[tuple[str | None, ...]]:
    with closing(sqlite3.connect(":memory:")) as db:
        create(db)
        return _definitions(db)


def _bring_up(db: sqlite3.Connection, device: str) -> None:
    if _is_of_this_version(db):
        return  # another process was first
    version, kind, found = _number(db, "user_version"), _number(db, "application_id"), _definitions(db)
    if not found:
        create(db)
    elif found == _our_definitions() and _bits_apart((version, VERSION), (kind, APPLICATION_ID)) == 1:
        raise OutboxError(OutboxFault.DAMAGED, f"its tables are ours, though of version {version} and kind {kind}")
    elif kind != APPLICATION_ID:
        raise OutboxError(OutboxFault.NOT_AN_OUTBOX, "the file is a database, but no outbox")
    elif version == 1:
        _from_1(db, device)
    elif version == 2:  # noqa: PLR2004  (the version before this one)
        _from_2(db)
    else:
        raise OutboxError(OutboxFault.OTHER_VERSION, f"the outbox is of version {version}, not {VERSION}")


def _from_2(db: sqlite3.Connection) -> None:
    """Give each stream the epoch in which the hub last spoke of it: none yet, so that the hub is asked once more."""
    found = [stream_from(values) for values in db.execute("SELECT * FROM streams ORDER BY number").fetchall()]
    for index in _INDEXES_OF_2:
        db.execute(f"DROP INDEX {index}")
    db.execute("DROP TABLE streams")
    _run(db, _STREAMS)
    for stream in found:
        if stream is None:
            raise OutboxError(OutboxFault.DAMAGED, "what is noted of a stream is not as it was written")
        db.execute(_INSERT_STREAM, stream_values(stream))
        db.execute(_INSERT_ROW, row_values(stream, name_row(stream.stream, stream.lane)))
    db.execute("DELETE FROM meta WHERE name='receipt'")
    db.execute(f"PRAGMA user_version={VERSION}")


def _from_1(db: sqlite3.Connection, device: str) -> None:
    """Give each row its chain and CRC, each stream its lane; drop delivered rows whose chain has no beginning."""
    streams = db.execute(
        "SELECT id, stream, last_seq, last_chain, stored_seq, stored_chain, forked FROM streams ORDER BY id"
    ).fetchall()
    db.execute("ALTER TABLE rows RENAME TO rows_1")
    db.execute("DROP TABLE streams")
    create(db)
    for number, stream, last_seq, last_chain, stored_seq, stored_chain, forked in streams:
        before, stored = start(device, stream), Tip(stored_seq, stored_chain)
        rows = db.execute(
            "SELECT seq, nonce, sealed, queued_s FROM rows_1 WHERE stream_id=? ORDER BY seq", (number,)
        ).fetchall()
        if not rows or rows[0][0] > 1:
            before = stored
        _chained(db, number, stream, before, (row for row in rows if row[0] > before.seq))
        last, flags = Tip(last_seq, last_chain), (False, bool(forked), False)
        made = Stream(number, stream, OLD_LANE, last, stored, before.seq + 1, *flags)
        db.execute(_INSERT_STREAM, stream_values(made))
        db.execute(_INSERT_ROW, row_values(made, name_row(stream, OLD_LANE)))
    db.execute("DROP TABLE rows_1")


def _chained(
    db: sqlite3.Connection, number: int, stream: bytes, tip: Tip, rows: Iterable[tuple[int, int, bytes, int]]
) -> None:
    for seq, nonce, sealed, queued_s in rows:
        if seq != tip.seq + 1:
            raise OutboxError(OutboxFault.DAMAGED, f"row {tip.seq + 1} of stream {stream.hex()} is not there")
        tip = tip.after(Row(seq, nonce, sealed))
        check = row_check(stream, seq, nonce, queued_s, tip.chain, sealed)
        db.execute(
            "INSERT INTO rows VALUES(?,?,?,?,?,?)", (key(number, seq), nonce, queued_s, tip.chain, sealed, check)
        )


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in filter(str.strip, statements.split(";\n")):
        db.execute(statement)


def _is_of_this_version(db: sqlite3.Connection) -> bool:
    return (_number(db, "user_version"), _number(db, "application_id")) == (VERSION, APPLICATION_ID)


def _bits_apart(*pairs: tuple[int, int]) -> int:
    return sum(((found ^ meant) & 0xFFFFFFFF).bit_count() for found, meant in pairs)


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
