"""Power supplies for the promises of every driver: a folder that looks like /sys/class/power_supply."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from drivers.news import PowerChanged, PowerSource
from drivers.power.ups import PowerSupplies

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class SupplyFolder:
    """A UPS that charges from the mains; a context, plugged in inside of it."""

    def __init__(self, folder):
        self._folder = folder

    def __enter__(self):
        self.says("ups", type="UPS", present="1", status="Full", capacity="100")
        self.says("mains", type="Mains", online="1")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder)

    def says(self, supply, **attributes):
        (self._folder / supply).mkdir(parents=True, exist_ok=True)
        for name, text in attributes.items():
            unfinished = self._folder / f".{name}"
            unfinished.write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode())
            unfinished.replace(self._folder / supply / name)

    def fails(self, supply, name):
        """Give an error whenever an attribute is read: nothing is mapped at the begin of memory."""
        (self._folder / supply / name).unlink()
        (self._folder / supply / name).symlink_to("/proc/self/mem")


class PowerSuppliesRig:
    """Wherever a UPS is plugged in, the kernel lists it in the same folder."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.folder = folder / "power_supply"

    def driver(self, **settings):
        return PowerSupplies(self._name, self.folder, look_s=0.02, **settings)

    def device(self):
        return SupplyFolder(self.folder)

    def use(self, _driver, supplies, news):
        before = len(news.events)
        supplies.says("mains", online="0")
        supplies.says("ups", status="Discharging")
        news.wait_until(lambda events: PowerChanged(self._name, PowerSource.BATTERY) in events[before:])
        supplies.says("mains", online="1")
        news.wait_until(lambda events: events[-1] == PowerChanged(self._name, PowerSource.EXTERNAL))
