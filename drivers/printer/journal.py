"""What the printer was doing when the power went. Adapter (one small file).

It says how far the last paper was, and counts outcomes; of a paper's content it says nothing. After a start, a paper
begun and not ended still hangs out of the printer: it is cut off, as void, before the next citizen's comes.
A journal that cannot be read or written stops no paper: it is said in the log, and the rest is done as ever.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import msgspec
import structlog
from msgspec import structs

from config.whole_file import write_whole
from drivers.printer.job import Phase

if TYPE_CHECKING:
    from pathlib import Path

_log = structlog.get_logger(__name__)


class Hanging(Enum):
    """What may hang out of the printer."""

    NOTHING = "nothing"
    PART = "part"
    """A paper begun and not ended: it is stamped as void and cut off."""
    WHOLE = "whole"
    """A whole paper of which nobody knows whether it was cut: it is cut, and left as it is."""


class Entry(msgspec.Struct, frozen=True):
    """How far the last paper is, and what became of all of them since the file was begun."""

    hanging: Hanging = Hanging.NOTHING
    under_way: bool = False
    printed: int = 0
    not_printed: int = 0
    unknown: int = 0


class Journal:
    """The journal in `path`; None keeps it in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.entry = self._read()
        if self.entry.under_way:  # the process ended with a paper: nobody knows its outcome, and nobody waits for it
            self._write(structs.replace(self.entry, under_way=False, unknown=self.entry.unknown + 1))

    def begun(self) -> None:
        """Note that a paper begins to come out."""
        self._write(structs.replace(self.entry, hanging=Hanging.PART, under_way=True))

    def cutting(self) -> None:
        """Note that all of it is out, and is being cut."""
        self._write(structs.replace(self.entry, hanging=Hanging.WHOLE))

    def ended(self, phase: Phase) -> None:
        """Count an outcome; what hangs out, hangs on."""
        entry = structs.replace(self.entry, under_way=False)
        match phase:
            case Phase.PRINTED:
                entry = structs.replace(entry, hanging=Hanging.NOTHING, printed=entry.printed + 1)
            case Phase.UNKNOWN:
                entry = structs.replace(entry, unknown=entry.unknown + 1)
            case _:
                entry = structs.replace(entry, not_printed=entry.not_printed + 1)
        self._write(entry)

    def cut_off(self) -> None:
        """Note that nothing hangs out any more."""
        self._write(structs.replace(self.entry, hanging=Hanging.NOTHING))

    def _write(self, entry: Entry) -> None:
        self.entry = entry
        if self._path is None:
            return
        try:
            write_whole(self._path, msgspec.json.encode(entry) + b"\n")
        except OSError as error:
            _log.warning("print journal cannot be written", reason=error.strerror)

    def _read(self) -> Entry:
        if self._path is None:
            return Entry()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Entry)
        except FileNotFoundError:
            return Entry()
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("print journal cannot be read", reason=type(error).__name__)
            return Entry(hanging=Hanging.PART)  # unknown is not taken for good: something may hang out
