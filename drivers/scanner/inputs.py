"""The keyboards that are plugged in, scanners among them. Adapter (/sys/class/input).

Read from the kernel's own description, without opening any: the citizen's keyboard is none of our business.
"""

from __future__ import annotations

from pathlib import Path

from drivers.scanner.keys import KEY_ENTER
from drivers.scanner.place import PluggedIn, UsbId

_ROOT = Path("/sys/class/input")


def found(root: Path = _ROOT) -> list[PluggedIn]:
    """Return every input device that has an Enter key: a scanner shows other ones beside, for its buttons."""
    plugged_in: list[PluggedIn] = []
    for event in sorted(root.glob("event*")):
        device = event / "device"
        try:
            vendor, product = (int(_text(device / "id" / each), 16) for each in ("vendor", "product"))
            if _has(_text(device / "capabilities/key"), KEY_ENTER):
                usb = UsbId(vendor, product, _text(device / "uniq") or None)
                plugged_in.append(PluggedIn(f"/dev/input/{event.name}", usb, _text(device / "phys")))
        except (OSError, ValueError):  # one was pulled out while its description was read
            continue
    return plugged_in


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()


def _has(bits: str, code: int) -> bool:
    # Words of a long each, the highest first; every bit below 32 stands in the last word, whatever a long is.
    return bool(int(bits.rsplit(maxsplit=1)[-1], 16) >> code & 1)
