"""The seal of a paper by a scanner that types, with its control characters as keys of a US keyboard, as most do."""

from __future__ import annotations

from datetime import date

import pytest

from drivers.interface import DeviceName
from drivers.scanner.hearing import Hearing
from drivers.scanner.key_hearing import KeyHearing
from drivers.scanner.keys import EV_KEY, KEY_ENTER, KEY_LEFTCTRL, KEY_LEFTSHIFT, record, typed
from drivers.scanner.layouts import Layout
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.two_d_doc.check import check
from drivers.two_d_doc.verdict import Verdict

# Ctrl and "]", Ctrl and "^" (shift, 6), Ctrl and "_" (shift, -): where they are on a US keyboard.
CONTROLS = {0x1D: (KEY_LEFTCTRL, 27), 0x1E: (KEY_LEFTCTRL, KEY_LEFTSHIFT, 7), 0x1F: (KEY_LEFTCTRL, KEY_LEFTSHIFT, 12)}


def pressed(code, layout):
    """Return the events of a scanner that presses Ctrl for control characters."""
    events = []
    for byte in code:
        if keys := CONTROLS.get(byte):
            events += [(EV_KEY, key, 1) for key in keys] + [(EV_KEY, key, 0) for key in reversed(keys)]
        else:
            events += typed(bytes([byte]), layout)
    return [*events, (EV_KEY, KEY_ENTER, 1), (EV_KEY, KEY_ENTER, 0)]


@pytest.mark.parametrize("layout", list(Layout), ids=lambda layout: layout.name.lower())
@pytest.mark.parametrize("paper", SPECIMENS)
def test_a_genuine_paper_is_genuine_when_it_is_typed(authority, believed, paper, layout):
    code = authority.issue(SPECIMENS[paper], date(2025, 2, 18), cut=list(SPECIMENS[paper].fields)[:1])
    keys = KeyHearing(Hearing(DeviceName("scanner")), layout)
    [scanned] = keys.receive(b"".join(record(*event) for event in pressed(code, layout)), 1.0)
    assert check(scanned.code, believed, date(2026, 11, 24)).verdict is Verdict.GENUINE
