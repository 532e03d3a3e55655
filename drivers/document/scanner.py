"""A document scanner over SANE, as its driver. Adapter (scanimage, through `scanimage.py`).

    run: find it, ask what it can be told ─► DeviceUp ─► each job: a child scans page by page ─► ScanEnded, ScanFailed

Jobs wait in the order they came, while the scanner serves; one that is away refuses them at once, and what waited when
it was lost is refused, too: nobody finds pages of an hour ago.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from drivers.document import network, scanimage
from drivers.document.job import Opened, Scan, ScanJob
from drivers.document.place import USB, Place
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import ScanEnded, ScanFailed

__all__ = ["DocumentScanner", "ScanJob"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drivers.document.network import IdleConnection
    from drivers.driver import Emit

# A scanner that warms its lamp takes half a minute to its first line.
_PAGE_S = 60.0
# How often an idle scanner is asked whether it is there; its opening is heard, and may wake its lamp.
_LOOK_S = 15.0
# One whose plug can be seen is asked much more rarely.
_LOOK_PLUGGED_S = 300.0


class DocumentScanner:
    """Scans pages on one SANE device: `epsonds:libusb:001:004`, `net:host:name`, or make and model (`EPSON DS-310`).

    `extra` are arguments for scanimage, `page_s` is what a page may take without any progress; `usb` is where the
    system shows what is plugged in.
    """

    def __init__(  # noqa: PLR0913  (the last three are for tests, and for scanners of which nobody has heard yet)
        self,
        name: DeviceName,
        device: str,
        extra: tuple[str, ...] = (),
        *,
        page_s: float = _PAGE_S,
        look_s: float = _LOOK_S,
        usb: Path = USB,
    ) -> None:
        self._name = name
        self._place = Place(device, usb)
        self._extra = extra
        self._page_s = page_s
        self._look_s = look_s
        self._door = threading.Lock()  # guards all below
        self._waiting: dict[int, ScanJob] = {}
        self._under_way: int | None = None
        self._cancelled = threading.Event()  # the job under way
        self._woken = threading.Event()
        self._emit: Emit | None = None
        self._serving = False
        self._fault = Fault.UNPLUGGED

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def scan(self, job: ScanJob) -> None:
        """Take a job; refused at once where the scanner is away. Never waits."""
        with self._door:
            if self._serving or self._emit is None:
                self._waiting[job.id] = job
                self._woken.set()
                return
            emit, fault = self._emit, self._fault
        emit(ScanFailed(self._name, job.id, fault))

    def cancel(self, job_id: int) -> None:
        """Stop a job; one under way ends with the pages it has, one that waits at once. Never waits."""
        with self._door:
            if job_id == self._under_way:
                self._cancelled.set()
            waited = self._waiting.pop(job_id, None)
            emit = self._emit
        if waited is not None and emit is not None:
            emit(ScanEnded(self._name, job_id, 0))

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Find the scanner and scan until stopped.

        Raises:
            DeviceError: it is not there, or was lost.
        """
        with self._door:
            self._emit = emit
        fault = Fault.OFFLINE  # it was stopped
        try:
            self._serve(emit, stop)
        except DeviceError as error:
            fault = error.fault
            if self._serving:
                self._lost(fault)
            if not stop.is_set():
                raise
        finally:
            with self._door:
                self._serving, self._fault = False, fault
                waited, self._waiting = self._waiting, {}
            for job_id in waited:
                emit(ScanFailed(self._name, job_id, fault))

    def _serve(self, emit: Emit, stop: threading.Event) -> None:
        device = self._place.name(stop, self._told(emit, Fault.STARTING))
        with network.connection(device, stop, self._told(emit, Fault.NOT_ANSWERING)) as beside:
            scanner = self._opened(device, beside, emit, stop)
            if stop.is_set():
                return
            with self._door:
                self._serving = True
            emit(DeviceUp(self._name))
            self._keep(scanner, beside, emit, stop)

    def _keep(self, scanner: Opened, beside: IdleConnection, emit: Emit, stop: threading.Event) -> None:
        """Scan, and look whether it is there, until stopped."""
        look_s = max(self._look_s, _LOOK_PLUGGED_S) if self._place.can_see(scanner.device) else self._look_s
        looked_s = time.monotonic()
        while not stop.is_set():
            if job := self._next():
                self._scan(job, scanner, beside, emit, stop)
                emit(DeviceUp(self._name))  # where its page was late, that is over
                looked_s = time.monotonic()
            elif not self._place.is_plugged_in(scanner.device):
                raise DeviceError(Fault.UNPLUGGED, f"scanner {scanner.device!r} is not plugged in any more")
            elif time.monotonic() - looked_s >= look_s:
                beside.let_go()
                scanimage.ask(scanner.device, stop, self._told(emit, Fault.NOT_ANSWERING))
                emit(DeviceUp(self._name))  # where it was late, it is not any more
                looked_s = time.monotonic()
            else:
                _see(beside, scanner.device, stop)
                self._woken.wait(scanimage.BEAT_S)

    def _opened(self, device: str, beside: IdleConnection, emit: Emit, stop: threading.Event) -> Opened:
        """Find out what it can be told."""
        try:
            _see(beside, device, stop)  # before it is asked: scanimage waits for a silent host much longer
            beside.let_go()
            options = scanimage.ask(device, stop, self._told(emit, Fault.NOT_ANSWERING))
        except DeviceError:
            self._place.doubt()
            raise
        return Opened(self._name, device, options, self._extra, self._page_s)

    def _told(self, emit: Emit, fault: Fault) -> Callable[[], None]:
        """Return what tells of a fault while it is still waited for an answer."""
        return lambda: emit(DeviceDown(self._name, fault))

    def _next(self) -> ScanJob | None:
        with self._door:
            self._woken.clear()
            if not self._waiting:
                return None
            job = self._waiting.pop(next(iter(self._waiting)))
            self._under_way = job.id
            self._cancelled.clear()
            return job

    def _scan(self, job: ScanJob, scanner: Opened, beside: IdleConnection, emit: Emit, stop: threading.Event) -> None:
        """Scan one job, and tell how it went, whatever happens."""
        scan = Scan(scanner, job)
        outcome: ScanEnded | ScanFailed = ScanFailed(self._name, job.id, Fault.CRASHED)  # where it gets no further
        try:
            beside.let_go()
            pages, fault = scan.run(emit, lambda: stop.is_set() or self._cancelled.is_set())
            if fault is None and stop.is_set() and not self._cancelled.is_set():
                fault = Fault.OFFLINE
            ended = ScanEnded(self._name, job.id, pages)
            outcome = ended if fault is None else ScanFailed(self._name, job.id, fault)
        except DeviceError as error:
            self._lost(error.fault)
            outcome = ScanFailed(self._name, job.id, error.fault)
            raise
        finally:
            with self._door:
                self._under_way = None
            emit(outcome)

    def _lost(self, fault: Fault) -> None:
        self._place.lost()
        with self._door:
            self._serving, self._fault = False, fault


def _see(beside: IdleConnection, device: str, stop: threading.Event) -> None:
    """See whether anybody is there, where the scanner is on the network.

    Raises:
        DeviceError: nobody is.
    """
    if (fault := beside.gone(stop)) is not None:
        raise DeviceError(fault, f"nobody answers where scanner {device!r} is")
