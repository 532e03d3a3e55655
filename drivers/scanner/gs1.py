r"""GS1 element strings: what a GS1 code says, by application identifier. No I/O.

    01 03453120000011 17 261231 10 AB-12 <GS> 21 7788     GS1 General Specifications, 7.8

An element is an identifier of two to four digits, and its value. Where the first two digits are in the table of
predefined lengths, nothing stands behind the value; elsewhere GS (0x1D) ends it, unless it is the last. Only the
identifiers which a France Services counter may meet (a parcel, a payment slip, a numbered document) are known: with
another one nobody can say where it ends, so the whole is rejected rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

GS = b"\x1d"


class Reason(Enum):
    """Why a code is no list of GS1 elements that we know."""

    EMPTY = auto()
    UNKNOWN_IDENTIFIER = auto()
    WRONG_VALUE = auto()
    WRONG_CHECK_DIGIT = auto()


@dataclass(frozen=True, slots=True)
class Rejected:
    """It is not understood, from this byte on."""

    reason: Reason
    at: int


@dataclass(frozen=True, slots=True)
class Element:
    """One application identifier and its value."""

    identifier: str
    value: str


# GS1 General Specifications, figure 7.11-1: the 82 characters which a value may hold.
_X = rb"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"


@dataclass(frozen=True, slots=True)
class _Format:
    value: re.Pattern[bytes]
    has_predefined_length: bool = False
    check_digit_at: int | None = None


def _digits(count: int, check_digit_at: int | None = None) -> _Format:
    return _Format(re.compile(rb"[0-9]{%d}" % count), has_predefined_length=True, check_digit_at=check_digit_at)


def _up_to(count: int) -> _Format:
    return _Format(re.compile(_X + rb"{1,%d}" % count))


# GS1 General Specifications, figure 3.2-1 (identifiers, formats) and figure 7.8.5-2 (predefined lengths).
_FORMATS = {
    b"00": _digits(18, check_digit_at=17),  # SSCC: a parcel, a pallet
    b"01": _digits(14, check_digit_at=13),  # GTIN: a product
    b"02": _digits(14, check_digit_at=13),  # GTIN of what a parcel holds
    b"10": _up_to(20),  # batch
    b"11": _digits(6),  # production date
    b"13": _digits(6),  # packaging date
    b"15": _digits(6),  # best before
    b"17": _digits(6),  # expiry
    b"21": _up_to(20),  # serial number
    b"37": _Format(re.compile(rb"[0-9]{1,8}")),  # how many a parcel holds
    b"240": _up_to(30),  # the maker's own number
    b"253": _Format(re.compile(rb"[0-9]{13}" + _X + rb"{0,17}"), check_digit_at=12),  # GDTI: a document
    b"400": _up_to(30),  # the customer's order
    b"401": _up_to(30),  # consignment
    b"402": _Format(re.compile(rb"[0-9]{17}"), check_digit_at=16),  # shipment
    b"410": _digits(13, check_digit_at=12),  # GLN: deliver to
    b"414": _digits(13, check_digit_at=12),  # GLN of a place
    b"415": _digits(13, check_digit_at=12),  # GLN of who sends the bill
    b"420": _up_to(20),  # deliver to this postal code
    b"8020": _up_to(25),  # payment slip
}
_SIZES = (2, 3, 4)


def parse(code: bytes) -> list[Element] | Rejected:
    """Return the elements of a code, in order, or why it has none."""
    elements: list[Element] = []
    at = len(GS) if code.startswith(GS) else 0  # some scanners send the leading FNC1 as GS, too
    while at < len(code):
        identifier = next((code[at : at + size] for size in _SIZES if code[at : at + size] in _FORMATS), None)
        if identifier is None:
            return Rejected(Reason.UNKNOWN_IDENTIFIER, at)
        kind = _FORMATS[identifier]
        begins = at + len(identifier)
        found = kind.value.match(code, begins)
        if not found:
            return Rejected(Reason.WRONG_VALUE, begins)
        end = found.end()
        is_ended = kind.has_predefined_length or end == len(code) or code[end:].startswith(GS)
        if not is_ended:
            return Rejected(Reason.WRONG_VALUE, end)
        value = found[0].decode("ascii")
        if kind.check_digit_at is not None and not _checks(value[: kind.check_digit_at + 1]):
            return Rejected(Reason.WRONG_CHECK_DIGIT, begins)
        elements.append(Element(identifier.decode("ascii"), value))
        # GS behind a predefined length is allowed, and needless (7.8.6.2).
        at = end + (len(GS) if code[end:].startswith(GS) else 0)
    return elements or Rejected(Reason.EMPTY, 0)


def encode(elements: list[Element]) -> bytes:
    """Return the elements as a code would hold them."""
    out = b""
    for element in elements:
        identifier = element.identifier.encode("ascii")
        ends = b"" if _FORMATS[identifier].has_predefined_length else GS
        out += identifier + element.value.encode("ascii") + ends
    return out.removesuffix(GS)


def check_digit(digits: str) -> str:
    """Return the check digit that stands behind `digits` (GS1 General Specifications, 7.9.1)."""
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)


def _checks(number: str) -> bool:
    return check_digit(number[:-1]) == number[-1]
