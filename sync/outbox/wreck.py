"""What can still be read of a damaged outbox, from the bytes of its file and of its write-ahead log. No I/O.

Rows never change once written, so a row whose CRC-32 holds is believed wherever it is found. What is noted of a stream
does change: of several notes the one that says least is taken, and sends too much rather than too little.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync.chain import CHAIN_BYTES, STREAM_BYTES, Tip, start
from sync.outbox.check import OLD_LANE, Stream, check_of, number_and_seq, row_from, stream_from
from sync.outbox.sqlite_log import frames
from sync.outbox.sqlite_pages import records
from sync.seal import OPENING_SEQ, Opening, read_opening

if TYPE_CHECKING:
    from sync.outbox.check import KeptRow

# Of a stream's note: before version 3, and since.
_NOTE_COLUMNS = (11, 13)


@dataclass(slots=True)
class Wreck:
    """What was found. `names`: streams known only by an index, which has no check of its own; their rows have."""

    notes: dict[int, Stream] = field(default_factory=dict)
    names: dict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    meta: dict[str, bytes] = field(default_factory=dict)
    _rows: dict[int, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))

    def take(self, row_id: int | None, values: tuple[Any, ...]) -> None:
        """Take one record for what its shape and its check say that it is."""
        match values:
            case (None, _, int(), bytes(), bytes(), int()) if row_id is not None:
                self._rows[number_and_seq(row_id)[0]].add((row_id, *values[1:]))
            case (None, bytes(), str(), *_) if row_id is not None and len(values) in _NOTE_COLUMNS:
                self._take_note(stream_from((row_id, *values[1:])))
            case (str(name), bytes(value), check) if check == check_of(name, value):
                self.meta[name] = value
            case (bytes(name), int(number)) if len(name) == STREAM_BYTES:
                self.names[number].add(name)

    def numbers(self) -> list[int]:
        """Return the numbers of all streams of which anything is known, oldest first."""
        return sorted({*self.notes, *self.names})

    def stream_of(self, number: int) -> bytes | None:
        """Return the stream's name: as noted, or the one under which the checks of its rows hold."""
        if number in self.notes:
            return self.notes[number].stream
        return next((name for name in sorted(self.names[number]) if self.rows(number, name)), None)

    def rows(self, number: int, stream: bytes) -> dict[int, KeptRow]:
        """Return the rows of a stream whose checks hold, by sequence number."""
        found = (row_from(stream, values) for values in self._rows.get(number, ()))
        return {kept.row.seq: kept for kept in found if kept is not None and len(kept.chain) == CHAIN_BYTES}

    def _take_note(self, note: Stream | None) -> None:
        if note is None:
            return
        known = self.notes.get(note.number)
        if known is None or note.stored.seq <= known.stored.seq:
            self.notes[note.number] = note


@dataclass(frozen=True, slots=True)
class Account:
    """What becomes of one stream: as it goes on, with these rows and without those numbers."""

    stream: Stream
    rows: tuple[KeptRow, ...]
    lost: tuple[tuple[int, int], ...]


def account(wreck: Wreck, number: int, sure: Stream | None, device: str) -> Account | None:
    """Return what can be carried over of stream `number`; `sure` is what SQLite itself still says of it.

    Where nobody says how far the hub had it, all that is here is owed again, and what is not here is called lost: the
    hub knows better where it has those rows.
    """
    name = sure.stream if sure is not None else wreck.stream_of(number)
    if name is None:
        return None
    rows = wreck.rows(number, name)
    note = sure or wreck.notes.get(number) or _unnoted(number, name, rows, device)
    last = note.last
    if note.open:
        top = max(rows, default=0)
        last = Tip(top, rows[top].chain) if top > note.stored.seq else note.stored
    lost = _ranges([seq for seq in range(note.stored.seq + 1, last.seq + 1) if seq not in rows])
    kept_from = note.stored.seq + 1
    while kept_from - 1 in rows:
        kept_from -= 1
    damaged = note.damaged or bool(lost) or sure is None
    kept = tuple(rows[seq] for seq in sorted(rows) if kept_from <= seq <= last.seq)
    return Account(replace(note, last=last, kept_from=kept_from, damaged=damaged), kept, lost)


def _unnoted(number: int, name: bytes, rows: dict[int, KeptRow], device: str) -> Stream:
    opening = read_opening(rows[OPENING_SEQ].row.sealed) if OPENING_SEQ in rows else None
    lane = opening.lane if isinstance(opening, Opening) and opening.lane else OLD_LANE
    begin = start(device, name)
    return Stream(number, name, lane, begin, begin, 1, open=True, forked=False, damaged=True)


def _ranges(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    firsts = [n for place, n in enumerate(numbers) if place == 0 or numbers[place - 1] != n - 1]
    lasts = [n for place, n in enumerate(numbers) if place + 1 == len(numbers) or numbers[place + 1] != n + 1]
    return tuple(zip(firsts, lasts, strict=True))


def explore(pages: dict[int, bytes], log: bytes, page_bytes: int) -> Wreck:
    """Return what can be read of the file's `pages`, by number from 1, and of its write-ahead `log`."""
    wreck = Wreck()
    logged = frames(log, page_bytes)
    newest = {**pages, **{frame.page_number: frame.page for frame in logged if frame.current}}
    stale = [(frame.page_number, frame.page) for frame in logged if not frame.current]
    later = [(frame.page_number, frame.page) for frame in logged if frame.current]
    for number, page in (*stale, *pages.items(), *later):
        for row_id, values in records(page, number, newest.get):
            wreck.take(row_id, values)
    return wreck
