"""The steps that bring a hub's database to today's tables, each applied once.

All run in the caller's one transaction: after a cut of power the old database is there, whole. A new database is made
at once in today's form. Step 1 is the form of version 0.1, which did not number itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, insert, inspect, select, text, update

from fleet.hub.openings import in_clear
from fleet.hub.schema import (
    configurations,
    device_epochs,
    epochs,
    ingests,
    losses,
    metadata,
    registry,
    rows,
    settled,
    streams,
)
from sync.seal import OPENING_SEQ

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

# Any number, as long as it is always the same: two processes must not migrate at once.
_POSTGRESQL_LOCK = 0x67756963686574
steps = Table(
    "steps",
    MetaData(),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("applied_s", BigInteger, nullable=False),
)


class NewerDatabaseError(Exception):
    """A later version of this program made the database: install that one again, nothing was changed."""


def apply(connection: Connection) -> None:
    """Bring the database to today's form.

    Raises:
        NewerDatabaseError: it is of a later form.
    """
    if connection.dialect.name == "postgresql":
        # Another process's migration may take longer than a lock is waited for otherwise.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    present = set(inspect(connection).get_table_names())
    if "steps" in present:
        step = connection.scalars(select(steps.c.step).order_by(steps.c.step.desc()).limit(1)).one()
    elif "streams" in present:
        step = 1
    else:
        metadata.create_all(connection)
        connection.execute(insert(epochs).values(epoch=1))
        connection.execute(insert(registry).values(version=1))
        step = _NEWEST
    if step > _NEWEST:
        raise NewerDatabaseError(f"it is of form {step!r}, and this program knows {_NEWEST!r} at most")
    if "steps" not in present:
        steps.create(connection)
        _note(connection, step)
    for number in range(step + 1, _NEWEST + 1):
        _STEPS[number](connection)
        _note(connection, number)


def _note(connection: Connection, step: int) -> None:
    connection.execute(insert(steps).values(step=step, applied_s=int(time.time())))


def _ledger_of_losses(connection: Connection) -> None:
    """Add quarantine and revocation, declared losses, how far rows are held, and what openings say in clear."""
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    for table, column, kind in (
        ("devices", "hub_key_id", binary),
        ("devices", "revoked_s", "BIGINT"),
        ("devices", "quarantined_s", "BIGINT"),
        ("devices", "quarantine_reason", "VARCHAR"),
        ("streams", "last_seq", "BIGINT NOT NULL DEFAULT 0"),
        ("streams", "hub_key_id", binary),
        ("streams", "lane", "VARCHAR(64)"),
        ("streams", "previous_stream", binary),
        ("streams", "previous_seq", "BIGINT"),
        ("streams", "previous_chain", binary),
        ("parked", "parked_s", "BIGINT NOT NULL DEFAULT 0"),
    ):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))
    connection.execute(
        text("UPDATE streams SET last_seq = (SELECT COALESCE(MAX(seq), 0) FROM rows WHERE stream_id = streams.id)")
    )
    losses.create(connection)
    registry.create(connection)
    connection.execute(insert(registry).values(version=1))
    connection.execute(text("DROP INDEX ix_streams_device"))
    connection.execute(text("CREATE INDEX streams_of_a_device ON streams (device, id)"))
    connection.execute(text("CREATE INDEX streams_to_open ON streams (id) WHERE opened_seq < tip_seq"))
    connection.execute(text("CREATE INDEX ix_parked_device ON parked (device)"))
    openings = select(rows.c.stream_id, rows.c.sealed).where(rows.c.seq == OPENING_SEQ)
    for stream_id, sealed in connection.execute(openings).all():
        if values := in_clear(bytes(sealed)):
            connection.execute(update(streams).where(streams.c.id == stream_id).values(values))


def _an_epoch_per_device(connection: Connection) -> None:
    """Let each device raise its own epoch."""
    device_epochs.create(connection)


def _settled_findings(connection: Connection) -> None:
    """Let findings that somebody has looked into count no more."""
    settled.create(connection)


def _presence_of_ingests(connection: Connection) -> None:
    """Let each ingest process say that it runs."""
    ingests.create(connection)


def _wide_epochs(connection: Connection) -> None:
    """Let an epoch hold the time and bits by chance: on SQLite it can already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE epochs ALTER COLUMN epoch TYPE BIGINT"))


def _what_devices_run(connection: Connection) -> None:
    """Let devices say what they run, and the hub know when it last heard them."""
    connection.execute(text("ALTER TABLE devices ADD COLUMN heard_s BIGINT"))
    configurations.create(connection)


_STEPS: dict[int, Callable[[Connection], None]] = {
    2: _ledger_of_losses,
    3: _an_epoch_per_device,
    4: _settled_findings,
    5: _presence_of_ingests,
    6: _wide_epochs,
    7: _what_devices_run,
}
_NEWEST = max(_STEPS)
