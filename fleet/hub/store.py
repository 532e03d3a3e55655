"""The hub's database: sealed rows, how far each stream reaches, and what was refused."""

from __future__ import annotations

import time
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import create_engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from fleet.hub.schema import devices, epochs, forks, metadata, parked, rows, streams
from sync.chain import Row, Tip, start
from sync.ledger import Fork, Received, receive

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection, Engine

    from sync.frame import Frame

# A device's answer names the streams it asked about and these latest ones: a process start makes a stream.
_LATEST_STREAMS = 8
# Refused messages are kept for a person to look at, not as a place for a stranger to fill the disk.
_MAX_PARKED = 10_000


class StoreError(Exception):
    """The hub's database cannot be used; the message says what it answered."""


class HubStore:
    """One process's way to the database. Each call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url` (SQLAlchemy's form), with its tables made if absent.

        Raises:
            StoreError: it cannot be reached.
        """
        try:
            engine = create_engine(url, connect_args={"timeout": 30} if url.startswith("sqlite") else {})
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _durable_sqlite)
                event.listen(engine, "begin", _take_turns_on_sqlite)
            metadata.create_all(engine)
            with engine.begin() as connection:
                if connection.scalar(select(epochs.c.epoch).limit(1)) is None:
                    connection.execute(insert(epochs).values(epoch=1))
        except SQLAlchemyError as error:
            raise StoreError(f"cannot open the hub's database: {error.args[0]}") from error
        except ImportError as error:
            raise StoreError(f"cannot open the hub's database: {error}") from error
        return cls(engine)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def epoch(self) -> int:
        """Return the epoch in force."""
        with self.transaction() as connection:
            return int(connection.scalars(select(epochs.c.epoch).order_by(epochs.c.epoch.desc()).limit(1)).one())

    def enrol(self, device: str, public_key: bytes) -> None:
        """Take `device` (or its new key) into the registry."""
        with self.transaction() as connection:
            values = {"public_key": public_key, "enrolled_s": int(time.time())}
            known = connection.execute(update(devices).where(devices.c.name == device).values(values)).rowcount
            if not known:
                connection.execute(insert(devices).values(name=device, **values))

    def public_key(self, device: str) -> Ed25519PublicKey | None:
        """Return the key that `device` signs with, or None where it is not enrolled."""
        with self.transaction() as connection:
            raw = connection.scalar(select(devices.c.public_key).where(devices.c.name == device))
        return Ed25519PublicKey.from_public_bytes(raw) if raw else None

    def receive(self, frame: Frame) -> Received | Fork:
        """Store what is new in `frame`; on return it is committed.

        A row lock on the stream makes frames of one stream take turns, through any number of ingest processes.
        """
        with self.transaction() as connection:
            stream_id, tip = self._stream(connection, frame)
            held = _held(connection, stream_id, frame, tip)
            outcome = receive(tip, held, frame)
            if isinstance(outcome, Fork):
                _name_fork(connection, stream_id, outcome, frame)
                return outcome
            if outcome.new_rows:
                values = [
                    {"stream_id": stream_id, "seq": row.seq, "nonce": row.nonce, "sealed": row.sealed}
                    for row in outcome.new_rows
                ]
                connection.execute(insert(rows), values)
            if outcome.tip != tip:
                moved = update(streams).where(streams.c.id == stream_id)
                connection.execute(moved.values(tip_seq=outcome.tip.seq, tip_chain=outcome.tip.chain))
        return outcome

    def tips(self, device: str, asked: Collection[bytes]) -> dict[bytes, Tip]:
        """Return how far the streams of `device` reach: those `asked` about, known or not, then the latest."""
        columns = select(streams.c.stream, streams.c.tip_seq, streams.c.tip_chain).where(streams.c.device == device)
        latest = columns.order_by(streams.c.id.desc()).limit(_LATEST_STREAMS)
        with self.transaction() as connection:
            found = [*connection.execute(columns.where(streams.c.stream.in_(asked))), *connection.execute(latest)]
        unknown = {stream: start(device, stream) for stream in asked}
        return unknown | {bytes(stream): Tip(seq, bytes(chain)) for stream, seq, chain in found}

    def park(self, device: str, reason: str, payload: bytes) -> None:
        """Keep a refused message, once, with the reason."""
        digest = sha256(payload).digest()
        with self.transaction() as connection:
            known = connection.scalar(select(parked.c.digest).where(parked.c.digest == digest))
            full = connection.scalar(select(parked.c.digest).offset(_MAX_PARKED).limit(1))
            if known is None and full is None:
                connection.execute(
                    insert(parked).values(digest=digest, device=device[:64], reason=reason, payload=payload)
                )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Do all or nothing; a refusal of the database (locked, full, away) becomes a `StoreError`."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"the hub's database refused: {error.args[0]}") from error

    def _stream(self, connection: Connection, frame: Frame) -> tuple[int, Tip]:
        """Return the stream's number and tip, locked for this transaction, made if new."""
        mine = (streams.c.device == frame.device) & (streams.c.stream == frame.stream)
        wanted = select(streams.c.id, streams.c.tip_seq, streams.c.tip_chain).where(mine).with_for_update()
        found = connection.execute(wanted).one_or_none()
        if found is None:
            tip = start(frame.device, frame.stream)
            try:
                with connection.begin_nested():
                    connection.execute(
                        insert(streams).values(
                            device=frame.device, stream=frame.stream, tip_seq=tip.seq, tip_chain=tip.chain
                        )
                    )
            except IntegrityError:  # another ingest process was first
                pass
            found = connection.execute(wanted).one()
        return found.id, Tip(found.tip_seq, bytes(found.tip_chain))


def _held(connection: Connection, stream_id: int, frame: Frame, tip: Tip) -> dict[int, Row]:
    """Return the stored rows that the ledger needs: those that the frame repeats, and all beyond the tip."""
    last_seq = frame.first_seq + len(frame.sealed) - 1
    repeated = rows.c.seq.between(frame.first_seq, last_seq)
    found = connection.execute(
        select(rows.c.seq, rows.c.nonce, rows.c.sealed).where(
            rows.c.stream_id == stream_id, repeated | (rows.c.seq > tip.seq)
        )
    )
    return {seq: Row(seq, nonce, bytes(sealed)) for seq, nonce, sealed in found}


def _name_fork(connection: Connection, stream_id: int, fork: Fork, frame: Frame) -> None:
    known = connection.scalar(select(forks.c.seq).where(forks.c.stream_id == stream_id, forks.c.seq == fork.seq))
    if known is None:
        evidence = b"".join(row.sealed for row in frame.rows)
        connection.execute(
            insert(forks).values(stream_id=stream_id, seq=fork.seq, kind=fork.kind.name.lower(), frame=evidence)
        )


def _durable_sqlite(connection: object, _record: object) -> None:
    """Make a commit on SQLite mean what `stored` promises: flushed to the disk."""
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver must not begin by itself
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection, which SQLAlchemy leaves untyped
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _take_turns_on_sqlite(connection: Connection) -> None:
    """Begin as a writer: SQLite has no row locks, and what was read before another's commit would be stale."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
