"""Samples to the loudspeaker. Adapter (aplay, a child process).

ALSA's own library may hang in a call for as long as a card likes; a child can be killed. What it holds dies with it:
a cut is heard at once.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator

    from drivers.news import Unsaid

# How soon a cut is heard.
_LOOK_S = 0.05
# A card takes samples ten times a second; one that takes none for so long has stopped.
_STALL_S = 1.5
# What may still be in the pipe (64 KiB, 1.5 s of speech) and in the card (0.5 s) when the last sample is written.
_LONGEST_DRAIN_S = 2.0
# Between closing its input and ending.
_ENDING_S = 0.5
_WRITE_BYTES = 4096
_SILENCE_S = 0.02
_ABORTED = "Aborted by signal"


class Stopped(Exception):  # noqa: N818  (no error: the driver was stopped while it played)
    """The driver was told to stop."""


class Player:
    """Plays on one ALSA device; `program` is `aplay`, with what must stand before it."""

    def __init__(self, device: str, program: tuple[str, ...] = ("aplay",), proc: Path = Path("/proc/asound")) -> None:
        self._device = device
        self._program = program
        self._card = proc / card if (card := card_of(device)) else None

    def is_there(self) -> bool:
        """Return whether the card the device names is plugged in; a device that names none is taken to be there."""
        return self._card is None or self._card.exists()

    def check(self, stop: threading.Event) -> None:
        """Play a moment of silence.

        Raises:
            DeviceError: nothing can be played.
            Stopped: the driver was stopped.
        """
        if not self.is_there():
            raise DeviceError(Fault.UNPLUGGED, f"no sound card for {self._device!r}")
        rate_hz = 22_050
        self.play([bytes(2 * round(_SILENCE_S * rate_hz))], rate_hz, lambda: None, stop)

    def play(
        self, parts: Iterable[bytes], rate_hz: int, cut: Callable[[], Unsaid | None], stop: threading.Event
    ) -> Unsaid | None:
        """Play samples to their end, or until `cut` says why they end; return that.

        Raises:
            DeviceError: the output was lost, or stalls.
            Stopped: the driver was stopped.
        """
        with self._child(rate_hz) as child:
            waiting = _Waiting(child, cut, stop)
            written_s = 0.0
            for part in parts:
                if (why := self._write(child, part, waiting)) is not None:
                    return why
                written_s += len(part) / 2 / rate_hz
            if (why := waiting.look()) is not None:  # the parts ended for that
                return why
            _close(child)
            waiting.moved(min(written_s, _LONGEST_DRAIN_S) + _STALL_S)
            while child.poll() is None:
                if (why := waiting.look()) is not None:
                    return why
                if waiting.is_over():
                    raise DeviceError(Fault.NOT_ANSWERING, f"sound on {self._device!r} does not end")
                stop.wait(_LOOK_S / 5)
            self._ended(child)
        return None

    def _write(self, child: subprocess.Popen[bytes], part: bytes, waiting: _Waiting) -> Unsaid | None:
        fd = _stdin(child)
        takes = select.poll()  # `select` knows no file beyond the 1,024th
        takes.register(fd, select.POLLOUT)
        waiting.moved(_STALL_S)
        while part:
            if (why := waiting.look()) is not None:
                return why
            if not takes.poll(_LOOK_S * 1000):
                if waiting.is_over():
                    raise DeviceError(Fault.NOT_ANSWERING, f"sound on {self._device!r} stalls")
                continue
            try:
                part = part[os.write(fd, part[:_WRITE_BYTES]) :]
            except BrokenPipeError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(_ENDING_S)
                self._ended(child)
                raise DeviceError(Fault.UNPLUGGED, f"sound on {self._device!r} ended early") from None
            waiting.moved(_STALL_S)
        return None

    @contextlib.contextmanager
    def _child(self, rate_hz: int) -> Iterator[subprocess.Popen[bytes]]:
        command = [*self._program, "-D", self._device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate_hz)]
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},  # we read its reasons
            )
        except OSError as error:
            raise DeviceError(Fault.SERVICE_DOWN, f"{self._program[-1]!r}: {error.strerror}") from error
        try:
            os.set_blocking(_stdin(child), False)
            yield child
        finally:
            child.kill()
            _close(child)
            child.wait()
            if child.stderr is not None:
                child.stderr.close()

    def _ended(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            return
        said = child.stderr.read(2000).decode(errors="replace") if child.stderr else ""
        # Told to end, aplay says so, drops what the card has not played, and ends with 0.
        if child.returncode != 0 or _ABORTED in said:
            fault = Fault.SERVICE_DOWN if child.returncode < 0 and self.is_there() else fault_of(said)
            raise DeviceError(fault, f"sound on {self._device!r}: {said.strip().rpartition(chr(10))[2]!r}")


class _Waiting:
    """How long nothing has moved, and who wants it to end."""

    def __init__(self, child: subprocess.Popen[bytes], cut: Callable[[], Unsaid | None], stop: threading.Event) -> None:
        self._child = child
        self._cut = cut
        self._stop = stop
        self.moved(_STALL_S)

    def moved(self, next_s: float) -> None:
        self._until_s = time.monotonic() + next_s

    def is_over(self) -> bool:
        return time.monotonic() > self._until_s

    def look(self) -> Unsaid | None:
        if self._stop.is_set():
            raise Stopped
        return self._cut()


def card_of(device: str) -> str:
    """Return the id of the card an ALSA device names: `plughw:CARD=Device,DEV=0` or `hw:Device,0`; "" where none."""
    _, _, arguments = device.partition(":")
    first = arguments.split(",")[0]
    name = first.removeprefix("CARD=").strip()
    if "=" in name or "/" in name:
        return ""
    return f"card{name}" if name.isdigit() else name


def fault_of(said: str) -> Fault:
    """Return why aplay could not play, by what it said (its words in the C locale)."""
    if _ABORTED in said:
        return Fault.SERVICE_DOWN
    if "busy" in said:
        return Fault.BUSY
    if "Permission denied" in said or "not permitted" in said:
        return Fault.REFUSED
    if "Input/output error" in said:
        return Fault.NOT_ANSWERING
    return Fault.UNPLUGGED


def _stdin(child: subprocess.Popen[bytes]) -> int:
    if child.stdin is None:
        raise ValueError("a child without standard input")
    return child.stdin.fileno()


def _close(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None and not child.stdin.closed:
        child.stdin.close()
