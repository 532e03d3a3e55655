"""Lines of a GPIO chip, held by us alone. Adapter (libgpiod 2).

A chip is named by its path, or better by its label ("pinctrl-rp1"): the numbers of /dev/gpiochip* change with the
order in which the kernel finds them.
"""

from __future__ import annotations

import errno
import time
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from drivers.gpio.pin import Active, Pull
from drivers.interface import DeviceError, Fault
from drivers.system_fault import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import gpiod

    from drivers.gpio.pin import Pin

DEV = Path("/dev")
# What the kernel keeps for us while we are away, in edges; it keeps 16 a line by itself.
_EDGES = 256
# An expander on I2C says so when its bus fails.
_FAULTS = dict.fromkeys(
    (errno.EIO, errno.EAGAIN, errno.EINVAL, errno.ENOTTY, errno.ETIMEDOUT, errno.EREMOTEIO), Fault.NOT_ANSWERING
)
Use = TypeVar("Use")


class Lines(Generic[Use]):
    """Lines of one chip, by what they are used for; a context, closed at its end."""

    def __init__(self, request: gpiod.LineRequest, chip: str, offsets: Mapping[Use, int]) -> None:
        self._request = request
        self._chip = chip
        self._offsets = dict(offsets)
        self._uses = {offset: use for use, offset in offsets.items()}
        self._edges = 0

    def __enter__(self) -> Self:
        """Hold the lines."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lines back."""
        self._request.release()

    def levels(self) -> dict[Use, bool]:
        """Return which lines are active now.

        Raises:
            DeviceError: the chip was lost.
        """
        from gpiod.line import Value  # noqa: PLC0415  (late: few kiosks have a chip)

        try:
            values = self._request.get_values(list(self._uses))
        except OSError as error:
            raise _lost(self._chip, error) from error
        return {use: value is Value.ACTIVE for use, value in zip(self._uses.values(), values, strict=True)}

    def edges(self, timeout_s: float) -> list[tuple[Use, bool, float]]:
        """Return which lines became active or not, and when (monotonic), oldest first; nothing after `timeout_s`.

        Where edges were lost because there were too many, every line is told as it is now.

        Raises:
            DeviceError: the chip was lost.
        """
        try:
            if not self._request.wait_edge_events(timeout_s):
                return []
            events = self._request.read_edge_events(_EDGES)
        except OSError as error:
            raise _lost(self._chip, error) from error
        changes = []
        forgotten = False
        for event in events:
            rising = event.event_type is event.Type.RISING_EDGE
            changes.append((self._uses[event.line_offset], rising, event.timestamp_ns / 1e9))
            forgotten |= event.global_seqno != self._edges + 1
            self._edges = event.global_seqno
        if forgotten:
            changes += [(use, level, time.monotonic()) for use, level in self.levels().items()]
        return changes

    def set(self, levels: Mapping[Use, bool]) -> None:
        """Make lines active or not.

        Raises:
            DeviceError: the chip was lost.
        """
        from gpiod.line import Value  # noqa: PLC0415  (late: as above)

        try:
            self._request.set_values({self._offsets[use]: Value(int(level)) for use, level in levels.items()})
        except OSError as error:
            raise _lost(self._chip, error) from error


def inputs(chip: str, pins: Mapping[Use, Pin], folder: Path = DEV) -> Lines[Use]:
    """Take lines that others drive.

    Raises:
        DeviceError: there is no such chip or line, or it is not ours.
    """
    from gpiod import LineSettings  # noqa: PLC0415  (late: as above)
    from gpiod.line import Bias, Direction, Edge  # noqa: PLC0415  (late: as above)

    biases = {Pull.AS_IS: Bias.AS_IS, Pull.UP: Bias.PULL_UP, Pull.DOWN: Bias.PULL_DOWN}

    def settings(pin: Pin) -> LineSettings:
        return LineSettings(
            direction=Direction.INPUT,
            edge_detection=Edge.BOTH,
            bias=biases[pin.pull],
            active_low=pin.active is Active.LOW,
        )

    return _request(chip, pins, settings, folder)


def outputs(chip: str, pins: Mapping[Use, Pin], folder: Path = DEV) -> Lines[Use]:
    """Take lines that we drive; inactive at first.

    Raises:
        DeviceError: there is no such chip or line, or it is not ours.
    """
    from gpiod import LineSettings  # noqa: PLC0415  (late: as above)
    from gpiod.line import Direction, Value  # noqa: PLC0415  (late: as above)

    def settings(pin: Pin) -> LineSettings:
        return LineSettings(
            direction=Direction.OUTPUT, output_value=Value.INACTIVE, active_low=pin.active is Active.LOW
        )

    return _request(chip, pins, settings, folder)


def _request(
    chip: str, pins: Mapping[Use, Pin], settings: Callable[[Pin], gpiod.LineSettings], folder: Path
) -> Lines[Use]:
    import gpiod  # noqa: PLC0415  (late: as above)

    try:
        with gpiod.Chip(str(_path(chip, folder))) as opened:
            offsets = {use: opened.line_offset_from_id(pin.line) for use, pin in pins.items()}
            if len(set(offsets.values())) < len(offsets):
                raise ValueError("one line is named twice")  # noqa: TRY301  (one place tells what went wrong)
            request = opened.request_lines(
                {offsets[use]: settings(pin) for use, pin in pins.items()},
                consumer="guichet",
                event_buffer_size=_EDGES,
            )
    except (OSError, ValueError) as error:
        raise _lost(chip, error) from error
    return Lines(request, chip, offsets)


def _path(chip: str, folder: Path) -> Path:
    if chip.startswith("/"):
        return Path(chip)
    for path in sorted(folder.glob("gpiochip*")):
        if label(path) == chip:
            return path
    raise FileNotFoundError(errno.ENOENT, "no chip has this label")


def _lost(chip: str, error: OSError | ValueError) -> DeviceError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return DeviceError(_fault(error), f"gpio chip {chip!r}: {reason}")


def label(path: Path) -> str:
    """Return what a chip is called whatever its number is; nothing where it cannot be asked."""
    import gpiod  # noqa: PLC0415  (late: as above)

    try:
        with gpiod.Chip(str(path)) as chip:
            return chip.get_info().label
    except OSError:
        return ""  # another's, or gone meanwhile


def _fault(error: OSError | ValueError) -> Fault:
    return fault_of(error.errno if isinstance(error, OSError) else None, _FAULTS)
