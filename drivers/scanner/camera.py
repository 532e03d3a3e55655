"""A camera as a code scanner. Adapter (any source of grey pictures).

Where the pictures come from is its maker's affair: an iterator gives each as it is taken, or None several times a
second while there is none, and raises OSError when the camera is gone. Pictures are looked at and forgotten.

    run: opened ── first picture ─► DeviceUp ── none for 1.4 s ─► NOT_ANSWERING ── a picture ─► DeviceUp
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
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

# With the third of a second in which whoever gives the pictures says that there is none: people are told within two.
_LATE_S = 1.4


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
        told: DeviceUp | DeviceDown | None = None
        seen_s = 0.0
        try:
            for frame in self._frames():
                if stop.is_set():
                    return
                now_s = time.monotonic()
                if frame is not None:
                    seen_s = now_s
                # Before its first picture it is being opened: how long that may take, whoever gives the pictures knows.
                if told is not None or frame is not None:
                    is_late = now_s - seen_s > _LATE_S
                    stands = DeviceDown(self._name, Fault.NOT_ANSWERING) if is_late else DeviceUp(self._name)
                    if stands != told:
                        emit(stands)
                        told = stands
                for code in picture.codes_in(frame) if frame else []:
                    if debounce.is_new(code.content, time.monotonic()):
                        emit(Scanned(self._name, code.content, code.symbology))
        except OSError as error:
            raise DeviceError(fault_of(error), f"camera: {error}") from error
        raise DeviceError(Fault.UNPLUGGED, "the camera takes no more pictures")
