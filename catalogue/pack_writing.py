"""Makes a content pack from its rows: by the builder at the operator's, and by each device of what travelled.

Adapter: SQLite. The file appears whole or not at all, and is the same bytes for the same rows and the same SQLite.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import msgspec
import sqlite_utils
import zstandard

from catalogue import pack_stream
from catalogue.pack_content import unpack_stems
from catalogue.pack_fault import PackError, PackFault
from catalogue.pack_format import APPLICATION_ID, AUDIENCES, FORMAT_VERSION, PAGE_SIZE_BYTES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogue.pack_content import PackContent


def write(content: PackContent, pack: Path) -> None:
    """Write a pack; on return it is on the disk.

    Raises:
        PackError: the content contradicts itself.
        OSError: the place cannot be written to, or the disk is full.
    """
    _write_whole(pack, lambda unfinished: _fill(content, unfinished))


def write_stream(content: PackContent, stream: Path) -> None:
    """Write what travels of a pack; on return it is on the disk.

    Raises:
        OSError: the place cannot be written to, or the disk is full.
    """
    _write_whole(stream, lambda unfinished: unfinished.write_bytes(pack_stream.encode(content)))


def _write_whole(pack: Path, fill: Callable[[Path], object]) -> None:
    pack.parent.mkdir(parents=True, exist_ok=True)
    unfinished = pack.with_name(f".{os.getpid()}.unfinished")
    try:
        fill(unfinished)
        _flush(unfinished)
        unfinished.replace(pack)
        _flush(pack.parent)
    except OSError as error:  # name what was asked for, not the unfinished file beside it
        raise OSError(error.errno, error.strerror or str(error), str(pack)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(stream: Path, pack: Path) -> None:
    """Make a pack of a stream of sheets; a quarter of a second for 7,500 of them, a second on a Raspberry Pi.

    Raises:
        PackError: the stream cannot be used.
        OSError: it cannot be read, or the place cannot be written to.
    """
    if stream.stat().st_size > pack_stream.MAX_STREAM_BYTES:
        raise PackError("the stream of sheets is longer than any pack", PackFault.DAMAGED)
    write(pack_stream.decode(stream.read_bytes()), pack)


def _flush(path: Path) -> None:
    """Wait until a file, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(content: PackContent, path: Path) -> None:
    path.unlink(missing_ok=True)
    database = sqlite_utils.Database(path)
    try:
        database.execute(f"PRAGMA page_size = {PAGE_SIZE_BYTES}")
        database.execute("PRAGMA journal_mode = OFF")
        database.executescript(SCHEMA)
        with database.conn:
            _insert(content, database)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        database.execute("VACUUM")
    except (sqlite3.IntegrityError, zstandard.ZstdError, msgspec.MsgspecError, LookupError, ValueError) as error:
        raise PackError(f"the content contradicts itself: {error}", PackFault.DAMAGED) from error
    except sqlite3.Error as error:
        raise OSError(None, str(error), str(path)) from error
    finally:
        database.close()


def _insert(content: PackContent, database: sqlite_utils.Database) -> None:
    numbered = list(enumerate(content.sheets, 1))
    if strange := {sheet.audience for sheet in content.sheets} - set(AUDIENCES):
        raise ValueError(f"there is no audience {min(strange)!r}")
    insert = database.conn.executemany
    insert(
        "INSERT INTO sheets (number, id, audience, kind, title, theme, updated, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((n, s.id, s.audience, s.kind, s.title, s.theme, s.updated, s.body) for n, s in numbered),
    )
    pages = [(number, sheet.id, sheet.page) for number, sheet in numbered if sheet.page is not None]
    insert(
        "INSERT INTO pages (number, title, path, weight) VALUES (?, ?, ?, ?)",
        ((number, page.title, page.path, content.weights[sheet_id]) for number, sheet_id, page in pages),
    )
    insert(
        "INSERT INTO stems (rowid, title, path, description, text) VALUES (?, ?, ?, ?, ?)",
        ((number, *msgspec.structs.astuple(unpack_stems(page.stems))) for number, _, page in pages),
    )
    database.execute("INSERT INTO stems (stems) VALUES ('optimize')")
    insert("INSERT INTO words (word, sheets) VALUES (?, ?)", sorted(content.words.items()))
    insert(
        "INSERT INTO intents (number, groups, unless, sheets) VALUES (?, ?, ?, ?)",
        ((number, *intent) for number, intent in enumerate(content.intents, 1)),
    )
    insert("INSERT INTO synonyms (stem, means) VALUES (?, ?)", sorted(content.synonyms.items()))
    database.execute("INSERT INTO front_page (tiles) VALUES (?)", [content.front_page])
    insert("INSERT INTO meta (name, value) VALUES (?, ?)", sorted(content.meta.items()))
