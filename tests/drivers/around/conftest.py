"""Devices around the kiosk, kept open as the kiosk does."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from around_rigs import DEVICE

from drivers.supervisor import Supervisor


@pytest.fixture
def rig(request, tmp_path):
    return request.param(DEVICE, tmp_path)


@pytest.fixture
def supervise(news):
    """Keep a driver open as the kiosk does."""
    with ExitStack() as ending:

        def start(driver, **how):
            supervisor = Supervisor([driver], news, **how)
            supervisor.start()
            ending.callback(supervisor.stop)
            return driver

        yield start
