"""A content pack on disk, read-only (SQLite). Built by `fleet.content`, laid out in `pack_format`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Self

import msgspec
import zstandard

from catalogue.front_page import FrontPage
from catalogue.lexicon import Intent, Lexicon, Page
from catalogue.pack_format import APPLICATION_ID, AUDIENCES, FORMAT_VERSION, unpack_body

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from catalogue.sheet import Sheet


class PackFault(Enum):
    """Why a pack cannot be read."""

    MISSING = auto()
    NOT_A_PACK = auto()
    OTHER_VERSION = auto()
    DAMAGED = auto()


class PackError(Exception):
    """The pack cannot be read: install another one. `fault` says why."""

    def __init__(self, message: str, fault: PackFault) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a pack says of itself; `newest` is the date of its newest sheet, ISO 8601."""

    version: int
    sheets: int
    searchable: int
    newest: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sheet which shares a stem with the query; the rank is bm25's, the smaller the better."""

    number: int
    rank: float


class Pack:
    """An open pack. One thread at a time may use it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the pack at a path.

        Raises:
            PackError: there is none, or it cannot be used.
        """
        if not path.is_file():
            raise PackError(f"there is no content pack at {str(path)!r}", PackFault.MISSING)
        # immutable: a pack never changes, so no lock file is needed beside it on a read-only disk.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise PackError(f"the content pack {str(path)!r} cannot be opened: {error}", PackFault.DAMAGED) from error
        pack = cls(path, connection)
        try:
            pack._recognise()
        except PackError:
            connection.close()
            raise
        return pack

    def _recognise(self) -> None:
        try:
            (application,) = self._connection.execute("PRAGMA application_id").fetchone()
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise PackError(f"{str(self._path)!r} is not a content pack", PackFault.NOT_A_PACK) from error
            raise self._damaged(error) from error
        if application != APPLICATION_ID:
            raise PackError(f"{str(self._path)!r} is not a content pack", PackFault.NOT_A_PACK)
        if version != FORMAT_VERSION:
            message = (
                f"the content pack {str(self._path)!r} has format {version}, "
                f"this version of guichet reads format {FORMAT_VERSION}"
            )
            raise PackError(message, PackFault.OTHER_VERSION)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def sheet(self, sheet_id: str) -> Sheet | None:
        """Return a sheet, the citizens' one where several audiences have it, None where there is none.

        Raises:
            PackError: its bytes are damaged.
        """
        rows = self._rows("SELECT audience, body FROM sheets WHERE id = ?", sheet_id)
        if not rows:
            return None
        _, body = min(rows, key=lambda row: AUDIENCES.index(row[0]))
        try:
            return unpack_body(body)
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise PackError(f"the sheet {sheet_id} is damaged in {str(self._path)!r}", PackFault.DAMAGED) from error

    def front_page(self) -> FrontPage:
        """Return the tiles of the first screen."""
        ((tiles,),) = self._rows("SELECT tiles FROM front_page")
        return msgspec.json.decode(tiles, type=FrontPage)

    @cached_property
    def info(self) -> PackInfo:
        """What the pack says of itself."""
        meta = dict(self._rows("SELECT name, value FROM meta"))
        return PackInfo(FORMAT_VERSION, int(meta["sheets"]), int(meta["searchable"]), meta["newest"])

    @cached_property
    def lexicon(self) -> Lexicon:
        """What search needs to know, read once at the first query."""
        return Lexicon.of(
            words=dict(self._rows("SELECT word, sheets FROM words")),
            pages={
                number: Page(sheet_id, sheet_title, theme, updated, _parts(title), frozenset(path.split()), weight)
                for number, sheet_id, sheet_title, theme, updated, title, path, weight in self._rows(
                    "SELECT number, id, sheets.title, theme, updated, pages.title, path, weight "
                    "FROM pages JOIN sheets USING (number)"
                )
            },
            intents=tuple(
                Intent(
                    msgspec.json.decode(groups, type=tuple[frozenset[str], ...]),
                    frozenset(unless.split()),
                    tuple(sheets.split()),
                )
                for groups, unless, sheets in self._rows("SELECT groups, unless, sheets FROM intents ORDER BY number")
            ),
            synonyms={stem: tuple(means.split()) for stem, means in self._rows("SELECT stem, means FROM synonyms")},
        )

    def candidates(self, match: str, limit: int) -> tuple[Candidate, ...]:
        """Return the sheets nearest to an FTS5 expression, best first."""
        rows = self._rows(
            "SELECT rowid, bm25(stems, 10.0, 4.0, 3.0, 1.0) AS nearness FROM stems WHERE stems MATCH ? "
            "ORDER BY nearness, rowid LIMIT ?",
            match,
            limit,
        )
        return tuple(Candidate(number, rank) for number, rank in rows)

    def _rows(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: sqlite3.Error) -> PackError:
        return PackError(f"the content pack {str(self._path)!r} is damaged: {error}", PackFault.DAMAGED)


def _parts(title: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.split()) for part in title.split("|") if part)
