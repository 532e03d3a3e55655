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

from catalogue.pack_content import PackContent, StoredSheet
from catalogue.pack_fault import PackError, PackFault

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"guichet sheets "
_VERSION = b"1\n"
_SIZE_BYTES = 4
# Three times the largest; beyond it a device refuses (`config.pieces`).
MAX_STREAM_BYTES = 64 * 1024 * 1024


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
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(str(error)) from error
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


def _records(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    at = len(_MAGIC + _VERSION)
    while at < len(view):
        end = at + _SIZE_BYTES + int.from_bytes(view[at : at + _SIZE_BYTES], "big")
        if end > len(view) or at + _SIZE_BYTES > len(view):
            raise _damaged("it breaks off")
        yield view[at + _SIZE_BYTES : end]
        at = end


def _damaged(reason: str) -> PackError:
    return PackError(f"the stream of sheets is damaged: {reason}", PackFault.DAMAGED)
