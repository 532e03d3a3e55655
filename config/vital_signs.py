"""What each process of a device says of itself, in files in memory. Adapter: `/run/guichet`.

    <process>.start.<n>   this process began to read what is in force; who counts takes the file away
    screen.json           `ScreenSigns`, every 2 s
    link.json             `sync.link_report`: {"version", "link": "up" | "down", …}, when it changes

`at_s` is CLOCK_BOOTTIME, which does not jump and goes on while the device sleeps.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import msgspec

from config.trial import Health
from config.whole_file import read_plain

if TYPE_CHECKING:
    from pathlib import Path

SCREEN = "kiosk"
SYNC = "sync"
# Five missed signs: a screen that paints gives one every two seconds.
STALE_S = 10.0
EVERY_S = 2.0
_MAX_BYTES = 64_000
# More than the keeper needs to see to end a trial.
_MOST_STARTS = 8
_Signs = TypeVar("_Signs")


class ScreenSigns(msgspec.Struct, frozen=True):
    """What the screen's process says; `at_s` is when it last painted or could have."""

    version: int
    busy: bool
    records: bool
    content: bool
    devices: list[str]
    at_s: float
    # Whether the theme can be shown that the version says.
    theme: bool = True
    # Whether the check of papers has the list of certificates that the version says.
    papers: bool = True


class _LinkSigns(msgspec.Struct, frozen=True):
    version: int = 0
    link: str = "down"


def now_s() -> float:
    """Return seconds on the clock of `at_s`."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def note_start(run_dir: Path, process: str) -> None:
    """Say that `process` begins; before it reads any configuration that might end it.

    Raises:
        OSError: the folder cannot be written to.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    # Where nobody counts, a process that falls again and again must not fill the memory.
    for old in sorted(run_dir.glob(f"{process}.start.*"), key=lambda path: path.suffix)[:-_MOST_STARTS]:
        old.unlink(missing_ok=True)
    (run_dir / f"{process}.start.{time.clock_gettime_ns(time.CLOCK_BOOTTIME)}").touch()


def take_starts(run_dir: Path) -> list[str]:
    """Return which processes have begun since the last look, oldest first."""
    found = sorted(run_dir.glob("*.start.*"), key=lambda path: path.suffix)
    for path in found:
        path.unlink(missing_ok=True)
    return [path.name.split(".")[0] for path in found]


def write_screen(run_dir: Path, signs: ScreenSigns) -> None:
    """Say how the screen is.

    Raises:
        OSError: the folder cannot be written to.
    """
    unfinished = run_dir / "screen.part"
    unfinished.write_bytes(msgspec.json.encode(signs))
    unfinished.replace(run_dir / "screen.json")


def health(run_dir: Path, at_s: float) -> Health:
    """Return the health of the device as its processes said it, at `at_s`."""
    screen = _read(run_dir / "screen.json", ScreenSigns)
    link = _read(run_dir / "link.json", _LinkSigns)
    if screen is None or at_s - screen.at_s > STALE_S:
        return Health(link=link.version if link else None, hub=link is not None and link.link == "up")
    return Health(
        screen=screen.version,
        age_s=max(0.0, at_s - screen.at_s),
        link=link.version if link else None,
        busy=screen.busy,
        records=screen.records,
        content=screen.content,
        theme=screen.theme,
        papers=screen.papers,
        devices=frozenset(screen.devices),
        hub=link is not None and link.link == "up",
    )


def _read(path: Path, kind: type[_Signs]) -> _Signs | None:
    try:
        return msgspec.json.decode(read_plain(path, _MAX_BYTES), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
