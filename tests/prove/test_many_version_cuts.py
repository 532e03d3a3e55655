"""Ten thousand cuts of power while versions of the configuration are made, tried, kept, put back and recovered."""

from __future__ import annotations

import pytest

from tests.config.test_version_cuts import replay

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1_800)]


def test_ten_thousand_cuts_leave_no_unreadable_and_no_older_version(tmp_path, report):
    images = recoveries = 0
    harmed = []
    for seed in range(100, 106):
        cuts, again, harm = replay(tmp_path, seed, at_each=8, again=0.2)
        images, recoveries, harmed = images + cuts, recoveries + again, harmed + harm
    report(f"{images} images, {recoveries} of a cut recovery, harm {len(harmed)}")
    assert (images >= 10_000, harmed[:3]) == (True, [])
