"""What a content pack holds, as rows: what a builder has made, what travels, and what a pack's tables say. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import zstandard

# The longest searchable sheet of 2020 has 90 kB of stems.
_MAX_STEMS_BYTES = 4 * 1024 * 1024
_COMPRESSION_LEVEL = 19


class Stems(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The text of a sheet as search knows it: stems, by field."""

    title: str
    path: str
    description: str
    text: str


class StoredPage(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What search shows of a sheet, and its `Stems`, packed."""

    title: str
    path: str
    stems: bytes


class StoredSheet(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A sheet, its body packed; `page` is None where search does not find it."""

    id: str
    audience: str
    kind: str
    title: str
    theme: str
    updated: str
    body: bytes
    page: StoredPage | None


@dataclass(frozen=True, slots=True)
class PackContent:
    """All of a pack; sheets in their order, the weight of each searchable one by its id.

    `intents` are (groups, unless, sheets), `front_page` is JSON: as the tables have them.
    """

    sheets: tuple[StoredSheet, ...]
    weights: dict[str, float]
    words: dict[str, int]
    intents: tuple[tuple[str, str, str], ...]
    synonyms: dict[str, str]
    front_page: str
    meta: dict[str, str]


_stems_decoder = msgspec.msgpack.Decoder(Stems)


def pack_stems(stems: Stems) -> bytes:
    """Return stems as a pack stores them."""
    return zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL).compress(msgspec.msgpack.encode(stems))


def unpack_stems(packed: bytes) -> Stems:
    """Return the stems of a page.

    Raises:
        zstandard.ZstdError: the bytes are damaged.
        msgspec.DecodeError: what they hold is no stems.
    """
    # The size a frame declares is what the library sets aside, whatever the limit says; -1: it does not say.
    if not 0 <= zstandard.frame_content_size(packed) <= _MAX_STEMS_BYTES:
        raise zstandard.ZstdError("it declares more bytes than a sheet has")
    return _stems_decoder.decode(zstandard.ZstdDecompressor().decompress(packed))
