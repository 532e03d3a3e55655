"""Whatever is pushed: all that is wrong is listed, nothing else is raised, and the device has what works."""

from __future__ import annotations

import pytest

from config.fault import ConfigError
from config.parse import parse
from tests.config import generated
from tests.config.generated_device import Device


def test_generated_configurations_leave_a_device_that_works(tmp_path, monkeypatch):
    device = Device(tmp_path, monkeypatch)
    for seed in range(240):
        device.take(seed)
    counts = device.counts
    assert counts.harmed[:3] == []
    assert min(counts.valid, counts.invalid, counts.hostile) > 40


@pytest.mark.parametrize("data", generated.HOSTILE, ids=range(len(generated.HOSTILE)))
def test_hostile_bytes_are_refused_as_a_configuration_is(data):
    with pytest.raises(ConfigError):
        parse(data.decode(errors="replace"))
