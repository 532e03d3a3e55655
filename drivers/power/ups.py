"""An uninterruptible supply or a battery the kernel knows. Adapter (sysfs)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, DeviceUp, Fault
from drivers.news import PowerChanged
from drivers.power.supply import ATTRIBUTES, source

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from drivers.driver import Emit
    from drivers.interface import DeviceName
    from drivers.news import PowerSource

SUPPLIES = Path("/sys/class/power_supply")
# The kernel's own drivers ask their devices every few seconds; a mains failure is told within two.
_LOOK_S = 1.0
# No attribute we read is longer; what is, is nonsense.
_MAX_CHARACTERS = 64


class PowerSupplies:
    """Reports what the device lives on, as the kernel's power supplies say; `low_percent` is nearly empty."""

    def __init__(
        self, name: DeviceName, folder: Path = SUPPLIES, low_percent: int = 20, look_s: float = _LOOK_S
    ) -> None:
        self._name = name
        self._folder = folder
        self._low_percent = low_percent
        self._look_s = look_s

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Look at the supplies and report until stopped.

        Raises:
            DeviceError: there is none, or what they say makes no sense.
        """
        told = self._source()
        emit(DeviceUp(self._name))
        emit(PowerChanged(self._name, told))
        while not stop.wait(self._look_s):
            if (now := self._source()) is not told:
                told = now
                emit(PowerChanged(self._name, told))

    def _source(self) -> PowerSource:
        supplies = list(self._supplies())
        if not supplies:
            raise DeviceError(Fault.UNPLUGGED, f"no power supply in {str(self._folder)!r}")
        if (found := source(supplies, self._low_percent)) is None:
            raise DeviceError(Fault.NOT_ANSWERING, f"power supplies in {str(self._folder)!r} do not say what feeds us")
        return found

    def _supplies(self) -> Iterator[Mapping[str, str]]:
        try:
            for supply in sorted(self._folder.iterdir()):
                yield {name: text for name in ATTRIBUTES if (text := _read(supply / name))}
        except FileNotFoundError:
            return
        except OSError as error:
            fault = Fault.REFUSED if isinstance(error, PermissionError) else Fault.NOT_ANSWERING
            raise DeviceError(fault, f"power supplies in {str(self._folder)!r}: {error.strerror}") from error


def _read(path: Path) -> str:
    """Return an attribute; nothing where a supply has none or cannot say (a kernel answers ENODATA, EIO, ENODEV)."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_CHARACTERS).decode("ascii", errors="replace").strip()
    except PermissionError:
        raise
    except OSError:
        return ""
