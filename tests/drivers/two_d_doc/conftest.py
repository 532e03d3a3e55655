"""Our own authority, made once: an issuer in force, and what believes it."""

from __future__ import annotations

from datetime import date

import pytest

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.two_d_doc import authorities


@pytest.fixture(scope="session")
def authority():
    return TwoDDocAuthority(date(2024, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="session")
def believed(authority):
    return authorities.believe(authority.certificates)
