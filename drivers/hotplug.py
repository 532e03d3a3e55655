"""Tells when something was plugged in, so that it is opened at once. Adapter (udev, /dev).

One thread, "hotplug": it listens to udev, and looks into /dev every second as well. Where there is no udev (a
container) the looking is all there is; where udev dies, nobody is told of that, and the looking goes on.
"""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger(__name__)

SUBSYSTEMS = ("tty", "usb", "usbmisc", "input", "hidraw", "gpio", "power_supply", "sound")
# Where devices appear by names that stay, and those that have none.
_FOLDERS = ("dev/serial/by-id", "dev/input/by-id", "dev/input", "dev/usb", "dev/snd", "sys/class/power_supply")
_PATTERNS = ("dev/ttyUSB*", "dev/ttyACM*", "dev/gpiochip*", "dev/hidraw*")
_LOOK_S = 1.0
# A device with several functions appears in one burst; whoever waits for it looks once, and again once it is over.
_BURST = 200
_BURST_S = 0.2
_STOP_S = 2.0


class _Listening(Protocol):
    """pyudev's monitor, as far as it is used."""

    def poll(self, timeout: float) -> object:
        """Return the next device, None after `timeout` seconds."""
        ...


class Hotplug:
    """Calls `plugged_in`, in its own thread, soon after something was plugged in. `root` holds `dev`, `sys`, `run`."""

    def __init__(self, plugged_in: Callable[[], None], root: Path = Path("/"), look_s: float = _LOOK_S) -> None:
        self._plugged_in = plugged_in
        self._root = root
        self._look_s = look_s
        self._before: set[Path] = set()
        self._stop = threading.Event()
        self.listening = threading.Event()
        """Set once udev is listened to."""
        self.looked = threading.Event()
        """Set at every look into /dev; whoever waits for one clears it."""
        self._thread = threading.Thread(target=self._keep, name="hotplug", daemon=True)

    def start(self) -> None:
        """Begin to listen and to look; what is there already is not told."""
        self._before = self._there()
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        self._thread.join(_STOP_S)

    def _keep(self) -> None:
        listening = self._listen()
        while not self._stop.is_set():
            try:
                heard = self._heard(listening)
            except OSError as error:
                heard = error.errno == errno.ENOBUFS  # more was plugged in than the kernel keeps for us
                if not heard:
                    _log.warning("udev is not heard any more", reason=str(error))
                    listening = None
            now = self._there()
            if heard or now - self._before:
                self._plugged_in()
                self._stop.wait(min(_BURST_S, self._look_s))  # a loose plug comes a hundred times a second
            self._before = now
            self.looked.set()

    def _listen(self) -> _Listening | None:
        if not os.access(self._root / "run/udev/control", os.F_OK):
            return None  # nobody would ever send anything
        try:
            import pyudev  # noqa: PLC0415  (late: 40 ms, and a container has no udev)

            monitor = pyudev.Monitor.from_netlink(pyudev.Context())
            for subsystem in SUBSYSTEMS:
                monitor.filter_by(subsystem)
            monitor.start()
        except (ImportError, OSError) as error:  # no libudev, or no netlink
            _log.warning("udev cannot be listened to", reason=str(error))
            return None
        listening: _Listening = monitor
        self.listening.set()
        return listening

    def _heard(self, listening: _Listening | None) -> bool:
        """Wait for what is told next, at most until it is time to look; return whether something was plugged in."""
        if listening is None:
            self._stop.wait(self._look_s)
            return False
        heard = False
        wait_s = self._look_s
        for _ in range(_BURST):
            device = listening.poll(wait_s)
            if device is None:
                break
            heard |= getattr(device, "action", None) in {"add", "bind", "change"}
            wait_s = 0
        return heard

    def _there(self) -> set[Path]:
        there: set[Path] = set()
        for folder in _FOLDERS:
            try:
                there.update((self._root / folder).iterdir())
            except OSError:
                continue  # none of that kind is plugged in
        for pattern in _PATTERNS:
            there.update(self._root.glob(pattern))
        return there
