"""One job: a child scans page by page into a session's folder. Adapter (scanimage)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.document import orders, scanimage
from drivers.document.intake import NoRoomError, TornPageError, take_in
from drivers.document.orders import Feed
from drivers.interface import Caution, DeviceError, DeviceUp, Fault
from drivers.news import PageScanned, ScanProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from drivers.document.child import Child
    from drivers.document.options import Option
    from drivers.document.pages import PageFolder
    from drivers.driver import Emit
    from drivers.interface import DeviceName

# What whoever stands before the scanner puts right, or what is not the scanner's fault: it still serves.
_STILL_SERVES = {Fault.OUT_OF_PAPER, Fault.PAPER_JAMMED, Fault.COVER_OPEN, Fault.OFFLINE}
# A feeder holds fifty sheets. One that says for ever that there is one more fills the memory otherwise.
_MOST_PAGES = 100
# A page that moved, and moves no more for this long, is told of: a hand holds it, or it ends at `page_s`.
_LATE_S = 1.5
# What says the same for so long, without end, is not a slow line.
_HUNG_UP_S = 1.0
# A name of a page is thirteen letters.
_LONGEST_NAME = 4096


@dataclass(frozen=True, slots=True)
class ScanJob:
    """Pages to scan into a session's folder."""

    id: int
    folder: PageFolder
    feed: Feed = Feed.GLASS


@dataclass(frozen=True, slots=True)
class Opened:
    """A scanner that serves: SANE's name of it today, what it can be told, what else scanimage is told."""

    name: DeviceName
    device: str
    options: Mapping[str, Option]
    extra: tuple[str, ...]
    page_s: float


class Scan:
    """A job under way."""

    def __init__(self, scanner: Opened, job: ScanJob) -> None:
        self._scanner = scanner
        self._job = job
        self._pages = 0

    def run(self, emit: Emit, given_up: Callable[[], bool]) -> tuple[int, Fault | None]:
        """Scan until all is scanned or `given_up`; return how many pages were kept, and what whoever is there mends.

        Raises:
            DeviceError: the scanner was lost.
        """
        feeds, options = [self._job.feed], self._scanner.options
        if self._job.feed is Feed.ANY and orders.has_feeder(options) and orders.has_glass(options):
            feeds = [Feed.FEEDER, Feed.GLASS]
        fault: Fault | None = None
        for feed in feeds:
            fault = self._feed(feed, emit, given_up)
            if fault is not Fault.OUT_OF_PAPER or self._pages:
                break
        return self._pages, fault

    def _feed(self, feed: Feed, emit: Emit, given_up: Callable[[], bool]) -> Fault | None:
        folder = self._job.folder
        piles = feed is not Feed.GLASS and orders.has_feeder(self._scanner.options)
        told = [*orders.orders(self._scanner.options, feed), *self._scanner.extra]
        if folder.wiped:
            return None
        try:
            with scanimage.start(self._scanner.device, told, folder.path, _MOST_PAGES if piles else 1) as child:
                return self._follow(child, emit, lambda: given_up() or folder.wiped)
        except NoRoomError:
            return Fault.NO_ROOM
        except DeviceError:
            if folder.path.exists():
                raise
            return None  # wiped while the child began: nothing of it is the scanner's fault
        finally:
            for left in scanimage.raw_pages(folder.path):
                left.unlink(missing_ok=True)
            if folder.wiped:  # while the child was writing
                folder.wipe()

    def _follow(self, child: Child, emit: Emit, given_up: Callable[[], bool]) -> Fault | None:
        """Follow a child page by page; return why it ended, None where it did all it should."""
        telling, named = scanimage.telling(self._scanner.device), b""
        pace = _Pace(time.monotonic())
        while not child.ended:
            if given_up():
                return None
            out, err = child.read(scanimage.BEAT_S)
            *finished, named = (named + out).split(b"\n")
            percent = telling.receive(err)
            was_late = pace.late
            if pace.heard(percent, time.monotonic(), finished=bool(finished)) and percent is not None:
                emit(ScanProgress(self._scanner.name, self._job.id, percent))
            if pace.late is not was_late:
                emit(DeviceUp(self._scanner.name, Caution.ANSWERS_LATE if pace.late else None))
            stands_s = time.monotonic() - pace.moved_s
            if telling.hung_up and stands_s > _HUNG_UP_S:
                raise DeviceError(Fault.SERVICE_DOWN, f"scanner {self._scanner.device!r}: saned hung up amid a page")
            if stands_s > self._scanner.page_s or len(named) > _LONGEST_NAME:
                raise DeviceError(Fault.NOT_ANSWERING, f"scanner {self._scanner.device!r} stopped amid a page")
            for name in finished:
                if given_up():  # a fast feeder is many pages ahead of us
                    return None
                self._keep(scanimage.raw_page(self._job.folder.path, name), telling.rounded_dpi, emit)
        fault = telling.fault(child.exit_code, self._pages)
        if fault is None or fault in _STILL_SERVES:
            return fault
        raise DeviceError(fault, f"scanner {self._scanner.device!r} was lost in a job: {telling.last_words!r}")

    def _keep(self, page: Path | None, rounded_dpi: float | None, emit: Emit) -> None:
        try:
            number = take_in(page, rounded_dpi or orders.resolution(self._scanner.options), self._job.folder)
        except TornPageError as error:
            raise DeviceError(Fault.NOT_ANSWERING, f"scanner {self._scanner.device!r} ended early on a page") from error
        if number is not None:
            self._pages += 1
            emit(PageScanned(self._scanner.name, self._job.id, self._pages))


class _Pace:
    """How a page moves; the same per cent again is no movement."""

    def __init__(self, now_s: float) -> None:
        self.moved_s = now_s
        self.late = False
        self._percent: int | None = None

    def heard(self, percent: int | None, now_s: float, *, finished: bool) -> bool:
        """Take what came by `now_s`; return whether the page moved."""
        moved = finished or percent not in {None, self._percent}
        if moved:
            self.moved_s, self.late = now_s, False
            self._percent = None if finished else percent
        # Before its first line a lamp warms, and between two sheets one is drawn in: that is no lateness.
        elif self._percent is not None and now_s - self.moved_s > _LATE_S:
            self.late = True
        return moved
