"""Why an outbox refuses, and how SQLite's and the disk's words for it are read. Adapter: asks the file system."""

from __future__ import annotations

import os
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# SQLite result codes, primary part (sqlite.org/rescode.html); named here since the fault is ours to choose.
_SQLITE_WAITED = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
_SQLITE_PASSING = (7, 9, 15)  # NOMEM, INTERRUPT, PROTOCOL (two were recovering the log): nothing is wrong with the file
_SQLITE_FULL = 13
_DISK_TROUBLE = (5, 6, 8, 10, 14)  # BUSY, LOCKED, READONLY, IOERR, CANTOPEN


class OutboxFault(Enum):
    """Why the outbox could not do what it was asked. The front end owns the words."""

    FULL = auto()
    NO_SPACE = auto()
    READ_ONLY = auto()
    IO = auto()
    # Another process has held the file for longer than we wait; there is nothing wrong with it.
    BUSY = auto()
    DAMAGED = auto()
    # Another process has set this file aside for a new one: nothing was kept, and the next try goes there.
    SET_ASIDE = auto()
    NOT_AN_OUTBOX = auto()
    OTHER_VERSION = auto()
    # The record is none that the hub could read: a bug of ours, said before anything is promised.
    UNFIT = auto()


class OutboxError(Exception):
    """The outbox could not keep or give rows; `fault` says why.

    After FULL, SET_ASIDE and UNFIT nothing was kept. After any other fault of a write its outcome is unknown.
    """

    def __init__(self, fault: OutboxFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


def fault_of(error: sqlite3.Error | OSError | UnicodeDecodeError, directory: Path) -> OutboxFault:
    """Return what `error` means for the outbox in `directory`.

    Words that cannot be decoded are damaged ones, of a row or of SQLite's message about the schema. A full or read-only
    file system reaches us as half a dozen codes, by the system call that met it: ask it.
    """
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == _SQLITE_FULL:
        return OutboxFault.NO_SPACE
    if primary in _SQLITE_PASSING:
        return OutboxFault.BUSY
    if isinstance(error, OSError) or primary in _DISK_TROUBLE:
        fault = _of_the_disk(directory)
        return OutboxFault.BUSY if fault is OutboxFault.IO and primary in _SQLITE_WAITED else fault
    return OutboxFault.DAMAGED


def _of_the_disk(directory: Path) -> OutboxFault:
    try:
        found = os.statvfs(directory)
    except OSError:
        return OutboxFault.IO
    if found.f_flag & os.ST_RDONLY:
        return OutboxFault.READ_ONLY
    return OutboxFault.NO_SPACE if found.f_bavail == 0 else OutboxFault.IO
