"""Keeps every device open: one named thread for each, opened again with back-off. Adapter (threads).

A device that hangs or crashes never stops another, nor the screen. News is told once: a device that is down for the
same reason is not told again at every attempt. One more thread watches whether a driver hangs in a call to its device:

    serves ── unseen for unseen_s ──► HANGING ── seen again ──► as it said last
                                         └── unseen for given_up_s ──► closed once the call comes back, opened anew

A device that has said nothing at all since the start is told of as `STARTING`, and again after a hang in its opening:
nobody is to take it for one that serves. What changes too often is told less often (`drivers.flicker`), and logged
once. What a device said once and for long (a battery, headphones) is told again behind each word that it serves:
whoever heard that it is lost has forgotten it.

To be told too early costs a moment's band on the screen; to be closed too early would cost a paper. So the first is
soon and the second is late, and a watch that is late itself, on a machine under load, counts only what it should have
slept.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from drivers.flicker import Flicker, Often
from drivers.interface import DeviceDown, DeviceError, DeviceUp, Fault
from drivers.leash import Leash
from drivers.news import JackChanged, PowerChanged
from drivers.standing import Presence, Standing, after, crashed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.driver import Driver, Emit
    from drivers.interface import DeviceName
    from drivers.news import DeviceEvent

_log = structlog.get_logger(__name__)

_FIRST_WAIT_S = 0.25
# Someone who has just plugged the printer in again waits no longer than this for it, and a little for its opening.
_LONGEST_WAIT_S = 2.0
# What all drivers together may take to stop, and a little more; those that hang end with the process.
_STOP_S = 2.5
# How often the watch looks; with it and `unseen_s`, what hangs is on the screen within two seconds.
_LOOK_S = 0.2
# What is away already is told with a reason of its own.
_MAY_HANG = frozenset({Presence.OPENING, Presence.READY, Presence.DEGRADED})


def _jitter(wait_s: float) -> float:
    # Not to hide anything: so that devices behind one switch do not all come back in the same moment.
    return wait_s * random.uniform(0.8, 1.2)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a driver may not look at its leash: before it is told of, and before its device is given up.

    Drivers look every second; a printer on the network is connected to in a little more.
    """

    unseen_s: float = 1.3
    given_up_s: float = 6.0
    starting_s: float = 1.5
    """How long a device may say nothing at the start before that is told; a camera takes up to four seconds."""
    served_s: float = 2.0
    """A device that served so long before it was lost is tried again at once; one that only came up waits as before."""
    often: Often = field(default_factory=Often)


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
        patience: Patience = Patience(),
    ) -> None:
        self._stop = threading.Event()
        self._patience = patience
        self._kept = [_Kept(driver, emit, jitter, wait, patience) for driver in drivers]
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
        until_s = time.monotonic() + _STOP_S
        for thread in (*(kept.thread for kept in self._kept), self._watch):
            if thread.is_alive():  # not where the start failed half-way
                thread.join(max(0.0, until_s - time.monotonic()))

    def look_again(self) -> None:
        """Try at once what is away: something was plugged in. Never waits."""
        for kept in self._kept:
            kept.woken.set()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each device stands now."""
        return tuple(kept.standing for kept in self._kept)

    def _look(self, clock: Callable[[], float] = time.monotonic) -> None:
        look_s = min(_LOOK_S, self._patience.unseen_s / 4)
        looked_s = clock()
        while not self._stop.wait(look_s):
            now_s = clock()
            spent_s, looked_s = min(now_s - looked_s, 1.5 * look_s), now_s
            for kept in self._kept:
                kept.look(spent_s)


class _Kept:
    """One driver in its thread, and what has been told of it."""

    def __init__(
        self,
        driver: Driver,
        emit: Emit,
        jitter: Callable[[float], float],
        wait: Callable[[threading.Event, float], bool],
        patience: Patience,
    ) -> None:
        self._driver = driver
        self._emit = emit
        self._jitter = jitter
        self._wait = wait
        self._patience = patience
        # Guards the standing, and the order of what is told of it: the watch tells of a driver that hangs.
        self._telling = threading.Lock()
        self._leash: Leash | None = None
        self._said: DeviceUp | DeviceDown | None = None
        self._lasting: JackChanged | PowerChanged | None = None
        self._looks, self._unseen_s, self._starting_s = 0, 0.0, 0.0
        self._flicker = Flicker(patience.often)
        self._serves_since_s: float | None = None
        self._logged = ""
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

    def look(self, spent_s: float) -> None:
        """Count on whether the driver looks at its leash, `spent_s` after the last time."""
        patience = self._patience
        with self._telling:
            if (stayed := self._flicker.tick(time.monotonic())) is not None:
                self._pass_on(stayed)
            if self.standing.presence is Presence.OPENING:
                self._starting_s += spent_s
                if self._starting_s > patience.starting_s:
                    self._stands(DeviceDown(self.name, Fault.STARTING))
            leash = self._leash
            if leash is None:
                self._unseen_s = 0.0
            elif leash.waits or leash.looks != self._looks:
                unseen_s, self._unseen_s = self._unseen_s, 0.0
                if unseen_s > patience.unseen_s and self._said is not None:
                    self._stands(self._said)
                elif self.standing.may_start and patience.unseen_s < unseen_s <= patience.given_up_s:
                    self._stands(DeviceDown(self.name, Fault.STARTING))
            else:
                self._unseen_s += spent_s
                if self._unseen_s > patience.unseen_s and self.standing.presence in _MAY_HANG:
                    _log.warning("driver hangs", device=self.name)
                    self._stands(DeviceDown(self.name, Fault.HANGING))
                if self._unseen_s > patience.given_up_s:
                    self._stands(DeviceDown(self.name, Fault.HANGING))
                    leash.set()  # when the call comes back at last, the device is closed and opened anew
            self._looks = leash.looks if leash is not None else 0

    def _keep(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._ended:
            self.woken.clear()
            fault = self._run()
            if self._ended:
                return
            self._tell(DeviceDown(self.name, fault))
            since_s = self._serves_since_s
            if since_s is not None and time.monotonic() - since_s >= self._patience.served_s:
                wait_s = _FIRST_WAIT_S
                self._logged = ""
            self._wait(self.woken, self._jitter(wait_s))
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _run(self) -> Fault:
        """Run the driver once, to its end; return why it ended."""
        leash = Leash()
        with self._telling:
            self._leash, self._said, self._serves_since_s, self._lasting = leash, None, None, None
            self._looks, self._unseen_s = 0, 0.0  # what the last run did not look is not this one's
        try:
            if not self._ended:  # it may have been told while there was no leash yet
                self._driver.run(self._hear, leash)
        except DeviceError as error:
            if self._is_new(f"{error.fault.name} {error}"):
                _log.info("device lost", device=self.name, fault=error.fault.name, reason=str(error))
            return error.fault
        except BaseException as error:  # noqa: BLE001  (a bug in a driver; a panic in Rust below it is no Exception)
            if self._is_new(_place(error)):
                _log.exception("driver crashed", device=self.name)
            with self._telling:
                self.standing = crashed(self.standing)
            return Fault.CRASHED
        finally:
            with self._telling:
                self._leash = None
        return Fault.HANGING if leash.is_set() else Fault.UNPLUGGED

    def _is_new(self, why: str) -> bool:
        """Say whether a run ended otherwise than the last: what fails all night fills no log."""
        before, self._logged = self._logged, why
        return why != before

    def _hear(self, event: DeviceEvent) -> None:
        """Take what the driver tells."""
        if isinstance(event, JackChanged | PowerChanged):
            with self._telling:
                self._lasting = event
                if self.standing.serves:
                    self._pass(event)
            return
        if not isinstance(event, DeviceUp | DeviceDown):
            self._pass(event)
            return
        if self._ended:
            return  # a call that came back too late; nobody opens the device again
        with self._telling:
            self._said = event
            if isinstance(event, DeviceUp) and self._serves_since_s is None:
                self._serves_since_s = time.monotonic()
            self._stands(event)

    def _tell(self, event: DeviceDown) -> None:
        with self._telling:
            self._stands(event)

    def _stands(self, event: DeviceUp | DeviceDown) -> None:
        """Tell how the device stands from now on, but for what was told already; `_telling` is held."""
        if (told := self._flicker.take(event, time.monotonic())) is not None:
            self._pass_on(told)

    def _pass_on(self, event: DeviceUp | DeviceDown) -> None:
        served, self.standing = self.standing.serves, after(self.standing, event, time.monotonic())
        self._pass(event)
        if self._lasting is not None and self.standing.serves and not served:
            self._pass(self._lasting)

    def _pass(self, event: DeviceEvent) -> None:
        try:
            self._emit(event)
        except Exception:  # noqa: BLE001  (a bug in who listens must not take the device from everybody)
            _log.exception("news not taken", device=self.name, news=type(event).__name__)


def _place(error: BaseException) -> str:
    """Return which bug this is: the same at every attempt."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {frame.filename}:{frame.lineno}"
