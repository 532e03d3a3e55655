"""From what a scanner sends to news. No I/O.

Every way of plugging a scanner in ends here: the bytes come with the monotonic time at which they were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import Caution, DeviceUp
from drivers.news import DeviceEvent, Scanned
from drivers.scanner.debounce import AWAY_S, Debounce
from drivers.scanner.framing import Framing
from drivers.scanner.protocol import Code, ScannerProtocol

if TYPE_CHECKING:
    from drivers.interface import DeviceName

# More than half a code, which a citizen leaves behind who pulls the paper away; less than two bursts of noise.
_MUCH_NONSENSE_BYTES = 128


class Hearing:
    """One opening of one scanner: feed it what came; it returns what to tell."""

    def __init__(self, device: DeviceName, framing: Framing | None = None, away_s: float = AWAY_S) -> None:
        framing = framing or Framing()
        self._device = device
        self._patience_s = framing.patience_s
        self._protocol = ScannerProtocol(framing)
        self._debounce = Debounce(away_s)
        self._made_sense_up_to_bytes = 0
        self._caution: Caution | None = None

    @property
    def due_s(self) -> float | None:
        """For how long nothing may come before `flush` is to be called; None while it waits for nothing."""
        return self._patience_s if self._protocol.pending else None

    def receive(self, data: bytes, now_s: float) -> list[DeviceEvent]:
        """Return the news in `data`, oldest first."""
        return self._told(self._protocol.receive(data), now_s)

    def flush(self, now_s: float) -> list[DeviceEvent]:
        """Nothing came for a while: return the news that this ends."""
        return self._told(self._protocol.flush(), now_s)

    def spoil(self) -> None:
        """Drop what is pending, up to its end: something of it was lost."""
        self._protocol.spoil()

    def _told(self, codes: list[Code], now_s: float) -> list[DeviceEvent]:
        told: list[DeviceEvent] = []
        if codes:
            self._made_sense_up_to_bytes = self._protocol.dropped_bytes
        much = self._protocol.dropped_bytes - self._made_sense_up_to_bytes > _MUCH_NONSENSE_BYTES
        caution = Caution.TALKS_NONSENSE if much else None
        if caution is not self._caution:
            self._caution = caution
            told.append(DeviceUp(self._device, caution))
        told += [
            Scanned(self._device, code.content, code.symbology)
            for code in codes
            if self._debounce.is_new(code.content, now_s)
        ]
        return told
