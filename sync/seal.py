"""Closing records so that only the hub can read them. No I/O; the caller brings randomness.

A *stream* is one life of one writing process. Its key is made when the process first writes, kept in memory
only, and travels once, sealed to the hub's public key (HPKE, RFC 9180, base mode), in the stream's first row:
once the process has ended nobody but the hub can read what it wrote, the device included.

    row 1 (opening)   [version, id of the hub's key, predecessor or nil, HPKE(stream key), lane, boot]
    row n             ChaCha20-Poly1305(stream key, nonce, entry)

A *lane* is one writing role and one urgency ("kiosk.urgent"): within it streams follow each other strictly, each naming
the one before, so that a lost tail, a restored card or a clone shows. Version 1 of the opening had neither.

The nonce is a counter of *seal operations*, not the sequence number: a commit that failed gives its sequence
numbers back, but a sealed row may linger in the write-ahead log, and a nonce used twice would open both.
The associated data binds version, device, stream and sequence number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.chain import CHAIN_BYTES, STREAM_BYTES, Row
from sync.rejected import Reason, Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

# Of the opening; the rows' own context says 1.
VERSION = 2
_ROW_VERSION = 1
STREAM_KEY_BYTES = 32
OPENING_SEQ = 1
# RFC 9180, section 7: the suite whose AEAD is the one the rows use.
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


# No database keeps a NUL in a text: an opening that has one cannot be ours.
_NO_NUL = r"^[^\x00]*$"


class Predecessor(msgspec.Struct, frozen=True, array_like=True):
    """The stream that the same device wrote before, as it left it: a lost tail, a restored card or a clone shows."""

    stream: bytes
    seq: Annotated[int, msgspec.Meta(ge=0, le=(1 << 62) - 1)]
    chain: bytes


class Opening(msgspec.Struct, frozen=True, array_like=True):
    """What the first row of a stream says in clear, and the stream's key for the hub alone."""

    version: int
    hub_key_id: bytes
    previous: Predecessor | None
    wrapped_key: bytes
    lane: Annotated[str, msgspec.Meta(max_length=64, pattern=_NO_NUL)] = ""
    boot: Annotated[str, msgspec.Meta(max_length=36, pattern=_NO_NUL)] = ""


_opening_decoder = msgspec.msgpack.Decoder(Opening)


def key_id(key: X25519PublicKey) -> bytes:
    """Return the eight bytes by which an opening names the hub's key."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).digest()[:8]


def _opening_info(device: str, stream: bytes, opening: Opening) -> bytes:
    """Return what HPKE binds the key to: all that the opening says in clear."""
    if opening.version == 1:
        return b"guichet/opening/v1\0" + msgspec.msgpack.encode([device, stream, opening.previous])
    said = [device, stream, opening.previous, opening.lane, opening.boot]
    return b"guichet/opening/v2\0" + msgspec.msgpack.encode(said)


def _row_context(device: str, stream: bytes, seq: int) -> bytes:
    return b"guichet/row/v1\0" + msgspec.msgpack.encode([_ROW_VERSION, device, stream, seq])


@dataclass(slots=True)
class StreamSeal:
    """The writing end of one stream. Its key is in no other place; never pickle, log or store it."""

    device: str
    stream: bytes
    key: bytes = field(repr=False)
    lane: str
    boot: str
    _operations: int = 0
    _cipher: ChaCha20Poly1305 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._cipher = ChaCha20Poly1305(self.key)

    def opening(self, hub_key: X25519PublicKey, previous: Predecessor | None) -> Row:
        """Return the stream's first row, which hands its key to the hub."""
        opening = Opening(VERSION, key_id(hub_key), previous, b"", self.lane, self.boot)
        wrapped = _SUITE.encrypt(self.key, hub_key, info=_opening_info(self.device, self.stream, opening))
        sealed = msgspec.msgpack.encode(msgspec.structs.replace(opening, wrapped_key=wrapped))
        return Row(OPENING_SEQ, 0, sealed)

    def seal(self, seq: int, plain: bytes) -> Row:
        """Return `plain` sealed as row `seq`; each call burns a nonce, whatever becomes of the row."""
        self._operations += 1
        nonce = self._operations.to_bytes(12, "big")
        context = _row_context(self.device, self.stream, seq)
        return Row(seq, self._operations, self._cipher.encrypt(nonce, plain, context))


@dataclass(slots=True)
class StreamOpener:
    """The hub's end of one stream, once its opening has been read."""

    device: str
    stream: bytes
    key: bytes = field(repr=False)
    boot: str
    _cipher: ChaCha20Poly1305 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._cipher = ChaCha20Poly1305(self.key)

    def open(self, row: Row) -> bytes | Rejected:
        """Return what `row` holds."""
        try:
            nonce = row.nonce.to_bytes(12, "big")
            context = _row_context(self.device, self.stream, row.seq)
            return self._cipher.decrypt(nonce, row.sealed, context)
        except (InvalidTag, OverflowError, ValueError) as error:
            return Rejected(Reason.CANNOT_OPEN, f"row {row.seq} {error!r}")


def read_opening(sealed: bytes) -> Opening | Rejected:
    """Return what a first row says in clear; needs no key."""
    try:
        opening = _opening_decoder.decode(sealed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:  # arrays within arrays, thousands deep
        return Rejected(Reason.NOT_DECODABLE, str(error))
    if opening.version not in {1, VERSION}:
        return Rejected(Reason.OTHER_VERSION, f"opening version {opening.version!r}")
    previous = opening.previous
    if previous and (len(previous.stream) != STREAM_BYTES or len(previous.chain) != CHAIN_BYTES):
        return Rejected(Reason.NOT_DECODABLE, "predecessor of a wrong length")
    return opening


def lacks_key(hub_key_id: bytes) -> Rejected:
    """Return what is said of a stream while the hub's key that it was sealed to is not at hand."""
    return Rejected(Reason.CANNOT_OPEN, f"sealed to hub key {hub_key_id.hex()}")


def open_stream(
    device: str, stream: bytes, sealed: bytes, hub_keys: Mapping[bytes, X25519PrivateKey]
) -> StreamOpener | Rejected:
    """Return the opener of a stream from its first row; `hub_keys` holds the hub's keys, old ones too, by id."""
    opening = read_opening(sealed)
    if isinstance(opening, Rejected):
        return opening
    hub_key = hub_keys.get(opening.hub_key_id)
    if hub_key is None:
        return lacks_key(opening.hub_key_id)
    try:
        info = _opening_info(device, stream, opening)
        key = _SUITE.decrypt(opening.wrapped_key, hub_key, info=info)
    except (InvalidTag, ValueError) as error:
        return Rejected(Reason.CANNOT_OPEN, f"opening {error!r}")
    if len(key) != STREAM_KEY_BYTES:
        return Rejected(Reason.CANNOT_OPEN, "stream key of a wrong length")
    return StreamOpener(device, stream, key, opening.boot)
