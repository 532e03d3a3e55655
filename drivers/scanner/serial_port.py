"""A code scanner on a serial line (USB-CDC or RS-232). Adapter (pyserial).

pyserial drops what waits on the line when it opens it: what was scanned before anyone looked is nobody's.
After an unplug pyserial's port stays "open" for ever and only raises: it is closed, and the supervisor opens anew.
Its port is looked for at each opening, so that a scanner found by its USB id may come back under another path.
"""

from __future__ import annotations

import errno
import termios
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, DeviceName, Fault
from drivers.scanner import place, ports
from drivers.scanner.conversation import ASK_AGAIN_S, Conversation
from drivers.scanner.debounce import AWAY_S
from drivers.scanner.framing import Framing
from drivers.scanner.hearing import Hearing
from drivers.scanner.listening import listen
from drivers.scanner.losses import fault_of
from drivers.scanner.model import MODELS, Make, Tone
from drivers.scanner.orders import Orders

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import serial

    from drivers.driver import Emit

# Much more than comes between two looks, on the fastest line.
_READ_BYTES = 65_536
# A command is twenty bytes: a line that does not take them within this is blocked.
_WRITE_S = 1.0


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How the scanner at the end of the line was set, and whose it is, if it is to be told anything."""

    framing: Framing = field(default_factory=Framing)
    make: Make = Make.OTHER
    triggered: bool = False
    """It reads only when it is told: it is told as long as it is listened to."""
    away_s: float = AWAY_S
    ask_again_s: float = ASK_AGAIN_S


class SerialScanner:
    """Reports each code a scanner sends."""

    def __init__(
        self,
        name: DeviceName,
        at: place.Place,
        baud: int,
        settings: SerialSettings | None = None,
        found: Callable[[], list[place.PluggedIn]] = ports.found,
    ) -> None:
        self._name = name
        self._at = at
        self._baud = baud
        self._settings = settings or SerialSettings()
        self._model = MODELS[self._settings.make]
        self._found = found
        self._orders = Orders()

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def trigger(self) -> None:
        """Have it read now, where it can be told. Never waits."""
        self._order(self._model.trigger)

    def release(self) -> None:
        """Have it stop reading, where it can be told. Never waits."""
        self._order(self._model.release)

    def beep(self, tone: Tone = Tone.KNOWN) -> None:
        """Have it beep, where it can be told so. Never waits."""
        self._order(self._model.beep if tone is Tone.KNOWN else self._model.beep_badly)

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the line and report codes until stopped.

        Raises:
            DeviceError: the line could not be opened, or was lost.
        """
        try:
            with closing(self._open()) as line, self._orders.open() as wake:
                hearing = Hearing(self._name, self._settings.framing, self._settings.away_s)
                ask_again_s, triggered = self._settings.ask_again_s, self._settings.triggered
                conversation = Conversation(self._name, hearing, self._model, ask_again_s, triggered=triggered)
                if self._settings.framing.aim:
                    self._order(self._model.send_aim)
                for event in conversation.begin():
                    emit(event)
                told = _Line(line, conversation, self._orders, wake)
                listen(told, conversation, emit, stop)
                with suppress(OSError):  # it went away in that moment: nobody listens to it any more
                    told.write(conversation.farewell())
        # pyserial's own errors are OSErrors; a bad speed is a ValueError, and a port torn out while it is set a termios
        # error.
        except (OSError, ValueError, termios.error) as error:
            raise DeviceError(fault_of(error), f"scanner at {str(self._at)!r}: {error}") from error

    def _order(self, command: bytes | None) -> None:
        if command:
            self._orders.put(command)

    def _open(self) -> serial.Serial:
        paths = place.paths(self._at, self._found() if isinstance(self._at, place.UsbId) else [])
        if not paths:
            raise DeviceError(Fault.UNPLUGGED, f"no scanner {str(self._at)!r} is plugged in")
        for path in paths[:-1]:
            with suppress(OSError):  # it is held for another scanner of the same kind: try the next
                return self._line(path)
        return self._line(paths[-1])

    def _line(self, path: str) -> serial.Serial:
        import serial  # noqa: PLC0415  (late: 15 ms, for kiosks with such a scanner only)

        return serial.Serial(path, self._baud, timeout=0, write_timeout=_WRITE_S, exclusive=True)


class _Line:
    """pyserial's port as a source."""

    def __init__(self, line: serial.Serial, conversation: Conversation, orders: Orders, wake: int) -> None:
        self._line = line
        self._conversation = conversation
        self._orders = orders
        self.watched = [line.fileno(), wake]

    def read(self) -> bytes:
        return self._line.read(_READ_BYTES)

    def tend(self, now_s: float) -> None:
        if self._conversation.is_mute(now_s):
            raise OSError(errno.ETIMEDOUT, "asked, it says nothing")
        self.write(self._orders.take() + self._conversation.question(now_s) + self._conversation.trigger(now_s))

    def write(self, said: bytes) -> None:
        if not said:
            return
        from serial import SerialTimeoutException  # noqa: PLC0415  (it is loaded by now)

        try:
            self._line.write(said)
        except SerialTimeoutException as error:
            raise OSError(errno.ETIMEDOUT, "it takes nothing") from error
