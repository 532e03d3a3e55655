"""A cut of power leaves the mirror as it was or as it was to be, and the fetching goes on after it."""

from __future__ import annotations

import pytest

from tests.fleet.supply_cuts import Fetching


def test_no_cut_of_power_leaves_half_a_push_or_an_older_one(tmp_path):
    images, resumed, harmed = Fetching(tmp_path, seed=1, pushes=2).replay(at_each=0, again=0.1)
    assert (images > 150, resumed > 10, harmed[:3]) == (True, True, [])


@pytest.mark.parametrize("unflushed", ["files", "folders"])
def test_a_program_that_does_not_flush_is_harmed_by_a_cut(tmp_path, unflushed):
    assert Fetching(tmp_path, seed=1, pushes=2).replay(at_each=0, again=0, unflushed=unflushed)[2]
