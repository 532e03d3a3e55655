"""How the devices of a running kiosk stand, for other processes. Adapter (one file in memory).

    devices.json   {"at_s", "devices": [{"device", "presence", "reason", "since_s", "times_up", …}]}

`at_s` and `since_s` are CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from config.whole_file import read_plain, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from drivers.standing import Standing

NAME = "devices.json"
_MAX_BYTES = 64_000


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
    write_whole(run_dir / NAME, msgspec.json.encode(Report(time.monotonic(), lines)) + b"\n")


def read(run_dir: Path) -> Report | None:
    """Return the last report of a kiosk; None where none runs, or none that can be read."""
    try:
        return msgspec.json.decode(read_plain(run_dir / NAME, _MAX_BYTES), type=Report)
    except (OSError, msgspec.DecodeError):
        return None
