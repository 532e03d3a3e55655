"""What a model of receipt printer can do. No I/O.

A profile is chosen by configuration; `generic` asks of a printer only what nearly all have. Sources: Epson, "ESC/POS
Command Reference" with its tables of code pages by model; Star, "ESC/POS mode command specifications"; Custom, "VKP80
commands manual"; Bixolon, "SRP-350III command manual"; python-escpos' capabilities, from which the tables were checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# ESC t n: the number of each page, by Python's name of its letters.
_EPSON_PAGES = {
    "cp1252": 16,
    "cp1250": 45,
    "cp1251": 46,
    "cp1253": 47,
    "cp1254": 48,
    "cp1257": 51,
    "cp437": 0,
}
# Copies of Epson's printers share its first twenty numbers, not those above.
_SHARED_PAGES = {"cp1252": 16, "cp852": 18, "cp437": 0}


@dataclass(frozen=True, slots=True)
class Profile:
    """One model. `pages` are in the order in which they are tried for a line."""

    name: str
    pages: Mapping[str, int]
    head_dots_58: int = 384
    head_dots_80: int = 576
    draws_codes: bool = True
    """It makes QR codes itself (GS ( k); else we send them as pictures."""
    tells_process: bool = False
    """It answers GS ( H with the number of what it has printed."""
    tells_by_itself: bool = False
    """It sends its status when that changes (GS a)."""
    clears: bool = False
    """It drops what it holds at DLE DC4 8, and says when it has. All are told to; of these it is known."""
    cuts: bool = True
    """It has a cutter; else the paper is fed out to be torn."""


_ALL = (
    Profile("generic", _SHARED_PAGES),
    # Epson TM-T20II/III, TM-T88V/VI/VII, TM-m30II/III: all three of DLE EOT, GS a and GS ( H.
    Profile("epson-tm-t20", _EPSON_PAGES, tells_process=True, tells_by_itself=True, clears=True),
    # Heads of 180 dots to the inch: 512 across 80 mm, 360 across 58 mm.
    Profile(
        "epson-tm-t88",
        _EPSON_PAGES,
        head_dots_58=360,
        head_dots_80=512,
        tells_process=True,
        tells_by_itself=True,
        clears=True,
    ),
    Profile("epson-tm-m30", _EPSON_PAGES, tells_process=True, tells_by_itself=True, clears=True),
    # Star mC-Print and TSP100IV in ESC/POS mode; whether all of Epson's pages are there depends on the firmware.
    Profile("star-mcp", _SHARED_PAGES, tells_by_itself=True),
    Profile("custom-vkp80", {"cp1252": 16, "cp437": 0}, draws_codes=False),
    Profile("bixolon-srp350", _SHARED_PAGES, head_dots_58=360, head_dots_80=512, tells_by_itself=True),
    # Kitchen and hand-held printers of 58 mm without a cutter or codes of their own.
    Profile("generic-58-tear", {"cp1252": 16, "cp437": 0}, draws_codes=False, cuts=False),
    # A printer of which nothing is known but that it takes pictures: every line is drawn.
    Profile("pictures-only", {}, draws_codes=False),
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _ALL}
GENERIC = PROFILES["generic"]
