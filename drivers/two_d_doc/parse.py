"""From the bytes of a code to the parts of a 2D-Doc. No I/O.

    "DC04" FR06 FPE3 FFFF 23DC 28 01 FR | message | US | signature | GS | annex

The header names the authority and its certificate, when the paper was made out and signed, and what kind of paper it
is. What is signed is the header and the message, byte for byte as they stand. The annex is not signed: anybody may
write it, so nobody is ever shown it. Promise: no bytes raise anything.

Source: France Titres' 2D-Doc format as `tddoc` reads it (after version 3.3.8 of its specification). The annex, and the
raw signature of version 1, are as public descriptions have them: no published example of either was at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

GROUP_SEPARATOR = 0x1D
"""Ends a field of the message, and the signature where an annex follows."""
TRUNCATION = 0x1E
"""Ends a field which the issuer had to cut."""
UNIT_SEPARATOR = b"\x1f"
"""Stands between the message and the signature."""

# A DataMatrix holds 1,555 bytes (ISO/IEC 16022, 144 × 144), a QR code 2,953: what is longer was never one code.
MAX_CODE_BYTES = 4096

_MARK = re.compile(rb"DC([0-9]{2})")
_BINARY_MARK = b"\xdc\x04"  # version 4 in binary: no issuer of papers for citizens writes it
_HEADER = re.compile(rb"DC(0[1-4])([0-9A-Z]{4})([0-9A-Z]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-Z]{2})")
_PERIMETER = re.compile(rb"[0-9A-Z]{2}")
_COUNTRY = re.compile(rb"[A-Z]{2}")
_FIRST_DAY = date(2000, 1, 1)
_NO_DATE = "FFFF"


class Unreadable(Enum):
    """Why a code gives no parts."""

    NOT_A_2D_DOC = auto()
    NEWER_VERSION = auto()
    """A 2D-Doc, of a version that did not exist when this was written."""
    BINARY = auto()
    """A 2D-Doc in the binary form of version 4."""
    NO_SIGNATURE = auto()
    """The signature's separator is missing: often a scanner that keeps control characters to itself."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who signed, when, and what kind of paper."""

    version: int
    authority_id: str
    certificate_id: str
    made_out: date | None
    signed: date | None
    document_type: str
    perimeter: str
    country: str


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """The parts of a 2D-Doc, believed by nobody yet. Its `repr` shows nothing that a citizen holds."""

    header: Header
    message: bytes
    signed_bytes: bytes
    signature_zone: bytes
    """All that follows the separator; `drivers.two_d_doc.signature` knows where the signature ends in it."""

    def __repr__(self) -> str:
        return "Document(…)"


def parse(code: bytes) -> Document | Unreadable:
    """Return the parts of a code, or why it has none."""
    # Scanners add what ends a line, and some a space; inside of the code every byte is the issuer's.
    code = code.lstrip(b"\r\n ")
    if len(code) > MAX_CODE_BYTES:
        return Unreadable.NOT_A_2D_DOC
    if code.startswith(_BINARY_MARK):
        return Unreadable.BINARY
    header, header_bytes = _header(code)
    if header is None:
        mark = _MARK.match(code)
        return Unreadable.NEWER_VERSION if mark and int(mark[1]) > 4 else Unreadable.NOT_A_2D_DOC  # noqa: PLR2004
    signed, separator, signature_zone = code.partition(UNIT_SEPARATOR)
    if not separator:
        return Unreadable.NO_SIGNATURE
    return Document(header, signed[header_bytes:], signed, signature_zone)


def _header(code: bytes) -> tuple[Header | None, int]:
    """Return the header and its length: 22 bytes, since version 3 with the perimeter, since 4 with the country."""
    found = _HEADER.match(code)
    if not found:
        return None, 0
    version, authority_id, certificate_id, made_out, signed, document_type = (part.decode() for part in found.groups())
    end = found.end()
    perimeter, country = "01", "FR"
    if version in {"03", "04"}:
        if not (zone := _PERIMETER.match(code, end)):
            return None, 0
        perimeter, end = zone[0].decode(), zone.end()
    if version == "04":
        if not (zone := _COUNTRY.match(code, end)):
            return None, 0
        country, end = zone[0].decode(), zone.end()
    header = Header(
        int(version), authority_id, certificate_id, day(made_out), day(signed), document_type, perimeter, country
    )
    return header, end


def day(text: str) -> date | None:
    """Return the date which four hexadecimal digits count from 2000-01-01 (23DC: 2025-02-18); FFFF is none."""
    return None if text == _NO_DATE else _FIRST_DAY + timedelta(days=int(text, 16))
