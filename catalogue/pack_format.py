"""What a content pack is made of: the layout both its builder and its reader know. No I/O.

A pack is one SQLite file, never written to after it is built:

    meta        name, value               counts and the date of the newest sheet
    sheets      every sheet, its body compressed (`pack_body`)
    front_page  one row: the tiles, as JSON
    pages       what search knows of an indexed sheet: its stems (parts of a title divided by |), its weight
    stems       FTS5 over the stems of title, path, description and text; keeps no text of its own
    words       words as they are written, for spelling: how many sheets have them
    intents     what people say, and the sheets that answer it
    synonyms    a stem, and the stem the sheets would use

`application_id` says "this is a pack", `user_version` which layout it has.
"""

from __future__ import annotations

import msgspec
import zstandard

from catalogue.sheet import Sheet

APPLICATION_ID = 0x47434854  # "GCHT"
FORMAT_VERSION = 1
PAGE_SIZE_BYTES = 4096

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sheets (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    audience TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    theme TEXT NOT NULL,
    updated TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (id, audience)
);
CREATE TABLE front_page (tiles TEXT NOT NULL);
CREATE TABLE pages (
    number INTEGER PRIMARY KEY REFERENCES sheets,
    title TEXT NOT NULL,
    path TEXT NOT NULL,
    weight REAL NOT NULL
);
CREATE VIRTUAL TABLE stems USING fts5 (
    title, path, description, text, content = '', tokenize = 'ascii'
);
CREATE TABLE words (word TEXT PRIMARY KEY, sheets INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE intents (
    number INTEGER PRIMARY KEY,
    groups TEXT NOT NULL,
    unless TEXT NOT NULL,
    sheets TEXT NOT NULL
);
CREATE TABLE synonyms (stem TEXT PRIMARY KEY, means TEXT NOT NULL) WITHOUT ROWID;
"""

# Where several audiences have a sheet of one id, citizens get theirs.
AUDIENCES = ("particuliers", "professionnels", "associations")

_COMPRESSION_LEVEL = 19  # slow to write, as fast to read as any: packs are built once and read for months
_MAX_BODY_BYTES = 16 * 1024 * 1024  # the largest sheet of 2020 is under 1 MB; beyond this it is no sheet

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Sheet)


def pack_body(sheet: Sheet) -> bytes:
    """Return a sheet as a pack stores it."""
    return zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL).compress(_encoder.encode(sheet))


def unpack_body(body: bytes) -> Sheet:
    """Return the sheet stored in a body.

    Raises:
        zstandard.ZstdError: the bytes are damaged.
        msgspec.DecodeError: what they hold is no sheet.
    """
    # The size a frame declares is what the library sets aside, whatever the limit says.
    if zstandard.frame_content_size(body) > _MAX_BODY_BYTES:
        raise zstandard.ZstdError("it declares more bytes than a sheet has")
    plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_BODY_BYTES)
    return _decoder.decode(plain)
