"""Ten thousand cuts of power while a device adopts what it believes."""

from __future__ import annotations

import pytest

from tests.config.test_trust_cuts import replay, three_days

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1_800)]


def test_ten_thousand_cuts_lose_nothing_trusted_and_bring_nothing_old_back(tmp_path, report):
    days = three_days(tmp_path / "hub")
    said = []
    for seed in range(100, 140):
        said += replay(tmp_path, days, seed)
    harmed = [each for each in said if each]
    report(f"{len(said)} images, harm {len(harmed)}")
    assert (len(said) >= 10_000, harmed[:3]) == (True, [])
