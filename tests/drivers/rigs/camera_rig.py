"""A camera for the promises of every driver."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image

from drivers.scanner.camera import CameraScanner
from drivers.scanner.camera_child import CameraChild
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


PROGRAM = (sys.executable, "-m", "drivers.simulated.camera")


class CameraChildRig:
    """A camera which a program reads: its device file is the picture before it."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.picture = folder / "video0"

    def driver(self):
        return CameraScanner(self._name, CameraChild(self.picture, PROGRAM, ()).frames)

    @contextmanager
    def device(self, shown=None):
        self.hold(shown or Image.new("L", (64, 48), 255))
        yield self
        self.picture.unlink()

    def hold(self, picture):
        """Hold a picture before it."""
        unfinished = self.picture.with_suffix(".part")
        picture.save(unfinished, "PNG")
        unfinished.replace(self.picture)
