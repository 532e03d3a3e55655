"""What scanimage says while it scans, and why it stopped. No I/O.

It writes `Progress: 12.3%` with a carriage return, and its errors as `scanimage: sane_read: Document feeder jammed`:
the words behind the last colon are those of sane_strstatus (SANE standard 1.06, 4.3.10; sane_strstatus.c). Only
lines of this form count: a backend may write anything else there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.interface import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRESS = re.compile(rb"Progress: (\d{1,3})(?:\.\d+)?%")
_PROGRESS_LINE = re.compile(r"Progress: \d{1,3}(?:\.\d{1,2})?%")
_STAGES = r"open of device .*? failed|sane_start|sane_read|sane_get_parameters|sane_get_devices\(\) failed"
_STATUS = re.compile(rf"^scanimage: ({_STAGES}): (.+)$", re.MULTILINE)
_ROUNDED = re.compile(r"^scanimage: rounded value of resolution from \S+ to (\d{1,5}(?:\.\d+)?)$", re.MULTILINE)
_OPENING = {
    # No backend knows this device: it is not plugged in, or under another number.
    "Invalid argument": Fault.UNPLUGGED,
    "Error during device I/O": Fault.UNPLUGGED,
}
_FAULTS = {
    "Operation not supported": Fault.OFFLINE,
    # Somebody pressed the scanner's own stop button.
    "Operation was canceled": Fault.OFFLINE,
    "Device busy": Fault.BUSY,
    "Invalid argument": Fault.NOT_ANSWERING,
    "Document feeder jammed": Fault.PAPER_JAMMED,
    "Document feeder out of documents": Fault.OUT_OF_PAPER,
    "Scanner cover is open": Fault.COVER_OPEN,
    "Error during device I/O": Fault.UNPLUGGED,
    "Out of memory": Fault.NO_ROOM,
    "Access to resource has been denied": Fault.REFUSED,
    "Lamp not ready, please retry": Fault.BUSY,
    "Scanner mechanism locked for transport": Fault.BROKEN,
}
# What it says is kept up to here: a backend that talks for ever fills nobody's memory.
_MOST_BYTES = 20_000
_LONGEST_PROGRESS = 20
# A finely scanned page over a network says each tenth of a per cent some 70 times.
_MOST_REPEATED = 2000


def own_words(said: bytes) -> Iterator[tuple[int, int]]:
    """Yield where in what was written stands what is read here; nothing of a page is in it."""
    text = said.decode("latin-1").replace("\r", "\n")
    for pattern in (_PROGRESS_LINE, _STATUS, _ROUNDED):
        for found in pattern.finditer(text):
            yield found.span()


class Telling:
    """Feed it what scanimage writes to its standard error; it knows how far the page is, and what went wrong.

    `through_daemon` is a device behind saned: where it cannot be opened at all, saned is what does not run.
    """

    def __init__(self, *, through_daemon: bool = False) -> None:
        self._through_daemon = through_daemon
        self._said = b""
        self._unread = b""
        self._progress = b""
        self._repeated = 0

    def receive(self, data: bytes) -> int | None:
        """Take what was written; return the per cent of the page, if it said so."""
        self._said = (self._said + data)[-_MOST_BYTES:]
        recent, percent = self._unread + data, None
        for found in _PROGRESS.finditer(recent):
            percent = min(int(found[1]), 100)
            self._repeated = self._repeated + 1 if found[0] == self._progress else 0
            self._progress = found[0]
            self._unread = recent[found.end() :]
        # A number cut in two by a read is seen whole with the next one.
        self._unread = (recent if percent is None else self._unread)[-_LONGEST_PROGRESS:]
        return percent

    @property
    def hung_up(self) -> bool:
        """Whether the daemon is gone: SANE's net backend then reads nothing for ever, and says the same without end."""
        return self._through_daemon and self._repeated > _MOST_REPEATED

    @property
    def rounded_dpi(self) -> float | None:
        """The resolution that the scanner took instead of the one it was told."""
        found = _ROUNDED.findall(self._lines)
        return float(found[-1]) if found else None

    @property
    def last_words(self) -> str:
        """The last line that is scanimage's own; no line of its holds anything of a page."""
        own = [line for line in self._lines.split("\n") if line.startswith("scanimage: ")]
        return own[-1][:200] if own else ""

    def fault(self, exit_code: int, pages: int) -> Fault | None:
        """Return why it ended; None where it did all it should: a feeder runs out of sheets at its end."""
        named = None
        for stage, words in _STATUS.findall(self._lines):
            named = self._named(stage, words.strip()) or Fault.NOT_ANSWERING
        if named is Fault.OUT_OF_PAPER and pages:
            return None
        if named is not None:
            return named
        return Fault.NOT_ANSWERING if exit_code or not pages else None

    def _named(self, stage: str, words: str) -> Fault | None:
        if not stage.startswith("open"):
            return _FAULTS.get(words)
        # saned that cannot be reached is an I/O error; saned that lost its scanner says "Invalid argument".
        if self._through_daemon and words == "Error during device I/O":
            return Fault.SERVICE_DOWN
        return _OPENING.get(words) or _FAULTS.get(words)

    @property
    def _lines(self) -> str:
        return self._said.decode("utf-8", errors="replace").replace("\r", "\n")
