"""The hub's tables (SQLAlchemy Core), the same on SQLite and on PostgreSQL. No I/O."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()
# SQLite counts rows by itself only in a column declared INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

epochs = Table(
    "epochs",
    metadata,
    # Rises when the hub is restored from a backup; the newest is in force.
    Column("epoch", Integer, primary_key=True),
)

devices = Table(
    "devices",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("enrolled_s", BigInteger, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("device", String(64), ForeignKey("devices.name"), nullable=False, index=True),
    Column("stream", LargeBinary, nullable=False),
    Column("tip_seq", BigInteger, nullable=False),
    Column("tip_chain", LargeBinary, nullable=False),
    Column("opened_seq", BigInteger, nullable=False, default=0),
    UniqueConstraint("device", "stream"),
)

rows = Table(
    "rows",
    metadata,
    Column("stream_id", _Id, ForeignKey("streams.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("nonce", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("stream_id", _Id, ForeignKey("streams.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("device", String(64), nullable=False, index=True),
    Column("kind", String(64), nullable=False, index=True),
    Column("boot", String(36), nullable=False),
    Column("boottime_ns", BigInteger, nullable=False),
    Column("wall_s", Float, nullable=False),
    Column("synchronised", Boolean, nullable=False),
    Column("fields", JSON, nullable=False),
)

# Rows that are stored but cannot be opened: named, with the reason, until someone has looked.
unopened = Table(
    "unopened",
    metadata,
    Column("stream_id", _Id, ForeignKey("streams.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String, nullable=False),
)

# Frames that contradict what is stored: a cloned or restored card.
forks = Table(
    "forks",
    metadata,
    Column("stream_id", _Id, ForeignKey("streams.id"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("frame", LargeBinary, nullable=False),
)

# Messages that were refused: kept once each, with the reason, never tried again by themselves.
parked = Table(
    "parked",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("device", String(64), nullable=False),
    Column("reason", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
