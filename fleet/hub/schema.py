"""The hub's tables (SQLAlchemy Core), the same on SQLite and on PostgreSQL. No I/O.

An older database is brought to this form by `fleet/hub/migrations.py`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
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
    # Rises when somebody says that the hub was restored from a backup; the newest is in force.
    Column("epoch", _Id, primary_key=True),
)

# Later epochs of single devices, each of which showed that the hub has forgotten rows of its own.
device_epochs = Table(
    "device_epochs",
    metadata,
    Column("device", String(64), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("enrolled_s", BigInteger, nullable=False),
    # The hub's opening key which the device was last given.
    Column("hub_key_id", LargeBinary),
    # Its certificate was called in: what it sends is refused.
    Column("revoked_s", BigInteger),
    # What it sends is neither stored nor answered, hence kept by the device, until somebody has looked.
    Column("quarantined_s", BigInteger),
    Column("quarantine_reason", String),
    # When anything of it was last taken in, within an hour; a change of it does not raise the registry's version.
    Column("heard_s", BigInteger),
)

# What each device said last of its configuration, and when the hub got it.
configurations = Table(
    "configurations",
    metadata,
    Column("device", String(64), ForeignKey("devices.name"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("wanted", String(64), nullable=False),
    Column("running", String(64), nullable=False),
    Column("on_trial", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("problems", JSON, nullable=False),
    Column("group", String(64), nullable=False),
    Column("said_s", BigInteger, nullable=False),
)

# One row: rises with every change of `devices`, so that each process knows when to read them again.
registry = Table(
    "registry",
    metadata,
    Column("version", BigInteger, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("device", String(64), ForeignKey("devices.name"), nullable=False),
    Column("stream", LargeBinary, nullable=False),
    # The end of the gapless, chain-checked prefix.
    Column("tip_seq", BigInteger, nullable=False),
    Column("tip_chain", LargeBinary, nullable=False),
    # The last row held at all; beyond the tip where some are missing.
    Column("last_seq", BigInteger, nullable=False, default=0, server_default="0"),
    Column("opened_seq", BigInteger, nullable=False, default=0, server_default="0"),
    # What its opening says in clear, once row 1 is here.
    Column("hub_key_id", LargeBinary),
    Column("lane", String(64)),
    Column("previous_stream", LargeBinary),
    Column("previous_seq", BigInteger),
    Column("previous_chain", LargeBinary),
    UniqueConstraint("device", "stream"),
)
Index("streams_of_a_device", streams.c.device, streams.c.id)
_behind = streams.c.opened_seq < streams.c.tip_seq
Index("streams_to_open", streams.c.id, sqlite_where=_behind, postgresql_where=_behind)

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

# Rows which a device has declared lost (first and last number): a tip passes them, the opener skips them.
losses = Table(
    "losses",
    metadata,
    Column("stream_id", _Id, ForeignKey("streams.id"), primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
)

# Findings that the operator has looked into; `other` is the other stream that a finding of the lineage is about.
settled = Table(
    "settled",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("device", String(64), ForeignKey("devices.name"), nullable=False, index=True),
    Column("stream", LargeBinary, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("other", LargeBinary),
    Column("note", String, nullable=False),
    Column("settled_s", BigInteger, nullable=False),
)

# The ingest processes, by number and how many share the work, and when each last said that it runs.
ingests = Table(
    "ingests",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, primary_key=True, autoincrement=False),
    Column("seen_s", BigInteger, nullable=False),
)

# Messages that were refused: kept once each, with the reason, never tried again by themselves.
parked = Table(
    "parked",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("device", String(64), nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("parked_s", BigInteger, nullable=False, default=0, server_default="0"),
)
