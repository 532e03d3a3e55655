"""A camera for the promises of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.scanner.camera import CameraScanner
from drivers.simulated.camera import SimulatedCamera

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class CameraRig:
    """Its socket is its camera."""

    def __init__(self, device: DeviceName, _folder):
        self._name = device
        self._camera = SimulatedCamera()

    def driver(self):
        return CameraScanner(self._name, self._camera.frames)

    def device(self):
        return self._camera
