"""Where an input device is now. Adapter (/sys/class/input).

Its number changes with every plugging. A path under /dev/input/by-id stays, and so does the name its driver gives it:
ALSA's headphone sockets have no other ("HDA Intel PCH Front Headphone").
"""

from __future__ import annotations

from pathlib import Path

from drivers.interface import DeviceError, Fault

_SYS = Path("/sys/class/input")
_DEV = Path("/dev/input")


def node_path(where: str, sys: Path = _SYS, dev: Path = _DEV) -> Path:
    """Return the device file of an input device, given by a path or by its name.

    Raises:
        DeviceError: none that is plugged in has this name.
    """
    if where.startswith("/"):
        return Path(where)
    for event in sorted(sys.glob("event*")):
        try:
            name = (event / "device/name").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue  # pulled out while we looked
        if name == where:
            return dev / event.name
    raise DeviceError(Fault.UNPLUGGED, f"no input device is named {where!r}")
