"""A document scanner over SANE. Adapter (scanimage as a child process).

A SANE backend runs in whoever opens it, and some hang or crash on a bad day: so it runs in a child, which can be
killed with all that it started. `scanimage -L` takes seconds: the device is named by configuration, and asked itself.

    run: ask for its options ─► DeviceUp ─► each job: a child scans page by page ─► ScanEnded or ScanFailed
"""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document import options as what
from drivers.document.straighten import straighten
from drivers.document.telling import Telling, is_whole
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import PageScanned, ScanEnded, ScanFailed, ScanProgress

if TYPE_CHECKING:
    from drivers.document.pages import PageFolder
    from drivers.interface import Emit

# A scanner that warms its lamp takes half a minute to its first line.
_PAGE_S = 60.0
_ASKING_S = 10.0
# How often an idle scanner is asked whether it is there; its opening is heard, and wakes its lamp.
_LOOK_S = 15.0
_BEAT_S = 0.3
_QUALITY = 90  # what is kept until it is bound; `pdf.bind` makes it smaller


@dataclass(frozen=True, slots=True)
class ScanJob:
    """Pages to scan into a session's folder; `feeder` takes the whole pile, else one sheet from the glass."""

    id: int
    folder: PageFolder
    feeder: bool = False


class DocumentScanner:
    """Scans pages on one SANE device, such as `epsonds:libusb:001:004`."""

    def __init__(
        self,
        name: DeviceName,
        device: str,
        extra: tuple[str, ...] = (),
        page_s: float = _PAGE_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._name = name
        self._device = device
        self._extra = extra
        self._page_s = page_s
        self._look_s = look_s
        self._jobs: queue.SimpleQueue[ScanJob] = queue.SimpleQueue()
        self._door = threading.Lock()  # guards the next three
        self._emit: Emit | None = None
        self._serving = False
        self._fault = Fault.UNPLUGGED
        self._cancelled: set[int] = set()

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def scan(self, job: ScanJob) -> None:
        """Take a job; refused at once where the scanner is away. Never waits."""
        with self._door:
            if self._serving or self._emit is None:
                self._jobs.put(job)
                return
            emit, fault = self._emit, self._fault
        emit(ScanFailed(self._name, job.id, fault))

    def cancel(self, job_id: int) -> None:
        """Stop a job, waiting or under way; it ends with the pages it has. Never waits."""
        self._cancelled.add(job_id)

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Ask for the scanner and scan until stopped.

        Raises:
            DeviceError: it is not there, or was lost.
        """
        with self._door:
            self._emit = emit
        fault = Fault.UNPLUGGED
        try:
            self._serve(emit, stop)
        except DeviceError as error:
            fault = error.fault
            raise
        finally:
            with self._door:
                self._serving, self._fault = False, fault
            self._refuse_waiting(emit)

    def _serve(self, emit: Emit, stop: threading.Event) -> None:
        options = self._ask(stop)
        looked_s = time.monotonic()
        with self._door:
            self._serving = not stop.is_set()
        if self._serving:
            emit(DeviceUp(self._name))
        while not stop.is_set():
            try:
                job = self._jobs.get(timeout=_BEAT_S)
            except queue.Empty:
                if time.monotonic() - looked_s >= self._look_s:
                    options = self._ask(stop)
                    looked_s = time.monotonic()
                continue
            self._scan(job, options, emit, stop)
            looked_s = time.monotonic()

    def _ask(self, stop: threading.Event) -> dict[str, what.Option]:
        """Return what the scanner can be told; the child is killed at its deadline."""
        with _Child(["scanimage", "-d", self._device, "--all-options"], Path("/")) as child:
            deadline_s = time.monotonic() + _ASKING_S
            said = b""
            telling = Telling()
            while child.running and time.monotonic() < deadline_s and not stop.is_set():
                out, err = child.read(_BEAT_S)
                said += out
                telling.receive(err)
            if stop.is_set():
                return {}
            if child.running:
                raise DeviceError(Fault.NOT_ANSWERING, f"scanner {self._device!r} does not say what it can do")
            out, err = child.read(0)
            telling.receive(err)
            fault = telling.fault(child.exit_code, pages=1)
        options = what.parse((said + out).decode("utf-8", errors="replace"))
        if fault is not None or not options:
            raise DeviceError(fault or Fault.NOT_ANSWERING, f"scanner {self._device!r} lists no options")
        return options

    def _scan(self, job: ScanJob, options: dict[str, what.Option], emit: Emit, stop: threading.Event) -> None:
        """Scan one job in a child, and tell how it went."""
        pages, fault = 0, None
        if job.id not in self._cancelled:
            feeder = job.feeder and what.has_feeder(options)
            with _Child(self._command(job, options, feeder=feeder), job.folder.path) as child:
                dpi = what.resolution(options) or float(what.WANTED_DPI)
                pages, fault = self._follow(child, job, dpi, emit, stop)
        if fault is None:
            emit(ScanEnded(self._name, job.id, pages))
            return
        emit(ScanFailed(self._name, job.id, fault))
        if fault in _MENDED_BY_HAND:  # it still serves: another sheet, a closed cover
            return
        with self._door:
            self._serving, self._fault = False, fault
        emit(DeviceDown(self._name, fault))
        raise DeviceError(fault, f"scanner {self._device!r} was lost in a job")

    def _command(self, job: ScanJob, options: dict[str, what.Option], *, feeder: bool) -> list[str]:
        batch = ["--format=pnm", f"--batch={job.folder.path}/scan-%04d.pnm", "--batch-print", "--progress"]
        batch += [] if feeder else ["--batch-count=1"]
        return ["scanimage", "-d", self._device, *what.orders(options, feeder=feeder), *batch, *self._extra]

    def _follow(
        self, child: _Child, job: ScanJob, dpi: float, emit: Emit, stop: threading.Event
    ) -> tuple[int, Fault | None]:
        """Follow a child page by page; return how many pages there are, and what went wrong."""
        telling, pages, named, fault = Telling(), 0, b"", None
        deadline_s = time.monotonic() + self._page_s
        while job.id not in self._cancelled and not stop.is_set():
            out, err = child.read(_BEAT_S)
            *finished, named = (named + out).split(b"\n")
            percent = telling.receive(err)
            if percent is not None:
                emit(ScanProgress(self._name, job.id, percent))
                deadline_s = time.monotonic() + self._page_s
            for each in filter(None, finished):
                if self._take(job, each, dpi):
                    pages += 1
                    emit(PageScanned(self._name, job.id, pages))
                else:
                    fault = Fault.NOT_ANSWERING
            if not child.running and not out and not err:
                return pages, fault or telling.fault(child.exit_code, pages)
            if time.monotonic() > deadline_s:
                return pages, Fault.NOT_ANSWERING
        return pages, None

    def _take(self, job: ScanJob, named: bytes, dpi: float) -> bool:
        """Keep a finished page, upright and small; say whether it was whole."""
        from PIL import Image  # noqa: PLC0415  (late: only where something is scanned)

        raw = job.folder.path / Path(os.fsdecode(named)).name
        try:
            with raw.open("rb") as file:
                if not is_whole(file.read(200), raw.stat().st_size):
                    return False
            with Image.open(raw) as picture:
                page = straighten(picture)
            kept = job.folder.new_page()
            page.save(kept, format="JPEG", quality=_QUALITY, dpi=(dpi, dpi))
        except (OSError, ValueError):
            return False
        finally:
            raw.unlink(missing_ok=True)
        job.folder.add(kept)
        return True

    def _refuse_waiting(self, emit: Emit) -> None:
        with suppress(queue.Empty):
            while True:
                emit(ScanFailed(self._name, self._jobs.get_nowait().id, self._fault))


# What whoever stands before the scanner puts right, without the scanner having been away.
_MENDED_BY_HAND = {Fault.OUT_OF_PAPER, Fault.PAPER_JAMMED, Fault.COVER_OPEN}


class _Child:
    """A child process in a session of its own: a context, at whose end all of it is gone."""

    def __init__(self, command: list[str], folder: Path) -> None:
        environment = {**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise DeviceError(Fault.SERVICE_DOWN, f"{command[0]} cannot run: {error.strerror}") from error
        assert self._process.stdout is not None  # noqa: S101  (we asked for pipes)
        assert self._process.stderr is not None  # noqa: S101
        self._out, self._err = self._process.stdout, self._process.stderr
        for pipe in (self._out, self._err):
            os.set_blocking(pipe.fileno(), False)

    def __enter__(self) -> _Child:  # noqa: PYI034  (not inherited from)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._out.close()
        self._err.close()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int:
        return self._process.returncode or 0

    def read(self, wait_s: float) -> tuple[bytes, bytes]:
        """Return what was written to standard output and error within `wait_s`; pipes that ended give nothing."""
        ready, _, _ = select.select([self._out, self._err], [], [], wait_s if self.running else 0)
        out = self._out.read(65_536) if self._out in ready else b""
        err = self._err.read(65_536) if self._err in ready else b""
        if ready and not out and not err and self.running:
            time.sleep(min(wait_s, 0.02))  # both ended, and it lives on: no busy loop
        return out or b"", err or b""
