"""A camera as a code scanner. Adapter (any source of grey pictures).

Where the pictures come from is its maker's affair: an iterator gives each as it is taken, or None within two seconds
where there is none, and raises OSError when the camera is gone. Pictures are looked at and forgotten.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

from drivers.interface import DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import Scanned
from drivers.scanner import picture
from drivers.scanner.debounce import Debounce
from drivers.scanner.losses import fault_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from PIL import Image

    from drivers.driver import Emit

    Frames: TypeAlias = Callable[[], Iterator[Image.Image | None]]


class CameraScanner:
    """Reports each code that is held before a camera; `frames` opens it."""

    def __init__(self, name: DeviceName, frames: Frames) -> None:
        self._name = name
        self._frames = frames

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the camera and report codes until stopped.

        Raises:
            DeviceError: the camera could not be opened, or was lost.
        """
        debounce = Debounce()
        is_up = False
        try:
            for frame in self._frames():
                if not is_up:
                    emit(DeviceUp(self._name))
                    is_up = True
                if stop.is_set():
                    return
                for code in picture.codes_in(frame) if frame else []:
                    if debounce.is_new(code.content, time.monotonic()):
                        emit(Scanned(self._name, code.content, code.symbology))
        except OSError as error:
            raise DeviceError(fault_of(error), f"camera: {error}") from error
        raise DeviceError(Fault.UNPLUGGED, "the camera takes no more pictures")
