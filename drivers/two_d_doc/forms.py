"""A field's value as a French reader writes it: dates, amounts, hours, yes and no. No I/O.

Each form is a function from the issuer's text to ours; what does not have its form is given back as it stands, for the
signature vouches for the text and not for our reading of it.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from drivers.two_d_doc.parse import day

if TYPE_CHECKING:
    from collections.abc import Callable

    Form: TypeAlias = "Callable[[str], str]"

NO_BREAK = "\u00a0"
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_NUMBER = re.compile("(-?)([0-9]+)(,[0-9]+)?")
_DAY = re.compile("[0-9A-F]{4}")
_TIME = re.compile("([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?")
_DIGITS = re.compile("[0-9]+")


def long_date(when: date) -> str:
    """Return « 1er mars 2025 »."""
    number = "1er" if when.day == 1 else str(when.day)
    return f"{number}{NO_BREAK}{_MONTHS[when.month - 1]} {when.year}"


def days_date(text: str) -> str:
    """Return the date of four hexadecimal digits."""
    when = day(text) if _DAY.fullmatch(text) else None
    return long_date(when) if when else text


def full_date(text: str) -> str:
    """Return the date of DDMMYYYY."""
    if not (_DIGITS.fullmatch(text) and len(text) == len("DDMMYYYY")):
        return text
    try:
        return long_date(date(int(text[4:]), int(text[2:4]), int(text[:2])))
    except ValueError:
        return text


def date_and_time(text: str) -> str:
    """Return the date and time of DDMMYYYYHHMM."""
    when, at = full_date(text[:8]), time(text[8:])
    return text if when == text[:8] or at == text[8:] else f"{when} à {at}"


def time(text: str) -> str:
    """Return « 14 h 05 » of HHMM or HHMMSS."""
    if not _TIME.fullmatch(text):
        return text
    return f"{int(text[:2])}{NO_BREAK}h{NO_BREAK}{text[2:4]}"


def number(text: str) -> str:
    """Return a number with a space between thousands, its zeros in front dropped."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return text
    sign, whole, decimals = found.groups()
    return f"{sign}{int(whole):,}".replace(",", NO_BREAK) + (decimals or "")


def in_unit(unit: str) -> Form:
    """Return a form for numbers of `unit`."""

    def with_unit(text: str) -> str:
        return f"{number(text)}{NO_BREAK}{unit}" if _NUMBER.fullmatch(text) else text

    return with_unit


def hexadecimal(text: str) -> str:
    """Return a number written in hexadecimal."""
    return str(int(text, 16)) if re.fullmatch("[0-9A-F]+", text) else text


def base_36(text: str) -> str:
    """Return a number written with letters after the nine."""
    return str(int(text, 36)) if re.fullmatch("[0-9A-Z]+", text) else text


def yes_or_no(text: str) -> str:
    """Return « oui » or « non »."""
    return {"0": "non", "1": "oui"}.get(text, text)


def telephone(text: str) -> str:
    """Return a French telephone number by pairs."""
    digits = text.replace(" ", "")
    pairs = NO_BREAK.join(digits[at : at + 2] for at in range(0, 10, 2))
    return pairs if re.fullmatch("0[0-9]{9}", digits) else text


def name(text: str) -> str:
    """Return the parts of a name, which the issuer parts with strokes."""
    return " ".join(text.replace("/", " ").split())


def listed(text: str) -> str:
    """Return a list, whose members the issuer parts with strokes."""
    return ", ".join(part.strip() for part in text.split("/") if part.strip())


def country(text: str) -> str:
    """Return the country's name where it is France."""
    return "France" if text == "FR" else text


def address(text: str) -> str:
    """Return a web address written in Base32."""
    try:
        found = base64.b32decode(text + "=" * (-len(text) % 8)).decode("ascii")
    except (binascii.Error, ValueError):
        return text
    return found if found.isprintable() else text


def plain(text: str) -> str:
    """Return the text as it stands: a number of anything may begin with a zero."""
    return text


FORMS: dict[str, Form] = {
    "Date4": days_date,
    "JJMMAAAA": full_date,
    "JJMMAAAAHHMM": date_and_time,
    "Time6": time,
    "HHMM": time,
    "Decimal": number,
    "HexInt": hexadecimal,
    "Base36": base_36,
    "Boolean": yes_or_no,
    "PhoneNumber": telephone,
    "StringBase32": address,
    "StringAZ09SpSl": name,
    "StringAZSpSl": name,
}
"""By the name of the class which `tddoc` gives a field; `plain` for all others."""
