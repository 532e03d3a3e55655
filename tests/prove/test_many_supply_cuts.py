"""Ten thousand cuts of power while what is published is fetched, put together and moved to the mirror."""

from __future__ import annotations

import pytest

from tests.fleet.supply_cuts import Fetching

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_000)]


def test_ten_thousand_cuts_leave_no_half_push_and_no_older_one(tmp_path, report):
    images = resumed = 0
    harmed = []
    for seed in range(200, 206):
        cuts, again, harm = Fetching(tmp_path / str(seed), seed, pushes=5).replay(at_each=4, again=0.05)
        images, resumed, harmed = images + cuts, resumed + again, harmed + harm
    report(f"{images} images, {resumed} of them went on fetching, harm {len(harmed)}")
    assert (images >= 10_000, harmed[:3]) == (True, [])
