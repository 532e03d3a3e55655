"""What PC/SC answers, as what a technician has to do about it."""

from __future__ import annotations

import pytest
from smartcard import scard

from drivers.interface import Fault
from drivers.reader.pcsc import _fault


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (scard.SCARD_E_NO_SERVICE, Fault.SERVICE_DOWN),
        (scard.SCARD_E_NO_READERS_AVAILABLE, Fault.UNPLUGGED),
        (scard.SCARD_E_NO_ACCESS, Fault.REFUSED),
        # pcsc-lite's answer where polkit does not let the account in.
        (scard.SCARD_W_SECURITY_VIOLATION, Fault.REFUSED),
    ],
)
def test_an_answer_of_pcscd_is_named(result, fault):
    assert _fault(result) is fault
