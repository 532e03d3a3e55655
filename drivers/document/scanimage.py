"""The orders to scanimage, and what comes of them. Adapter (scanimage as a child process).

A SANE backend runs in whoever opens it, and some hang or crash on a bad day: so it runs in a child that can be killed.
Whatever is asked looks at `stop` several times a second, and says by `late` when an answer is late, soon enough to
be named within two seconds.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document import listed, options
from drivers.document.child import Child
from drivers.document.telling import Telling
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

BEAT_S = 0.3
_LATE_S = 1.5
# A scanner whose firmware is sent to it at its opening needs some ten seconds; all backends together look for four.
_ANSWER_S = 20.0
# The longest list of options is some 40 kB.
_MOST_BYTES = 1_000_000
_RAW = "scan-%04d.pnm"


def asking(device: str) -> list[str]:
    """Return the order that lists what a scanner can be told."""
    return ["scanimage", f"--device-name={device}", "--all-options"]


def scanning(device: str, told: Sequence[str], most_pages: int) -> list[str]:
    """Return the order that scans page by page."""
    batch = [f"--batch={_RAW}", f"--batch-count={most_pages}", "--batch-print", "--progress", "--format=pnm"]
    return ["scanimage", f"--device-name={device}", *told, *batch]


def ask(device: str, stop: threading.Event, late: Callable[[], None]) -> dict[str, options.Option]:
    """Return what a scanner can be told; nothing when stopped.

    Raises:
        DeviceError: it is not there, or does not answer.
    """
    said = _said(asking(device), stop, late, Telling(**_way(device)))
    found = options.parse(said)
    if not found and not stop.is_set():
        raise DeviceError(Fault.NOT_ANSWERING, f"scanner {device!r} lists no options")
    return found


def scanners(stop: threading.Event, late: Callable[[], None]) -> tuple[listed.Listed, ...]:
    """Return the scanners that SANE finds, which takes seconds.

    Raises:
        DeviceError: SANE does not answer.
    """
    return listed.parse(_said(["scanimage", f"--formatted-device-list={listed.FORMAT}"], stop, late, Telling()))


def start(device: str, told: Sequence[str], folder: Path, most_pages: int) -> Child:
    """Begin to scan, page by page into `folder`.

    Raises:
        DeviceError: scanimage cannot run.
    """
    return Child(scanning(device, told, most_pages), folder)


def telling(device: str) -> Telling:
    """Return what listens to a scan of this device."""
    return Telling(**_way(device))


def raw_pages(folder: Path) -> list[Path]:
    """Return what scanimage has left in the folder, finished or not."""
    return sorted(folder.glob("scan-*"))


def raw_page(folder: Path, name: bytes) -> Path | None:
    """Return the finished page which scanimage names; None for a name it was not told to use."""
    path = folder / name.decode("utf-8", errors="replace").strip()
    return path if path.parent == folder and path.match("scan-[0-9][0-9][0-9][0-9]*.pnm") else None


def _way(device: str) -> dict[str, bool]:
    return {"through_daemon": device.startswith("net:")}


def _said(command: list[str], stop: threading.Event, late: Callable[[], None], heard: Telling) -> str:
    """Return what a short order writes; nothing when stopped."""
    started_s = time.monotonic()
    said, told_late = b"", False
    with Child(command, Path(tempfile.gettempdir())) as child:
        while not child.ended:
            if stop.is_set():
                return ""
            out, err = child.read(BEAT_S)
            said += out
            heard.receive(err)
            took_s = time.monotonic() - started_s
            if took_s > _LATE_S and not told_late:
                told_late = True
                late()
            if took_s > _ANSWER_S or len(said) > _MOST_BYTES:
                raise DeviceError(Fault.NOT_ANSWERING, f"{' '.join(command[:2])!r} does not come to an end")
        fault = heard.fault(child.exit_code, pages=1)
    if fault is not None:
        raise DeviceError(fault, f"{' '.join(command[:2])!r} says {heard.last_words!r}")
    return said.decode("utf-8", errors="replace")
