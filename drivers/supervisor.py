"""Keeps every device open: one named thread for each, opened again with back-off. Adapter (threads).

A device that hangs or crashes never stops another, nor the screen. News is told once: a device that is down for the
same reason is not told again at every attempt. One more thread looks whether a driver hangs in a call to its device.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import structlog

from drivers.interface import DeviceDown, DeviceError, DeviceUp, Fault
from drivers.leash import Leash
from drivers.standing import Standing, after

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.interface import DeviceName, Driver, Emit
    from drivers.news import DeviceEvent

_log = structlog.get_logger(__name__)

_FIRST_WAIT_S = 0.25
# Someone who has just plugged the printer in again waits no longer than this for it, and a little for its opening.
_LONGEST_WAIT_S = 2.0
# What a driver may take to stop, and a little more; one that hangs ends with the process.
_STOP_S = 2.5
# Drivers look at their leash every two seconds; a machine under load may keep one of them from it for a while.
_HANGING_S = 6.0
_LOOK_S = 1.0


def _jitter(wait_s: float) -> float:
    # Not to hide anything: so that devices behind one switch do not all come back in the same moment.
    return wait_s * random.uniform(0.8, 1.2)  # noqa: S311


class Supervisor:
    """Runs drivers until stopped.

    `jitter` maps a wait in seconds to one nearby; `wait` waits so long, and says whether it was cut short.
    """

    def __init__(
        self,
        drivers: Sequence[Driver],
        emit: Emit,
        jitter: Callable[[float], float] = _jitter,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
        hanging_s: float = _HANGING_S,
    ) -> None:
        self._stop = threading.Event()
        self._hanging_s = hanging_s
        self._kept = [_Kept(driver, emit, jitter, wait) for driver in drivers]
        self._watch = threading.Thread(target=self._look, name="devices", daemon=True)

    def start(self) -> None:
        """Begin to open the devices."""
        for kept in self._kept:
            kept.thread.start()
        self._watch.start()

    def stop(self) -> None:
        """Close the devices."""
        self._stop.set()
        for kept in self._kept:
            kept.stop()
        for thread in (*(kept.thread for kept in self._kept), self._watch):
            thread.join(_STOP_S)

    def look_again(self) -> None:
        """Try at once what is away: something was plugged in. Never waits."""
        for kept in self._kept:
            kept.woken.set()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each device stands now."""
        return tuple(kept.standing for kept in self._kept)

    def _look(self) -> None:
        while not self._stop.wait(min(_LOOK_S, self._hanging_s / 2)):
            for kept in self._kept:
                kept.look(time.monotonic(), self._hanging_s)


class _Kept:
    """One driver in its thread, and what has been told of it."""

    def __init__(
        self,
        driver: Driver,
        emit: Emit,
        jitter: Callable[[float], float],
        wait: Callable[[threading.Event, float], bool],
    ) -> None:
        self._driver = driver
        self._emit = emit
        self._jitter = jitter
        self._wait = wait
        self._telling = threading.Lock()  # guards the standing: the watch tells of a driver that hangs
        self._leash: Leash | None = None
        self._ended = False
        self.woken = threading.Event()
        self.standing = Standing(driver.name, time.monotonic())
        self.thread = threading.Thread(target=self._keep, name=str(driver.name), daemon=True)

    @property
    def name(self) -> DeviceName:
        return self._driver.name

    def stop(self) -> None:
        self._ended = True
        self.woken.set()
        if (leash := self._leash) is not None:
            leash.set()

    def look(self, now_s: float, hanging_s: float) -> None:
        leash = self._leash
        if leash is not None and leash.unseen_s(now_s) > hanging_s:
            _log.warning("driver hangs", device=self.name)
            self._tell(DeviceDown(self.name, Fault.HANGING))
            leash.set()  # when the call comes back at last, the device is closed and opened anew

    def _keep(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._ended:
            times_up = self.standing.times_up
            self.woken.clear()
            fault = self._run()
            if self._ended:
                return
            self._tell(DeviceDown(self.name, fault))
            if self.standing.times_up != times_up:
                wait_s = _FIRST_WAIT_S
            self._wait(self.woken, self._jitter(wait_s))
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _run(self) -> Fault:
        """Run the driver once, to its end; return why it ended."""
        leash = self._leash = Leash()
        try:
            if not self._ended:  # it may have been told while there was no leash yet
                self._driver.run(self._tell, leash)
        except DeviceError as error:
            _log.info("device lost", device=self.name, fault=error.fault.name, reason=str(error))
            return error.fault
        except Exception:  # noqa: BLE001  (the one place: a bug in a driver must not take the screen down)
            _log.exception("driver crashed", device=self.name)
            return Fault.CRASHED
        finally:
            self._leash = None
        return Fault.HANGING if leash.is_set() else Fault.UNPLUGGED

    def _tell(self, event: DeviceEvent) -> None:
        """Pass an event on, but for a state that was told already."""
        if isinstance(event, DeviceUp | DeviceDown):
            with self._telling:
                before, self.standing = self.standing, after(self.standing, event, time.monotonic())
                if self.standing is before:
                    return
        self._emit(event)
