"""Records what SQLite asks of the disk, and when a promise was given: an apsw VFS under the surface of `sqlite3`."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import apsw

_names = itertools.count()


@dataclass(frozen=True, slots=True)
class Made:
    """A file was made."""

    file: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Bytes were written."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file was given another length."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What was written to the file before is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A file was removed."""

    file: str
    directory_synced: bool


@dataclass(frozen=True, slots=True)
class DirectorySynced:
    """The names made and removed before are on the disk."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How SQLite is made to keep its promises; anything but the default is a control that must fail."""

    journal: str = "WAL"
    synchronous: str = "FULL"
    checkpoint_pages: int = 24


class _File(apsw.VFSFile):
    def __init__(self, name, flags, log):
        # The database's name comes with its parameters, those beside it as plain text, temporary ones have none.
        path = None if name is None else Path(name if isinstance(name, str) else name.filename())
        # The outbox makes its file itself, empty, so that it may say who can write to it.
        least_bytes = 1 if flags[0] & apsw.SQLITE_OPEN_MAIN_DB else 0
        existed = path is not None and path.exists() and path.stat().st_size >= least_bytes
        super().__init__("unix", name, flags)
        self._log = log
        self._file = path.name if path is not None else None
        if self._file and not existed:
            log.append(Made(self._file))

    def xWrite(self, data, offset):  # noqa: N802  (SQLite's name)
        super().xWrite(data, offset)
        if self._file:
            self._log.append(Wrote(self._file, offset, bytes(data)))

    def xTruncate(self, size):  # noqa: N802  (SQLite's name)
        super().xTruncate(size)
        if self._file:
            self._log.append(Cut(self._file, size))

    def xSync(self, flags):  # noqa: N802  (SQLite's name)
        super().xSync(flags)
        if self._file:
            self._log.append(Synced(self._file))


class _Disk(apsw.VFS):
    def __init__(self, log):
        self._log = log
        self.name = f"recording-{next(_names)}"
        super().__init__(self.name, "unix")

    def xOpen(self, name, flags):  # noqa: N802  (SQLite's name)
        return _File(name, flags, self._log)

    def xDelete(self, name, sync_directory):  # noqa: N802  (SQLite's name)
        super().xDelete(name, sync_directory)
        self._log.append(Removed(Path(name).name, bool(sync_directory)))


class _Found:
    """A cursor's answer, read whole."""

    def __init__(self, rows):
        self._rows = iter(rows)

    def __iter__(self):
        return self._rows

    def fetchone(self):
        return next(self._rows, None)

    def fetchall(self):
        return list(self._rows)


class Connection:
    """As much of `sqlite3.Connection` as the outbox uses."""

    def __init__(self, path, vfs, mode):
        with _as_sqlite3():
            self._db = apsw.Connection(str(path), vfs=vfs)
        self._db.set_busy_timeout(10_000)
        self._mode = mode

    @property
    def in_transaction(self):
        return self._db.in_transaction

    def execute(self, statement, values=()):
        with _as_sqlite3():
            return _Found(list(self._db.execute(self._in_mode(statement), values)))

    def executemany(self, statement, values):
        with _as_sqlite3():
            return _Found(list(self._db.executemany(statement, values)))

    def close(self):
        with suppress(apsw.Error):  # `sqlite3` closes without a word where the last checkpoint fails
            self._db.close()

    def _in_mode(self, statement):
        name = statement.partition("=")[0]
        asked = {
            "PRAGMA journal_mode": self._mode.journal,
            "PRAGMA synchronous": self._mode.synchronous,
            "PRAGMA wal_autocheckpoint": self._mode.checkpoint_pages,
        }
        return f"{name}={asked[name]}" if name in asked else statement


@contextmanager
def _as_sqlite3():
    try:
        yield
    except apsw.Error as error:
        found = sqlite3.OperationalError(str(error))
        found.sqlite_errorcode = error.extendedresult
        raise found from error


@dataclass
class Recorder:
    """What was asked of the disk, in order, with whatever else the workload notes in between."""

    mode: Mode = field(default_factory=Mode)
    log: list = field(default_factory=list)

    def __post_init__(self):
        self._disk = _Disk(self.log)

    def connect(self, path, **_options):
        """Stand in for `sqlite3.connect`."""
        return Connection(path, self._disk.name, self.mode)

    def close(self):
        """Take the VFS away again."""
        self._disk.unregister()
