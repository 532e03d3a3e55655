"""Builds a content pack (SQLite) from sheets, the same bytes for the same sheets."""

from __future__ import annotations

import errno
import os
from collections import Counter
from math import log
from multiprocessing import get_context
from typing import TYPE_CHECKING

import msgspec
import sqlite_utils

from catalogue.front_page import FrontPage
from catalogue.pack_format import APPLICATION_ID, AUDIENCES, FORMAT_VERSION, PAGE_SIZE_BYTES, SCHEMA
from fleet.content import curated
from fleet.content.reading import ReadSheet, SetAside, read
from fleet.content.report import Line, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from fleet.content.sources import Document

# Under this many documents a second process costs more than it brings.
_WORTH_SHARING = 200
_DOCUMENTS_AT_ONCE = 32
# How much likelier people look for a sheet of this kind than for a question and its answer.
_KIND_WEIGHT = {"Dossier": 0.4, "Fiche d'information": 0.1, "Fiche d'information conditionnée": 0.15,
                "Fiche Comment faire si": 0.25, "Fiche Comment faire si - simulateur": 0.3}  # fmt: skip
_FRONT_PAGE_WEIGHT = 0.25
_RECOMMENDED_WEIGHT = 0.6
_RARE = 2  # a word of one sheet alone is more often a slip of its editor than a word people look for


def build(documents: Iterable[Document], count: int, pack: Path, progress: Callable[[], None]) -> Report:
    """Write a pack with all the documents that are sheets; nothing is written where none is.

    The file appears whole or not at all. `progress` is called once for each document.

    Raises:
        OSError: the disk is full, or the place cannot be written to.
        SourceError: a source turned out to be damaged.
    """
    _check_place(pack)
    sheets: dict[tuple[str, str], ReadSheet] = {}
    set_aside: list[SetAside] = []
    for outcome in _read_all(documents, count):
        progress()
        if isinstance(outcome, SetAside):
            set_aside.append(outcome)
        elif first := sheets.get((outcome.id, outcome.audience)):
            reason = f"the sheet {outcome.id} ({outcome.audience}) was already read from {first.document}"
            set_aside.append(SetAside(outcome.document, reason))
        else:
            sheets[outcome.id, outcome.audience] = outcome
    ordered = sorted(sheets.values(), key=lambda sheet: (AUDIENCES.index(sheet.audience), sheet.id))
    tiles, dropped = _tiles({sheet.id for sheet in ordered})
    if ordered:
        _write_whole(ordered, tiles, pack)
    lines = [
        *map(_line, ordered),
        *(Line(aside.document, "set aside" if aside.lost else "no sheet", reason=aside.reason) for aside in set_aside),
    ]
    return Report(tuple(sorted(lines, key=lambda line: line.document)), dropped)


def _read_all(documents: Iterable[Document], count: int) -> Iterator[ReadSheet | SetAside]:
    processes = len(os.sched_getaffinity(0))
    if count < _WORTH_SHARING or processes == 1:
        yield from map(read, documents)
        return
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(read, documents, _DOCUMENTS_AT_ONCE)


def _line(sheet: ReadSheet) -> Line:
    outcome = "searchable" if sheet.searchable else "stored"
    return Line(sheet.document, outcome, sheet.id, sheet.audience, sheet.kind, unknown_elements=sheet.unknown_elements)


def _tiles(ids: set[str]) -> tuple[FrontPage, tuple[str, ...]]:
    """Return the front page without the tiles that would lead nowhere, and what was dropped."""
    wanted = curated.front_page()
    tiles = FrontPage(
        tuple(tile for tile in wanted.life_events if tile.sheet in ids),
        tuple(tile for tile in wanted.procedures if tile.sheet in ids),
    )
    dropped = [f"front page: {tile.label} ({tile.sheet})"
               for tile in (*wanted.life_events, *wanted.procedures) if tile.sheet not in ids]  # fmt: skip
    missing = {sheet for meaning in curated.meanings() for sheet in meaning.sheets} - ids
    return tiles, (*dropped, *(f"intents: {sheet}" for sheet in sorted(missing)))


