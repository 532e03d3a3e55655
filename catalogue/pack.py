"""A content pack on disk, read-only (SQLite). Built by `fleet.content`, laid out in `pack_format`."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec
import zstandard

from catalogue.front_page import FrontPage
from catalogue.lexicon import Intent, Lexicon, Page
from catalogue.pack_fault import PackError, PackFault
from catalogue.pack_format import APPLICATION_ID, AUDIENCES, FORMAT_VERSION, unpack_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from catalogue.sheet import Sheet

Row = TypeVar("Row")

# Whatever a pack's bytes are, reading them raises nothing else: SQLite, the compression, the decoding, and
# the rows that are not there or not of their type.
_SIGNS_OF_DAMAGE = (
    sqlite3.Error, zstandard.ZstdError, msgspec.MsgspecError, ValueError, TypeError, LookupError, RecursionError,
)  # fmt: skip


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
        try:
            if not path.is_file():
                raise PackError(f"there is no content pack at {str(path)!r}", PackFault.MISSING)
            # immutable: a pack never changes, so no lock file is needed beside it on a read-only disk.
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        except OSError as error:  # a folder on the way may not be entered
            message = f"the content pack {str(path)!r} cannot be reached: {error.strerror or error}"
            raise PackError(message, PackFault.MISSING) from error
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
        with self._reading("its first page"):
            try:
                (application,) = self._connection.execute("PRAGMA application_id").fetchone()
                (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                    raise PackError(f"{str(self._path)!r} is not a content pack", PackFault.NOT_A_PACK) from error
                raise
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
        if not sheet_id.isascii():
            return None  # SQLite cannot even be asked for some of these; no sheet has such an id
        rows = self._rows(list[tuple[str, bytes]], "SELECT audience, body FROM sheets WHERE id = ?", sheet_id)
        if not rows:
            return None
        with self._reading(f"the sheet {sheet_id}"):
            _, body = min(rows, key=lambda row: AUDIENCES.index(row[0]))
            return unpack_body(body)

    def front_page(self) -> FrontPage:
        """Return the tiles of the first screen.

        Raises:
            PackError: they are damaged.
        """
        rows = self._rows(list[tuple[str]], "SELECT tiles FROM front_page")
        with self._reading("its front page"):
            ((tiles,),) = rows
            return msgspec.json.decode(tiles, type=FrontPage)

    @cached_property
    def info(self) -> PackInfo:
        """What the pack says of itself.

        Raises:
            PackError: it is damaged there.
        """
        meta = dict(self._rows(list[tuple[str, str]], "SELECT name, value FROM meta"))
        with self._reading("its summary"):
            return PackInfo(FORMAT_VERSION, int(meta["sheets"]), int(meta["searchable"]), meta["newest"])

    @cached_property
    def lexicon(self) -> Lexicon:
        """What search needs to know, read once at the first query.

        Raises:
            PackError: it is damaged.
        """
        pages = self._rows(
            list[tuple[int, str, str, str, str, str, str, float]],
            "SELECT number, id, sheets.title, theme, updated, pages.title, path, weight "
            "FROM pages JOIN sheets USING (number)",
        )
        intents = self._rows(list[tuple[str, str, str]], "SELECT groups, unless, sheets FROM intents ORDER BY number")
        synonyms = self._rows(list[tuple[str, str]], "SELECT stem, means FROM synonyms")
        with self._reading("what search knows"):
            return Lexicon.of(
                words=dict(self._rows(list[tuple[str, int]], "SELECT word, sheets FROM words")),
                pages={
                    number: Page(sheet_id, sheet_title, theme, updated, _parts(title), frozenset(path.split()), weight)
                    for number, sheet_id, sheet_title, theme, updated, title, path, weight in pages
                },
                intents=tuple(
                    Intent(
                        msgspec.json.decode(groups, type=tuple[frozenset[str], ...]),
                        frozenset(unless.split()),
                        tuple(sheets.split()),
                    )
                    for groups, unless, sheets in intents
                ),
                synonyms={stem: tuple(means.split()) for stem, means in synonyms},
            )

    def candidates(self, match: str, limit: int) -> tuple[Candidate, ...]:
        """Return the sheets nearest to an FTS5 expression, best first.

        Raises:
            PackError: the index is damaged, or names a sheet the lexicon does not have.
        """
        rows = self._rows(
            list[tuple[int, float]],
            "SELECT rowid, bm25(stems, 10.0, 4.0, 3.0, 1.0) AS nearness FROM stems WHERE stems MATCH ? "
            "ORDER BY nearness, rowid LIMIT ?",
            match,
            limit,
        )
        for number, _ in rows:
            if number not in self.lexicon.pages:
                raise self._damaged("its index", f"there is no page {number}")
        return tuple(Candidate(number, rank) for number, rank in rows)

    def _rows(self, kind: type[list[Row]], statement: str, *values: object) -> list[Row]:
        with self._reading("its tables"):
            return msgspec.convert(self._connection.execute(statement, values).fetchall(), kind)

    @contextmanager
    def _reading(self, part: str) -> Iterator[None]:
        try:
            yield
        except _SIGNS_OF_DAMAGE as error:
            raise self._damaged(part, str(error) or type(error).__name__) from error

    def _damaged(self, part: str, reason: str) -> PackError:
        return PackError(f"the content pack {str(self._path)!r} is damaged in {part}: {reason}", PackFault.DAMAGED)


def _parts(title: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.split()) for part in title.split("|") if part.strip())
