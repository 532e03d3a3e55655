"""Keeps every device open: one named thread for each, opened again with back-off. Adapter (threads).

A device that hangs or crashes never stops another, nor the screen. News is told once: a device that is down for the
same reason is not told again at every attempt.
"""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

import structlog

from drivers.interface import DeviceDown, DeviceError, DeviceUp, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.interface import DeviceEvent, Driver, Emit

_log = structlog.get_logger(__name__)

_FIRST_WAIT_S = 0.25
# Someone who has just plugged the printer in again waits no longer than this for it.
_LONGEST_WAIT_S = 4.0
# What a driver may take to stop, and a little more; one that hangs ends with the process.
_STOP_S = 2.5


def _jitter(wait_s: float) -> float:
    # Not to hide anything: so that devices behind one switch do not all come back in the same moment.
    return wait_s * random.uniform(0.8, 1.2)  # noqa: S311


class Supervisor:
    """Runs drivers until stopped.

    `jitter` maps a wait in seconds to one nearby; `wait` waits so long, and says whether stop was called.
    """

    def __init__(
        self,
        drivers: Sequence[Driver],
        emit: Emit,
        jitter: Callable[[float], float] = _jitter,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._emit = emit
        self._jitter = jitter
        self._wait = wait
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(driver,), name=str(driver.name), daemon=True)
            for driver in drivers
        ]

    def start(self) -> None:
        """Begin to open the devices."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close the devices."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_S)

    def _keep(self, driver: Driver) -> None:
        news = _News(self._emit)
        wait_s = _FIRST_WAIT_S
        while not self._stop.is_set():
            news.came_up = False
            try:
                driver.run(news.tell, self._stop)
                fault = Fault.UNPLUGGED
            except DeviceError as error:
                fault = error.fault
                _log.info("device lost", device=driver.name, fault=fault.name, reason=str(error))
            except Exception:  # noqa: BLE001  (the one place: a bug in a driver must not take the screen down)
                fault = Fault.CRASHED
                _log.exception("driver crashed", device=driver.name)
            if self._stop.is_set():
                return
            news.tell(DeviceDown(driver.name, fault))
            if news.came_up:
                wait_s = _FIRST_WAIT_S
            self._wait(self._stop, self._jitter(wait_s))
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


class _News:
    """Passes a driver's events on, but for a state that was told already."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._state: DeviceEvent | None = None
        self.came_up = False

    def tell(self, event: DeviceEvent) -> None:
        if isinstance(event, DeviceUp | DeviceDown):
            self.came_up |= isinstance(event, DeviceUp)
            if event == self._state:
                return
            self._state = event
        self._emit(event)