def _check_place(pack: Path) -> None:
    """Find out before the long work that a folder or a device stands where the pack is to be."""
    if not pack.name or (pack.exists() and not pack.is_file()):
        raise OSError(errno.EISDIR, "it is no place for a file", str(pack))


def _write_whole(sheets: list[ReadSheet], tiles: FrontPage, pack: Path) -> None:
    pack.parent.mkdir(parents=True, exist_ok=True)
    unfinished = pack.with_name(f".{os.getpid()}.unfinished")
    try:
        _write(sheets, tiles, unfinished)
        _flush(unfinished)
        unfinished.replace(pack)
        _flush(pack.parent)
    except OSError as error:  # name what was asked for, not the unfinished file beside it
        raise OSError(error.errno, error.strerror or str(error), str(pack)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until a file, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(sheets: list[ReadSheet], tiles: FrontPage, path: Path) -> None:
    path.unlink(missing_ok=True)
    database = sqlite_utils.Database(path)
    database.execute(f"PRAGMA page_size = {PAGE_SIZE_BYTES}")
    database.execute("PRAGMA journal_mode = OFF")
    database.executescript(SCHEMA)
    numbered = list(enumerate(sheets, 1))
    with database.conn:
        database.table("sheets").insert_all(
            {
                "number": number, "id": sheet.id, "audience": sheet.audience, "kind": sheet.kind,
                "title": sheet.title, "theme": sheet.theme, "updated": sheet.updated, "body": sheet.body,
            }
            for number, sheet in numbered
        )  # fmt: skip
        database.table("front_page").insert({"tiles": msgspec.json.encode(tiles).decode()})
        _write_search(database, numbered, tiles)
        database.table("meta").insert_all(
            {"name": name, "value": value}
            for name, value in (
                ("newest", max((sheet.updated for sheet in sheets), default="")),
                ("searchable", str(sum(sheet.searchable is not None for sheet in sheets))),
                ("sheets", str(len(sheets))),
            )
        )
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    database.execute("VACUUM")
    database.close()


def _write_search(database: sqlite_utils.Database, numbered: list[tuple[int, ReadSheet]], tiles: FrontPage) -> None:
    weights = _weights([sheet for _, sheet in numbered], tiles)
    words: Counter[str] = Counter()
    titles: set[str] = set(curated.spoken_words())
    for number, sheet in numbered:
        if (search := sheet.searchable) is None:
            continue
        words.update(search.words)
        titles |= search.title_words
        database.table("pages").insert(
            {"number": number, "title": search.title, "path": search.path, "weight": weights[sheet.id]}
        )
        database.execute(
            "INSERT INTO stems (rowid, title, path, description, text) VALUES (?, ?, ?, ?, ?)",
            (number, search.title.replace("|", " "), search.path, search.description, search.text),
        )
    database.execute("INSERT INTO stems (stems) VALUES ('optimize')")
    database.table("words").insert_all(
        {"word": word, "sheets": max(words[word], 1)}
        for word in sorted({*words, *titles})
        if words[word] >= _RARE or word in titles
    )
    database.table("intents").insert_all(
        {
            "number": number,
            "groups": msgspec.json.encode(meaning.groups).decode(),
            "unless": " ".join(meaning.unless),
            "sheets": " ".join(meaning.sheets),
        }
        for number, meaning in enumerate(curated.meanings(), 1)
    )
    database.table("synonyms").insert_all(
        {"stem": stem, "means": means} for stem, means in sorted(curated.synonyms().items())
    )


def _weights(sheets: list[ReadSheet], tiles: FrontPage) -> dict[str, float]:
    """Return how likely people look for each sheet: how many sheets recommend it, its kind, the front page."""
    recommended = Counter(other for sheet in sheets if sheet.searchable for other in sheet.recommends)
    most = log(1 + max(recommended.values(), default=1))
    in_front = {tile.sheet for tile in (*tiles.life_events, *tiles.procedures)}
    return {
        sheet.id: round(
            _RECOMMENDED_WEIGHT * log(1 + recommended[sheet.id]) / most
            + _KIND_WEIGHT.get(sheet.kind, 0.0)
            + (_FRONT_PAGE_WEIGHT if sheet.id in in_front else 0.0),
            4,
        )
        for sheet in sheets
        if sheet.searchable
    }
