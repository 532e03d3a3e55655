"""From what the kernel says of its power supplies to what the device lives on. No I/O.

/sys/class/power_supply/NAME/   type scope present online status capacity      (Documentation/ABI/testing/
sysfs-class-power)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.news import PowerSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ATTRIBUTES = ("type", "scope", "present", "online", "status", "capacity")
_MAINS = {"Mains", "USB", "Wireless"}
_BATTERIES = {"Battery", "UPS"}
_FED = {"Charging", "Full", "Not charging"}


def source(supplies: Iterable[Mapping[str, str]], low_percent: int) -> PowerSource | None:
    """Return what the device lives on, None where that cannot be said.

    Batteries of a mouse or a scanner (scope Device) do not feed us. A mains supply decides; without one, a battery
    that does not discharge is fed by something.
    """
    ours = [supply for supply in supplies if supply.get("scope") != "Device"]
    batteries = [supply for supply in ours if supply.get("type") in _BATTERIES and supply.get("present") != "0"]
    if any(supply.get("type") in _MAINS and supply.get("online") in {"1", "2"} for supply in ours):
        return PowerSource.EXTERNAL
    if any(supply.get("status") == "Discharging" for supply in batteries):
        return _battery(batteries, low_percent)
    if any(supply.get("status") in _FED for supply in batteries):
        return PowerSource.EXTERNAL
    if batteries and any(supply.get("type") in _MAINS and supply.get("online") == "0" for supply in ours):
        return _battery(batteries, low_percent)
    return None


def _battery(batteries: Iterable[Mapping[str, str]], low_percent: int) -> PowerSource:
    charges = [int(charge) for supply in batteries if _is_percent(charge := supply.get("capacity", ""))]
    return PowerSource.BATTERY_LOW if charges and max(charges) <= low_percent else PowerSource.BATTERY


def _is_percent(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100  # noqa: PLR2004  (per cent)
