"""The message of a 2D-Doc, from one line of text to its fields and back. No I/O.

A field is an identifier of two characters and its value. Values of fixed length follow each other; one of variable
length ends with GS, with RS where the issuer had to cut it, or at its greatest length. A field that is not in the
list is stepped over up to a separator, and the message counts as read in part.

Promise: no text raises anything, and what `join` wrote `split` reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GS = "\x1d"
RS = "\x1e"
_ID = re.compile("[0-9A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a value has; `most` is None where it may have any number."""

    least: int
    most: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether every value has as many."""
        return self.least == self.most


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """One thing that the paper says. Its `repr` does not say it."""

    id: str
    value: str
    is_cut: bool = False

    def __repr__(self) -> str:
        return f"Field({self.id!r}, …)"


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read of a message, and whether that was all of it."""

    fields: tuple[Field, ...]
    is_whole: bool


def split(message: str, lengths: Mapping[str, Length]) -> Fields:
    """Return the fields of a message, in its order."""
    fields: list[Field] = []
    is_whole = True
    at = 0
    while at < len(message):
        start = at + 2
        field_id = message[at:start]
        length = lengths.get(field_id)
        if length is None and not _ID.fullmatch(field_id):
            return Fields(tuple(fields), is_whole=False)
        most = length.most if length else None
        end = start + length.least if length and length.is_fixed else _end(message, start, most)
        value = message[start:end]
        separator = message[end : end + 1]
        if length is None:
            is_whole = False  # newer than our list; up to its separator it can still be stepped over
        elif length.is_fixed and (len(value) < length.least or GS in value or RS in value):
            return Fields(tuple(fields), is_whole=False)
        else:
            fields.append(Field(field_id, value, is_cut=separator == RS))
        # After a value of fixed or greatest length a separator is needless, and yet some issuers write it.
        at = end + 1 if separator in {GS, RS} else end
    return Fields(tuple(fields), is_whole)


def join(fields: Iterable[Field], lengths: Mapping[str, Length]) -> str:
    """Return the message that says `fields`, as an issuer writes it."""
    return "".join(field.id + field.value + _separator(field, lengths[field.id]) for field in fields)


def _separator(field: Field, length: Length) -> str:
    if field.is_cut:
        return RS
    return "" if length.is_fixed or len(field.value) == length.most else GS


def _end(message: str, start: int, most: int | None) -> int:
    """Return where a value of variable length ends: at a separator, its greatest length, or the message's end."""
    limit = len(message) if most is None else min(len(message), start + most)
    found = [at for mark in (GS, RS) if (at := message.find(mark, start, limit)) != -1]
    return min(found, default=limit)
