"""The devices around the kiosk, and how tests name what becomes of them."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager

import pytest
from gpio_rig import GpioKeypadRig, GpioLampRig, IgnitionLineRig
from keypad_rig import HidKeypadRig
from power_rig import PowerSuppliesRig
from sound_rig import HeadphoneSocketRig, SpeakerRig

from drivers.interface import DeviceDown, DeviceName, DeviceUp

DEVICE = DeviceName("device")
UP = DeviceUp(DEVICE)
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0
GPIO_RIGS = [GpioKeypadRig, GpioLampRig, IgnitionLineRig]
RIGS = [HidKeypadRig, *GPIO_RIGS, PowerSuppliesRig, SpeakerRig, HeadphoneSocketRig]


def on(*rigs):
    return pytest.mark.parametrize("rig", rigs, indirect=True, ids=lambda rig: rig.__name__.removesuffix("Rig"))


def down(fault):
    return DeviceDown(DEVICE, fault)


@contextmanager
def nobodys_rights():
    """Let this thread open only what anybody may (setfsuid(2)): root is refused nothing."""
    before = ctypes.CDLL(None).setfsuid(65_534)
    try:
        yield
    finally:
        ctypes.CDLL(None).setfsuid(before)
