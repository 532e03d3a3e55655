"""The pictures of a camera the kernel knows (V4L2), small and grey. Adapter (ffmpeg, a child process).

A camera's driver may hang in a call for as long as it likes; a child can be killed. It writes pictures (PGM) into a
pipe as they are taken; only the newest is looked at.
"""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, Fault
from drivers.scanner.grey_pictures import GreyPicture, GreyPictures, NoPicturesError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

# A program starts, a camera finds its exposure; then a picture comes five times a second. One that stalls is told of
# long before it is closed: what a busy machine held up comes by itself.
_FIRST_S = 4.0
_STALL_S = 3.0
_LOOK_S = 0.3
_READ_BYTES = 1 << 20
# A code of 3 cm half a metre away has some 2 pixels a module then; more takes a small board longer than it shows.
_PICTURES = ("-vf", "fps=5,scale='min(1280,iw)':-2,format=gray", "-f", "image2pipe", "-c:v", "pgm", "-")
FFMPEG = ("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "v4l2", "-i")


class CameraChild:
    """Opens the camera at `device`; `program` reads it, with `output` behind it, first within `first_s`."""

    def __init__(
        self,
        device: Path,
        program: tuple[str, ...] = FFMPEG,
        output: tuple[str, ...] = _PICTURES,
        first_s: float = _FIRST_S,
    ) -> None:
        self._device = device
        self._first_s = first_s
        self._command = [*program, str(device), *output]

    def frames(self) -> Iterator[Image.Image | None]:
        """Give each picture as it is taken, or None where there is none yet.

        Raises:
            DeviceError: the program is not installed.
            OSError: the camera is not there, not ours, or gone.
        """
        from PIL import Image  # noqa: PLC0415  (late: 30 ms, for kiosks with a camera only)

        if shutil.which(self._command[0]) is None:
            raise DeviceError(Fault.SERVICE_DOWN, f"{self._command[0]} is not installed")
        os.close(os.open(self._device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))  # why it does not open, if so
        with subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            try:
                for taken in self._taken(child):
                    size = taken and (taken.width_px, taken.height_px)
                    yield Image.frombytes("L", size, taken.pixels) if taken and size else None
            finally:
                child.kill()

    def _taken(self, child: subprocess.Popen[bytes]) -> Iterator[GreyPicture | None]:
        assert child.stdout is not None  # noqa: S101  (we asked for a pipe)
        fd, pictures = child.stdout.fileno(), GreyPictures()
        until_s = time.monotonic() + self._first_s
        while True:
            if select.select([fd], [], [], _LOOK_S)[0]:
                if not (data := os.read(fd, _READ_BYTES)):
                    raise OSError(errno.ENODEV, "it gives no more pictures")
                try:
                    found = pictures.receive(data)
                except NoPicturesError as error:
                    raise OSError(errno.ETIMEDOUT, str(error)) from error
                if found:
                    until_s = time.monotonic() + _STALL_S
                yield found[-1] if found else None
            else:
                yield None
            if time.monotonic() > until_s:
                raise OSError(errno.ETIMEDOUT, "it takes no pictures")
