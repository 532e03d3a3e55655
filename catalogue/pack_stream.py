r"""A content pack as it travels: a plain stream of its rows, from which each device makes the pack. No I/O.

    stream   "guichet sheets 1\n", records
    record   size (4 bytes, big-endian), msgpack [kind, …]
             sheets first, in the order of audience and id; then weights, words, intents, synonyms, front page, meta

A change of one sheet changes its record and little else, wherever it stands: a SQLite file, whose pages number each
other, changes all over. The same content is always the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import zstandard

from catalogue.pack_content import PackContent, StoredSheet
from catalogue.pack_fault import PackError, PackFault

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"guichet sheets "
_VERSION = b"1\n"
_SIZE_BYTES = 4
# Three times the largest; beyond it a device refuses (`config.pieces`).
MAX_STREAM_BYTES = 64 * 1024 * 1024
# What the sheets and their stems may come to once unfolded: four times those of 2020. Without it, 64 MB of stems
# make an index of 200 GB, and the outbox lies on the same disk.
_MAX_UNFOLDED_BYTES = 256 * 1024 * 1024
# Ten times those of 2020: the smallest record is 18 bytes here, and two hundred in memory.
_MAX_RECORDS = 75_000
# Twenty times the longest: words by the million would take twenty times their size in memory.
_MAX_RECORD_BYTES = 4 * 1024 * 1024


class _Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class _Sheet(_Record, frozen=True, tag=1):
    sheet: StoredSheet


class _Weights(_Record, frozen=True, tag=2):
    weights: dict[str, float]


class _Words(_Record, frozen=True, tag=3):
    words: dict[str, int]


class _Intents(_Record, frozen=True, tag=4):
    intents: tuple[tuple[str, str, str], ...]


class _Synonyms(_Record, frozen=True, tag=5):
    synonyms: dict[str, str]


class _FrontPage(_Record, frozen=True, tag=6):
    tiles: str


class _Meta(_Record, frozen=True, tag=7):
    meta: dict[str, str]


_Tail = tuple[_Weights, _Words, _Intents, _Synonyms, _FrontPage, _Meta]
_KINDS = (_Weights, _Words, _Intents, _Synonyms, _FrontPage, _Meta)
_decoder = msgspec.msgpack.Decoder(_Sheet | _Weights | _Words | _Intents | _Synonyms | _FrontPage | _Meta)
_encoder = msgspec.msgpack.Encoder(order="sorted")


def encode(content: PackContent) -> bytes:
    """Return a pack's content as it travels."""
    records = (
        *map(_Sheet, content.sheets),
        _Weights(content.weights),
        _Words(content.words),
        _Intents(content.intents),
        _Synonyms(content.synonyms),
        _FrontPage(content.front_page),
        _Meta(content.meta),
    )
    encoded = map(_encoder.encode, records)
    return _MAGIC + _VERSION + b"".join(len(each).to_bytes(_SIZE_BYTES, "big") + each for each in encoded)


def decode(data: bytes) -> PackContent:
    """Return what a stream holds.

    Raises:
        PackError: it is none, of another version, damaged, or longer than any pack.
    """
    if not data.startswith(_MAGIC):
        raise PackError("it is no stream of sheets", PackFault.NOT_A_PACK)
    if not data.startswith(_MAGIC + _VERSION):
        raise PackError("the stream of sheets is of another version: update this device first", PackFault.OTHER_VERSION)
    if len(data) > MAX_STREAM_BYTES:
        raise _damaged("it is longer than any pack")
    try:
        records = list(map(_decoder.decode, _records(data)))
        unfolded_bytes = sum(_unfolded_bytes(each.sheet) for each in records if isinstance(each, _Sheet))
    except (msgspec.MsgspecError, zstandard.ZstdError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(str(error)) from error
    if unfolded_bytes > _MAX_UNFOLDED_BYTES:
        raise _damaged("its sheets are longer than any pack's")
    sheets, tail = records[: -len(_KINDS)], records[-len(_KINDS) :]
    if tuple(map(type, tail)) != _KINDS or not all(isinstance(each, _Sheet) for each in sheets):
        raise _damaged("its records are not in their order")
    weights, words, intents, synonyms, front_page, meta = tail
    return PackContent(
        tuple(each.sheet for each in sheets if isinstance(each, _Sheet)),
        weights.weights,
        words.words,
        intents.intents,
        synonyms.synonyms,
        front_page.tiles,
        meta.meta,
    )


def _unfolded_bytes(sheet: StoredSheet) -> int:
    """Return how long a sheet says that it is; one that does not say so counts for more than all may."""
    packed = (sheet.body, sheet.page.stems) if sheet.page else (sheet.body,)
    sizes = [zstandard.frame_content_size(each) for each in packed]
    return sum(sizes) if min(sizes) >= 0 else _MAX_UNFOLDED_BYTES + 1


def _records(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    at, count = len(_MAGIC + _VERSION), 0
    while at < len(view):
        count += 1
        if count > _MAX_RECORDS:
            raise _damaged("it has more sheets than any pack")
        size_bytes = int.from_bytes(view[at : at + _SIZE_BYTES], "big")
        end = at + _SIZE_BYTES + size_bytes
        if size_bytes > _MAX_RECORD_BYTES:
            raise _damaged("a record is longer than any")
        if end > len(view) or at + _SIZE_BYTES > len(view):
            raise _damaged("it breaks off")
        yield view[at + _SIZE_BYTES : end]
        at = end


def _damaged(reason: str) -> PackError:
    return PackError(f"the stream of sheets is damaged: {reason}", PackFault.DAMAGED)
