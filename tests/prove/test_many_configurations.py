"""Ten thousand generated configurations, pushed to one device: good ones, wrong ones, hostile ones."""

from __future__ import annotations

import pytest

from tests.config.generated_device import Device

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_000)]


def test_ten_thousand_configurations_leave_a_device_that_works(tmp_path, monkeypatch, report):
    device = Device(tmp_path, monkeypatch)
    for seed in range(10_000):
        device.take(seed)
    counts = device.counts
    report(
        f"{counts.valid} valid, {counts.invalid} invalid with {counts.planted} faults, {counts.hostile} hostile; "
        f"harm {len(counts.harmed)}"
    )
    assert counts.harmed[:3] == []
