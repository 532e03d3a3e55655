"""A file as pieces that are named by what is in them, cut so that a small change touches few of them. No I/O.

    file      cut where its bytes say so (256 to 4096 bytes, 830 on average)
    list      a record for each piece, in order: its SHA-256 (32 bytes), its size (2 bytes)
    outline   length and SHA-256 of the file, and the records of the list, which is cut in the same way

Who has an older file sends nothing about it: he takes the outline, asks for the pieces of the list that he lacks, then
for the pieces of the file. The hub keeps nothing for a pair of versions, nor for a device.

Cutting is gear hashing, as in FastCDC (Xia et al., USENIX ATC 2016, section 3.2) without its second mask. Where a cut
may be depends on the 32 bytes before it alone, so soon after a change the cuts are those of before.
"""

from __future__ import annotations

from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Pieces of twice this size send 0.1 % more of a pack, of five times 0.9 %; smaller ones send more list than file.
MIN_PIECE_BYTES = 256
MAX_PIECE_BYTES = 4096
# Three times the largest pack; beyond it a device refuses before it asks for anything.
MAX_FILE_BYTES = 64 * 1024 * 1024

_RECORD_BYTES = 34
_SIZE_BYTES = 2
_WINDOW_BYTES = 32  # a byte has left a 32-bit hash after as many shifts
_HASH_MASK = 0xFFFF_FFFF
_CUT_BELOW = 1 << 23  # one place in 512
# Any numbers would do, as long as they never change: other numbers, other cuts, and everything is sent again.
_GEAR = tuple(int.from_bytes(sha256(bytes([byte])).digest()[:4], "big") for byte in range(256))


def _most_list_bytes(file_bytes: int) -> int:
    """Return how long the list of a file can be, were all its pieces as small as they may be."""
    return (file_bytes // MIN_PIECE_BYTES + 1) * _RECORD_BYTES


# Also what a reader has to accept of an outline that came by a carrier.
MAX_OUTLINE_BYTES = _most_list_bytes(_most_list_bytes(MAX_FILE_BYTES)) + 100


class Unfit(Enum):
    """Why pieces, or what is said of them, cannot be used; the values end the sentence "the ... "."""

    OUTLINE = "outline is damaged or of another version"
    EMPTY = "file is empty"
    TOO_LONG = "file is longer than a device takes"
    LIST = "list is not one of pieces of this file"
    INCOMPLETE = "file still lacks pieces"
    OTHER_FILE = "pieces make another file than the one that is named"
    BUNDLE = "bundle is damaged or too large"


class PiecesError(Exception):
    """Nothing is used of what was given; ask another carrier, or again."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(f"the {reason.value}")
        self.reason = reason


class Piece(NamedTuple):
    """What names a piece."""

    sha256: bytes
    size_bytes: int

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Return the name of a piece with this content."""
        return cls(sha256(content).digest(), len(content))


class Outline(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a file is, and the pieces of its list."""

    version: Literal[1]
    length_bytes: Annotated[int, msgspec.Meta(ge=1)]
    sha256: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    records: bytes

    def encode(self) -> bytes:
        """Return the outline as it travels."""
        return msgspec.msgpack.encode(self)

    @property
    def list_pieces(self) -> tuple[Piece, ...]:
        """The pieces of the list, in order.

        Raises:
            PiecesError: it names what no list has.
        """
        return _pieces(self.records, _most_list_bytes(self.length_bytes))

    def pieces(self, listed: bytes) -> tuple[Piece, ...]:
        """Return the pieces of the file, in order, from its list.

        Raises:
            PiecesError: this is no list of a file of this length.
        """
        pieces = _pieces(listed, self.length_bytes)
        if sum(piece.size_bytes for piece in pieces) != self.length_bytes:
            raise PiecesError(Unfit.LIST)
        return pieces


def outline(content: bytes) -> tuple[Outline, bytes]:
    """Return a file's outline and its list, as the hub gives them away; 20 MB take a second.

    Raises:
        PiecesError: it is empty, or longer than a device takes.
    """
    if not 0 < len(content) <= MAX_FILE_BYTES:
        raise PiecesError(Unfit.TOO_LONG if content else Unfit.EMPTY)
    listed = as_list(pieces_of(content))
    return Outline(1, len(content), sha256(content).digest(), as_list(pieces_of(listed))), listed


def pieces_of(content: bytes) -> tuple[Piece, ...]:
    """Return the names of a file's pieces, in order."""
    return tuple(map(Piece.of, cut(content)))


def as_list(pieces: Iterable[Piece]) -> bytes:
    """Return pieces as a list that travels."""
    return b"".join(piece.sha256 + piece.size_bytes.to_bytes(_SIZE_BYTES, "big") for piece in pieces)


def decode_outline(data: bytes) -> Outline:
    """Return an outline that has travelled.

    Raises:
        PiecesError: it is none, or one of a file that a device does not take.
    """
    if len(data) > MAX_OUTLINE_BYTES:
        raise PiecesError(Unfit.TOO_LONG)
    try:
        outline = msgspec.msgpack.decode(data, type=Outline)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise PiecesError(Unfit.OUTLINE) from error
    if outline.length_bytes > MAX_FILE_BYTES:
        raise PiecesError(Unfit.TOO_LONG)
    return outline


def cut(content: bytes) -> Iterator[bytes]:
    """Yield a file's pieces, in order."""
    start = 0
    while start < len(content):
        end = _end(content, start)
        yield content[start:end]
        start = end


def _end(content: bytes, start: int) -> int:
    first = start + MIN_PIECE_BYTES
    if first >= len(content):
        return len(content)
    gear_hash = 0
    for byte in content[first - _WINDOW_BYTES : first - 1]:
        gear_hash = (gear_hash << 1) + _GEAR[byte]
    last = min(start + MAX_PIECE_BYTES, len(content))
    for position, byte in enumerate(content[first - 1 : last], first):
        gear_hash = ((gear_hash << 1) + _GEAR[byte]) & _HASH_MASK
        if gear_hash < _CUT_BELOW:
            return position
    return last


def _pieces(records: bytes, limit_bytes: int) -> tuple[Piece, ...]:
    if not records or len(records) % _RECORD_BYTES or len(records) > _most_list_bytes(limit_bytes):
        raise PiecesError(Unfit.LIST)
    pieces = tuple(
        Piece(records[at : at + 32], int.from_bytes(records[at + 32 : at + _RECORD_BYTES], "big"))
        for at in range(0, len(records), _RECORD_BYTES)
    )
    sizes = [piece.size_bytes for piece in pieces]
    # Only the last may be short: else a list of single bytes would be longer than what it lists.
    if min(sizes[:-1], default=MIN_PIECE_BYTES) < MIN_PIECE_BYTES or sizes[-1] < 1:
        raise PiecesError(Unfit.LIST)
    if max(sizes) > MAX_PIECE_BYTES or sum(sizes) > limit_bytes:
        raise PiecesError(Unfit.LIST)
    return pieces
