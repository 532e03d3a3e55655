"""What a device asks of the hub's publication, and what it is given. No I/O.

    fetch   msgpack [version, number, [[name, first, length], …]]              device to hub
    given   zstd of msgpack [version, number, [[name, first, total, bytes], …]]  hub to device

Neither is signed: what may be believed is judged by what comes (python-tuf, and the digests that it believes), and the
broker holds each device to its own topics. `number` pairs the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import zstandard

from sync.rejected import Reason, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = 1
# With a name and numbers beside each part it stays under the broker's packet limit of 70 kB, compressed or not.
MAX_GIVEN_BYTES = 48_000
# A change in ten sheets leaves two hundred places to fetch; a name may have 200 letters.
MAX_RANGES = 100
# A larger file comes in pieces: below it, outline and list cost more than an older file saves.
SMALL_BYTES = 64_000
# What a part costs beside its bytes.
_PART_OVERHEAD_BYTES = 240
_MOST_BYTES = MAX_GIVEN_BYTES + MAX_RANGES * _PART_OVERHEAD_BYTES
_COMPRESSION_LEVEL = 3
# No part of a name begins with a dot: none leads out of the folder, or to a file that is still being written.
_WORD = r"[A-Za-z0-9_%-][A-Za-z0-9._%-]{0,199}"
_NAME = re.compile(
    rf"metadata/{_WORD}\.json|targets/(?:{_WORD}/){{0,4}}{_WORD}|pieces/[0-9a-f]{{64}}\.(?:outline|list)"
)

Name = Annotated[str, msgspec.Meta(max_length=400)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
_Body = TypeVar("_Body", "Fetch", "Given")


class Range(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of a file of the publication: so many, from this one on."""

    name: Name
    first: Count
    length: Annotated[int, msgspec.Meta(ge=1, le=MAX_GIVEN_BYTES)]


class Part(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of a file from `first` on, and how long all of it is; None where there is no such file."""

    name: Name
    first: Count
    total: Count | None
    content: bytes


class Fetch(msgspec.Struct, frozen=True, array_like=True):
    """What a device wants."""

    version: int
    number: Count
    ranges: Annotated[tuple[Range, ...], msgspec.Meta(min_length=1, max_length=MAX_RANGES)]


class Given(msgspec.Struct, frozen=True, array_like=True):
    """What it gets; what is left out it asks for again."""

    version: int
    number: Count
    parts: Annotated[tuple[Part, ...], msgspec.Meta(max_length=MAX_RANGES)]


_fetch_decoder = msgspec.msgpack.Decoder(Fetch)
_given_decoder = msgspec.msgpack.Decoder(Given)


def is_name(name: str) -> bool:
    """Return whether a file of the publication can have this name: no other is ever opened."""
    return _NAME.fullmatch(name) is not None


def encode_fetch(fetch: Fetch) -> bytes:
    """Return a fetch as it travels."""
    return msgspec.msgpack.encode(fetch)


def decode_fetch(data: bytes) -> Fetch | Rejected:
    """Return the fetch in `data`."""
    if len(data) > _MOST_BYTES:
        return Rejected(Reason.TOO_LARGE, f"{len(data)} bytes")
    fetch = _decoded(data, _fetch_decoder.decode)
    if isinstance(fetch, Fetch) and sum(each.length for each in fetch.ranges) > MAX_GIVEN_BYTES:
        return Rejected(Reason.TOO_LARGE, "it wants more than one answer holds")
    return fetch


def encode_given(given: Given) -> bytes:
    """Return an answer as it travels."""
    return zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL).compress(msgspec.msgpack.encode(given))


def decode_given(data: bytes) -> Given | Rejected:
    """Return the answer in `data`."""
    if len(data) > _MOST_BYTES:
        return Rejected(Reason.TOO_LARGE, f"{len(data)} bytes")
    try:
        # The size a frame declares is what the library sets aside, whatever the limit says; -1: it does not say.
        if not 0 <= zstandard.frame_content_size(data) <= _MOST_BYTES:
            return Rejected(Reason.TOO_LARGE, "it declares more than an answer holds")
        plain = zstandard.ZstdDecompressor().decompress(data)
    except zstandard.ZstdError as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))
    return _decoded(plain, _given_decoder.decode)


def _decoded(data: bytes, decode: Callable[[bytes], _Body]) -> _Body | Rejected:
    try:
        found = decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))
    if found.version != VERSION:
        return Rejected(Reason.OTHER_VERSION, f"version {found.version!r}")
    named = found.ranges if isinstance(found, Fetch) else found.parts
    if not all(is_name(each.name) for each in named):
        return Rejected(Reason.NOT_DECODABLE, "a name leads out of the publication")
    return found
