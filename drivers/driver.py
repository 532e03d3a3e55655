"""What every device driver is. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from drivers.interface import DeviceName
    from drivers.news import DeviceEvent

Emit: TypeAlias = "Callable[[DeviceEvent], None]"


class Driver(Protocol):
    """A peripheral that reports through events.

    It owns the device only while `run` runs: stop it and the device is closed.
    Drivers never retry; `drivers.supervisor` does.
    """

    @property
    def name(self) -> DeviceName:
        """Which device this is, as it appears in events, logs and configuration."""
        ...

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the device and report until stopped, which takes at most two seconds.

        `stop` is looked at (`is_set`) at least every second, or waited for (`wait`), whatever the device does: a
        driver that does neither is told of as `HANGING`. `emit` is called from this thread, or from one which calls a
        method of the driver, and never waits.

        Raises:
            DeviceError: the device could not be opened, or was lost.
        """
        ...
