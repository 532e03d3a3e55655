"""Every bit of a code, turned over one by one."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from drivers.simulated.two_d_doc_specimens import SPECIMENS, Sheet
from drivers.two_d_doc.check import check

TODAY = date(2026, 11, 24)
VERSIONS = (1, 2, 3, 4)


def codes(authority, number):
    """Return codes of every kind of paper and version in turn, each signed on a day and for a name of its own."""
    random = Random(number)  # noqa: S311  (it draws samples)
    for at in range(number):
        sheet = list(SPECIMENS.values())[at % len(SPECIMENS)]
        surname = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=random.randint(3, 12)))
        fields = {key: value.replace("DURAND", surname) for key, value in sheet.fields.items()}
        signed = date(2024, 1, 1) + timedelta(days=random.randrange(1000))
        yield authority.issue(Sheet(sheet.document_type, fields), signed, version=VERSIONS[at // 6 % 4])


def survivors(code, believed):
    """Return where in a code a single bit may be turned over and the paper still be called genuine."""
    changed = bytearray(code)
    found = []
    for bit in range(len(code) * 8):
        changed[bit // 8] ^= 1 << bit % 8
        if check(bytes(changed), believed, TODAY).verdict.is_genuine:
            found.append(bit)
        changed[bit // 8] ^= 1 << bit % 8
    assert changed == code
    return found
