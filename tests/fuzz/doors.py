"""Every door through which bytes from elsewhere come in: what opens it, and valid bytes to begin from.

A closed door is tried twice: as a stranger meets it, and behind the signature (or the compression) as somebody with a
stolen key would. The latter are called `…-body`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from device_doors import DEVICE_DOORS
from door import Door

from catalogue import pack_stream
from catalogue.pack_content import PackContent
from catalogue.pack_fault import PackError
from config.pieces import PiecesError, decode_outline
from sync import dictionary, entry, topics
from sync.frame import Birth, Frame, Stored, decode_birth, decode_frame, decode_stored
from sync.rejected import Reason, Rejected
from sync.seal import Opening, StreamOpener, key_id, open_stream, read_opening
from sync.supply.message import Fetch, Given, decode_fetch, decode_given

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICE = "kiosk-1"
DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
OPENING_KEY = X25519PrivateKey.from_private_bytes(bytes([2]) * 32)
STREAM = bytes(range(16))
BOOT = "6d0dd0a6-6d1f-4c35-9a6c-0c2e4c0f6a11"


def _signed(context: bytes, key: Ed25519PrivateKey, decode: Callable[[bytes], object], body: bytes) -> object:
    return decode(msgspec.msgpack.encode([body, key.sign(context + body)]))


_frame = partial(decode_frame, device=DEVICE, key=DEVICE_KEY.public_key())
_stored = partial(decode_stored, device=DEVICE, key=HUB_KEY.public_key())
_birth = partial(decode_birth, device=DEVICE, key=DEVICE_KEY.public_key())


_entry = partial(entry.decode, boot=BOOT)


def _topic(data: bytes) -> object:
    return topics.parse(data.decode("utf-8", errors="replace"))


def _compressed_entry(data: bytes) -> object:
    words = zstandard.ZstdCompressionDict(dictionary.VERSION_1)
    form = zstandard.ZstdCompressionParameters(format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True)
    return _entry(b"\x02" + zstandard.ZstdCompressor(dict_data=words, compression_params=form).compress(data))


def _raising(decode: Callable[[bytes], object], refusal: type[Exception], data: bytes) -> object:
    """Open a door that says no by an exception of its own."""
    try:
        return decode(data)
    except refusal as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))


def _pieces(data: bytes) -> object:
    """Read an outline, and the pieces of its list."""
    said = decode_outline(data)
    return said, said.list_pieces


def _compressed(decode: Callable[[bytes], object], data: bytes) -> object:
    return decode(zstandard.ZstdCompressor().compress(data))


DOORS = (
    Door("frame", _frame, (Frame,)),
    Door("frame-body", partial(_signed, b"guichet/frame/v1\0", DEVICE_KEY, _frame), (Frame,)),
    Door("stored", _stored, (Stored,)),
    Door("stored-body", partial(_signed, b"guichet/stored/v1\0", HUB_KEY, _stored), (Stored,)),
    Door("birth", _birth, (Birth,)),
    Door("birth-body", partial(_signed, b"guichet/state/v1\0", DEVICE_KEY, _birth), (Birth,)),
    Door("opening", read_opening, (Opening,)),
    Door(
        "stream-key",
        lambda data: open_stream(DEVICE, STREAM, data, {key_id(OPENING_KEY.public_key()): OPENING_KEY}),
        (StreamOpener,),
    ),
    Door("entry", _entry, (entry.Entry,)),
    Door("entry-body", _compressed_entry, (entry.Entry,)),
    Door("topic", _topic, (*get_args(topics.Topic), type(None))),
    Door("fetch", decode_fetch, (Fetch,)),
    Door("given", decode_given, (Given,)),
    Door("given-body", partial(_compressed, decode_given), (Given,)),
    Door("outline", partial(_raising, _pieces, PiecesError), (tuple,)),
    Door("sheets", partial(_raising, pack_stream.decode, PackError), (PackContent,)),
    *DEVICE_DOORS,
)
