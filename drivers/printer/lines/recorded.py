"""A line to a printer that keeps what goes over it, and one that plays it back. Adapter (time)."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from drivers import recording
from drivers.interface import DeviceError, Fault
from drivers.printer.status import process_mark

if TYPE_CHECKING:
    from drivers.printer.lines import Line
    from drivers.recording import Step

_NUMBER_SAID = re.compile(rb"(\x37\x22)\d{4}\0")


class RecordingLine:
    """Passes everything on, and notes it in `steps` without its content; see `Line`."""

    def __init__(self, line: Line, steps: list[Step], begun_s: float) -> None:
        self._line = line
        self._steps = steps
        self._begun_s = begun_s

    def write(self, data: bytes, wait_s: float) -> int:
        """Send the beginning of `data`."""
        taken = self._line.write(data, wait_s)
        if taken:
            self._steps.append(recording.sent(self._at_ms(), data[:taken]))
        return taken

    def read(self, wait_s: float) -> bytes:
        """Return what came."""
        data = self._line.read(wait_s)
        if data:
            self._steps.append(recording.heard(self._at_ms(), data))
        return data

    def close(self) -> None:
        """Let the printer go."""
        self._line.close()

    def _at_ms(self) -> int:
        return round((time.monotonic() - self._begun_s) * 1000)


class ReplayLine:
    """A printer that says what a recording says, as soon as it is asked as it was asked then; see `Line`.

    What held content then may be anything now, and the number of a mark (GS ( H) is the one that is asked for now.
    Where the driver asks otherwise, the recording does not fit it any more, and that is an error.
    """

    def __init__(self, steps: list[Step]) -> None:
        self._steps = list(steps)
        self._number = b"0000"

    def write(self, data: bytes, wait_s: float) -> int:  # noqa: ARG002  (a printer that never makes anybody wait)
        """Take `data`, if the recording goes on with it."""
        if not self._steps:
            raise ConnectionResetError("the recording is over")
        step = self._steps.pop(0)
        _, asked, number = data.rpartition(process_mark(b""))
        self._number = number if asked else self._number
        if step.out_bytes or bytes.fromhex(step.out) == data:
            return len(data)
        raise DeviceError(Fault.NOT_ANSWERING, f"at {step.at_ms} ms the recording has {step!r}, not {data[:16]!r}")

    def read(self, wait_s: float) -> bytes:
        """Return what was said then."""
        if self._steps and self._steps[0].came:
            came = bytes.fromhex(self._steps.pop(0).came)
            return _NUMBER_SAID.sub(lambda said: said[1] + self._number + b"\0", came)
        if not self._steps:
            raise ConnectionResetError("the recording is over")
        time.sleep(min(wait_s, 0.01))
        return b""

    def close(self) -> None:
        """Let go."""
