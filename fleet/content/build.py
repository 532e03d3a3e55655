"""Builds a content pack (SQLite) from sheets, the same bytes for the same sheets."""

from __future__ import annotations

import errno
import os
from collections import Counter
from math import log
from multiprocessing import get_context
from typing import TYPE_CHECKING

import msgspec

from catalogue import pack_writing
from catalogue.front_page import FrontPage
from catalogue.pack_content import PackContent, Stems, StoredPage, StoredSheet, pack_stems
from catalogue.pack_format import AUDIENCES
from config.needs import is_stream
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
    """Write a pack with all the documents that are sheets, or the stream of one (`.sheets`); nothing where none is.

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
        write = pack_writing.write_stream if is_stream(pack.name) else pack_writing.write
        write(_content(ordered, tiles), pack)
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


def _content(sheets: list[ReadSheet], tiles: FrontPage) -> PackContent:
    words: Counter[str] = Counter()
    titles: set[str] = set(curated.spoken_words())
    for sheet in sheets:
        if (search := sheet.searchable) is not None:
            words.update(search.words)
            titles |= search.title_words
    return PackContent(
        sheets=tuple(map(_stored, sheets)),
        weights=_weights(sheets, tiles),
        words={
            word: max(words[word], 1) for word in sorted({*words, *titles}) if words[word] >= _RARE or word in titles
        },
        intents=tuple(
            (msgspec.json.encode(meaning.groups).decode(), " ".join(meaning.unless), " ".join(meaning.sheets))
            for meaning in curated.meanings()
        ),
        synonyms=dict(sorted(curated.synonyms().items())),
        front_page=msgspec.json.encode(tiles).decode(),
        meta={
            "newest": max((sheet.updated for sheet in sheets), default=""),
            "searchable": str(sum(sheet.searchable is not None for sheet in sheets)),
            "sheets": str(len(sheets)),
        },
    )


def _stored(sheet: ReadSheet) -> StoredSheet:
    search = sheet.searchable
    page = None
    if search is not None:
        stems = Stems(search.title.replace("|", " "), search.path, search.description, search.text)
        page = StoredPage(search.title, search.path, pack_stems(stems))
    return StoredSheet(sheet.id, sheet.audience, sheet.kind, sheet.title, sheet.theme, sheet.updated, sheet.body, page)


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
