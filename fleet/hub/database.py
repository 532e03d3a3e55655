"""The hub's database, SQLite or PostgreSQL: how it is opened, and what a transaction on it means."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from fleet.hub import migrations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine, Table

# Longer than the longest transaction of ours, so that another process is waited for.
_SQLITE_WAIT_S = 30
_READING = "reading"
# What PostgreSQL is told of each session, so that no promise rests on how the server is set up:
_POSTGRESQL_OPTIONS = {
    "synchronous_commit": "on",  # a commit is on the disk before `stored` says so
    # Intake and opener lock a stream and then read its rows: that must be the rows as of the lock.
    "default_transaction_isolation": r"read\ committed",
    # A process that was stopped while it held streams delays the others so long, each time: they answer nothing, and
    # devices send again. At the second deadline the server ends its session and undoes what it began.
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}
# A server that is not there, or behind a line that went silent, is noticed within half a minute. A statement has no
# deadline: a migration may take its time, and a server that works on one is there.
_POSTGRESQL_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 30_000,  # ms
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}


class StoreError(Exception):
    """The hub's database cannot be used; the message says what it answered."""


class ValuesRefusedError(StoreError):
    """The database works, but refuses these very values; others may well go in."""


class Database:
    """One process's way to the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**{_READING: True})

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url` (SQLAlchemy's form), its tables made if absent and brought to today's form.

        Raises:
            StoreError: it cannot be reached, or a newer program made it.
        """
        try:
            engine = create_engine(url, connect_args=_connect_args(url))
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(f"cannot open the hub's database: {error}") from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _durable_sqlite)
            event.listen(engine, "begin", _take_turns_on_sqlite)
        try:
            with engine.begin() as connection:
                migrations.apply(connection)
        except (SQLAlchemyError, migrations.NewerDatabaseError) as error:
            engine.dispose()
            said = _said(error) if isinstance(error, SQLAlchemyError) else error
            raise StoreError(f"cannot open the hub's database: {said}") from error
        return cls(engine)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Do all or nothing; on leaving, it is on the disk.

        Raises:
            ValuesRefusedError: the values break a rule of the tables.
            StoreError: the database is locked, full, damaged or away.
        """
        with _refusals(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read what is committed, without taking a writer's turn.

        Raises:
            StoreError: the database is damaged or away.
        """
        with _refusals(), self._reading.begin() as connection:
            yield connection


def insert_new(connection: Connection, table: Table, values: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given as tuples in the order of the table's columns; one that is there already is refused.

    Past SQLAlchemy's handling of each value, which costs more than the insert itself: the values are the driver's own.
    """
    _insert(connection, table, values, "")


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT which may say what to do on a conflict; both databases spell it alike."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_missing(connection: Connection, table: Table, values: Sequence[tuple[object, ...]]) -> None:
    """Insert like `insert_new`; rows that are there already stay as they are."""
    _insert(connection, table, values, " ON CONFLICT DO NOTHING")


def _insert(connection: Connection, table: Table, values: Sequence[tuple[object, ...]], otherwise: str) -> None:
    if not values:
        return
    columns = ", ".join(column.name for column in table.columns)
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join(mark for _ in table.columns)
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks}){otherwise}"  # noqa: S608  (names of our own tables)
    connection.exec_driver_sql(statement, list(values))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise ValuesRefusedError(f"the hub's database refused: {_said(error)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the hub's database refused: {_said(error)}") from error


def _said(error: SQLAlchemyError) -> str:
    """Return the database's own words on one line, without the statement and its values."""
    return " ".join(str(error.args[0] if error.args else error).split())


def _connect_args(url: str) -> dict[str, Any]:
    """Return what the driver is told; options in the address itself come last, and hold."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return {"timeout": _SQLITE_WAIT_S}
    options = [f"-c {name}={value}" for name, value in _POSTGRESQL_OPTIONS.items()]
    own = address.query.get("options", ())
    options += [own] if isinstance(own, str) else own
    return {"options": " ".join(options), **_POSTGRESQL_PATIENCE}


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
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
