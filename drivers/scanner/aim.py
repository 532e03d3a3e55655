r"""AIM symbology identifiers: which kind of code it was, said by three characters before it. No I/O.

    ]d2   "]", a letter for the symbology, a modifier     ISO/IEC 15424:2008, 4 and annex A

A modifier may say that the ECI protocol is in force: then "\000026" announces a character set and stands for no byte
of the code, and a backslash of the code is sent twice. Bytes stay bytes here, so announcements are dropped.
"""

from __future__ import annotations

import re

from drivers.news import Symbology

IDENTIFIER_BYTES = 3

_LETTERS = {
    "A": Symbology.CODE_39,
    "C": Symbology.CODE_128,
    "E": Symbology.EAN,
    "L": Symbology.PDF417,
    "Q": Symbology.QR,
    "d": Symbology.DATA_MATRIX,
    "z": Symbology.AZTEC,
}
# FNC1 in the first position: what follows is GS1 element strings (GS1 General Specifications, 5.1.3).
_GS1 = {
    "C1": Symbology.GS1_128,
    "Q3": Symbology.GS1_QR,
    "Q4": Symbology.GS1_QR,
    "d2": Symbology.GS1_DATA_MATRIX,
    "d5": Symbology.GS1_DATA_MATRIX,
    "e0": Symbology.GS1_DATABAR,
}
# The modifiers that say "ECI protocol implemented" (ISO/IEC 15424:2008, annex A, table of each symbology).
_ECI = frozenset({"Q2", "Q4", "Q6", "d4", "d5", "d6", "z3", "z4", "z5", "z9", "zA", "zB", "L1"})

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_ESCAPE = re.compile(rb"\\(?:\\|[0-9]{6})")


def split(frame: bytes) -> tuple[Symbology, bytes] | None:
    """Return what a frame begins by, and its code; None where it begins by no identifier."""
    if not _IDENTIFIER.match(frame):
        return None
    name = frame[1:IDENTIFIER_BYTES].decode("ascii")
    code = frame[IDENTIFIER_BYTES:]
    if name in _ECI:
        code = _ESCAPE.sub(lambda found: b"\\" if found[0] == b"\\\\" else b"", code)
    return _GS1.get(name) or _LETTERS.get(name[0], Symbology.OTHER), code
