"""How the devices of a running kiosk stand, for other processes. Adapter (one file in memory).

    devices.json   {"boot", "at_s", "devices": [{"device", "presence", "reason", "since_s", "times_up", …}]}

`at_s` and `since_s` are CLOCK_MONOTONIC, which all processes of a machine share until it boots again: `boot` is the
kernel's name for this time.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from config.whole_file import read_plain, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.standing import Standing

NAME = "devices.json"
_MAX_BYTES = 64_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# A kiosk writes every two seconds.
_STALE_S = 10.0


class Line(msgspec.Struct, frozen=True):
    """One device."""

    device: str
    presence: str
    reason: str | None
    since_s: float
    times_up: int
    times_down: int
    crashes: int


class Report(msgspec.Struct, frozen=True):
    """All devices at one time."""

    boot: str
    at_s: float
    devices: list[Line]


def write(run_dir: Path, standings: Sequence[Standing]) -> None:
    """Put the report into `run_dir`.

    Raises:
        OSError: it cannot be written.
    """
    lines = [
        Line(
            each.device,
            each.presence.name.lower(),
            each.reason.name.lower() if each.reason else None,
            each.since_s,
            each.times_up,
            each.times_down,
            each.crashes,
        )
        for each in standings
    ]
    write_whole(run_dir / NAME, msgspec.json.encode(Report(_boot(), time.monotonic(), lines)) + b"\n")


def read(run_dir: Path) -> Report | None:
    """Return the last report of the kiosk that runs; None where none does, or its report cannot be read."""
    try:
        report = msgspec.json.decode(read_plain(run_dir / NAME, _MAX_BYTES), type=Report)
    except (OSError, msgspec.DecodeError):
        return None
    is_fresh = report.boot == _boot() and time.monotonic() - report.at_s < _STALE_S
    return report if is_fresh else None


def _boot() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()
