"""What can still be read of a damaged outbox, from the bytes of its file and of its write-ahead log. No I/O.

Rows never change once written, so a row whose CRC-32 holds is believed wherever it is found. What is noted of a stream
does change: of several notes the one that says least is taken, and sends too much rather than too little. How far a
stream reached that could still grow, its rows say, and where a page of them is gone, the pages above: all but the last
page's rows are known by number, and of those at most a page's worth is called lost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync.chain import CHAIN_BYTES, STREAM_BYTES, Tip, start
from sync.outbox.check import OLD_LANE, Stream, check_of, key, name_and_lane, number_and_seq, row_from, stream_from
from sync.outbox.sqlite_log import frames
from sync.outbox.sqlite_pages import cells, children, free_pages, is_of_a_tree, page_count, records
from sync.seal import OPENING_SEQ, Opening, read_opening

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.outbox.check import KeptRow

# Of a stream's note: before version 3, and since.
_NOTE_COLUMNS = (11, 13)
# A row's cell takes 73 bytes at least: chain, time, CRC, a seal's 17, their headers and row id.
_LEAST_ROW_BYTES = 73
# Twice what an outbox holds; a header that says more is damaged.
_MOST_PAGES = 1 << 17
# Where `sync.outbox.schema.create` puts it in a new file.
_ROOT_OF_ROWS = 10
# Row ids of rows; other tables' are small.
_FIRST_ROW_ID = key(1, 0)


@dataclass(slots=True)
class Wreck:
    """What was found.

    `named`: names and lanes that stand among rows. `names`: those known only by an index, which has no check of its
    own; their rows have.
    """

    notes: dict[int, Stream] = field(default_factory=dict)
    named: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    names: dict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    meta: dict[str, bytes] = field(default_factory=dict)
    # Pages that cannot be read: how many, to which rows they reached, and whose last rows they may hold.
    lost_pages: int = 0
    reached: dict[int, int] = field(default_factory=dict)
    torn: dict[int, int] = field(default_factory=dict)
    # Where losses that were noted before end; no check of its own, so believed within bounds.
    losses: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    roots: set[int] = field(default_factory=set)
    page_bytes: int = 0
    _rows: dict[int, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))

    def take(self, row_id: int | None, values: tuple[Any, ...]) -> None:
        """Take one record for what its shape and its check say that it is."""
        match values:
            case (None, _, int(), bytes(), bytes(), int()) if row_id is not None:
                self._take_row((row_id, *values[1:]))
            case (None, bytes(), str(), *_) if row_id is not None and len(values) in _NOTE_COLUMNS:
                self._take_note(stream_from((row_id, *values[1:])))
            case ("table", "rows", "rows", int(root), str()):
                self.roots.add(root)
            case (int(number), int(first), int(last)) if row_id is None and 0 < first <= last:
                self.losses[number].add(last)
            case (str(name), bytes(value), check) if check == check_of(name, value):
                self.meta[name] = value
            case (bytes(name), int(number)) if len(name) == STREAM_BYTES:
                self.names[number].add(name)

    def numbers(self) -> list[int]:
        """Return the numbers of all streams of which anything is known, oldest first."""
        return sorted({*self.notes, *self.names, *self.named})

    def claimed(self, number: int, top: int) -> int:
        """Return how far stream `number`, of which row `top` is the last found whole, may have reached.

        Numbers that a flipped bit has made absurd are not believed: the pages that are lost cannot have held so many.
        """
        a_page = self.page_bytes // _LEAST_ROW_BYTES
        seen = {self.reached.get(number, 0), *(number_and_seq(values[0])[1] for values in self._rows.get(number, ()))}
        believed = [seq for seq in seen if seq <= top + a_page * (1 + self.lost_pages)]
        noted = [last for last in self.losses.get(number, ()) if last <= top + a_page * _MOST_PAGES]
        # A row under an absurd number is one that its stream lacks.
        torn = max(self.torn.get(number, 0), int(len(believed) < len(seen)))
        return max([max([top, *believed]) + a_page * torn, *noted])

    def tear(self, numbers: Iterable[int], pages: int = 1) -> None:
        """Note that the last rows of streams `numbers` may have been on as many `pages` that cannot be read."""
        for number in numbers:
            self.torn[number] = max(pages, self.torn.get(number, 0))

    def stream_of(self, number: int) -> bytes | None:
        """Return the stream's name: as noted, as said among its rows, or one under which their checks hold."""
        if number in self.notes:
            return self.notes[number].stream
        if number in self.named:
            return self.named[number][0]
        names = sorted(self.names[number])
        found = next((name for name in names if self.rows(number, name)), None)
        # Not one row is left to tell; what is lost of it can be named all the same.
        return names[0] if found is None and len(names) == 1 and self.claimed(number, 0) else found

    def rows(self, number: int, stream: bytes) -> dict[int, KeptRow]:
        """Return the rows of a stream whose checks hold, by sequence number.

        A flipped bit may have put one under a number that no stream has: its check says whose it is.
        """
        known = {number, *self.notes, *self.names, *self.named}
        strays = [values for other, found in self._rows.items() if other not in known for values in found]
        found = (row_from(stream, values) for values in (*self._rows.get(number, ()), *strays))
        whole = (kept for kept in found if kept is not None and len(kept.chain) == CHAIN_BYTES)
        return {kept.row.seq: kept for kept in whole if kept.row.seq}

    def _take_row(self, values: tuple[Any, ...]) -> None:
        number, seq = number_and_seq(values[0])
        self._rows[number].add(values)
        if seq == 0 and (kept := row_from(values[4][:STREAM_BYTES], values)) is not None:
            self.named[number] = name_and_lane(kept)

    def _take_note(self, note: Stream | None) -> None:
        if note is None:
            return
        known = self.notes.get(note.number)
        if known is None or note.stored.seq <= known.stored.seq:
            self.notes[note.number] = note


@dataclass(frozen=True, slots=True)
class Account:
    """What becomes of one stream: how it ends, with these rows and without those numbers."""

    stream: Stream
    rows: tuple[KeptRow, ...]
    lost: tuple[tuple[int, int], ...]


def account(wreck: Wreck, number: int, sure: Stream | None, device: str) -> Account | None:
    """Return what can be carried over of stream `number`; `sure` is what SQLite itself still says of it.

    Where nobody says how far the hub had it, all that is here is owed again, and what is not here is called lost: the
    hub knows better where it has those rows. The stream grows no more: of rows that were forgotten nothing may be left
    that tells how far they went, and its writer begins another (`sync.lane_seal`).
    """
    name = sure.stream if sure is not None else wreck.stream_of(number)
    if name is None:
        return None
    rows = wreck.rows(number, name)
    note = sure or wreck.notes.get(number) or _unnoted(wreck, number, name, device)
    last = note.last
    if note.open:
        last = _end(note, rows)
        if (claimed := wreck.claimed(number, last.seq)) > last.seq:
            last = last.over(claimed)
    lost = _ranges([seq for seq in range(note.stored.seq + 1, last.seq + 1) if seq not in rows])
    kept_from = note.stored.seq + 1
    while kept_from - 1 in rows:
        kept_from -= 1
    damaged = note.damaged or bool(lost) or sure is None
    kept = tuple(rows[seq] for seq in sorted(rows) if kept_from <= seq <= last.seq)
    return Account(replace(note, last=last, kept_from=kept_from, open=False, damaged=damaged), kept, lost)


def _end(note: Stream, rows: dict[int, KeptRow]) -> Tip:
    """Return the last that is found of a stream which could grow, or that was forgotten of it."""
    top = max(rows, default=0)
    if top > note.stored.seq:
        return Tip(top, rows[top].chain)
    return note.stored.over(note.kept_from - 1) if note.kept_from - 1 > note.stored.seq else note.stored


def _unnoted(wreck: Wreck, number: int, name: bytes, device: str) -> Stream:
    rows = wreck.rows(number, name)
    opening = read_opening(rows[OPENING_SEQ].row.sealed) if OPENING_SEQ in rows else None
    said = opening.lane if isinstance(opening, Opening) and opening.lane else OLD_LANE
    lane = wreck.named[number][1] if number in wreck.named else said
    begin = start(device, name)
    return Stream(number, name, lane, begin, begin, 1, open=True, forked=False, damaged=True)


def _ranges(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    firsts = [n for place, n in enumerate(numbers) if place == 0 or numbers[place - 1] != n - 1]
    lasts = [n for place, n in enumerate(numbers) if place + 1 == len(numbers) or numbers[place + 1] != n + 1]
    return tuple(zip(firsts, lasts, strict=True))


def explore(pages: dict[int, bytes], log: bytes, page_bytes: int) -> Wreck:
    """Return what can be read of the file's `pages`, by number from 1, and of its write-ahead `log`."""
    wreck = Wreck(page_bytes=page_bytes)
    logged = frames(log, page_bytes)
    newest = {**pages, **{frame.page_number: frame.page for frame in logged if frame.current}}
    stale = [(frame.page_number, frame.page) for frame in logged if not frame.current]
    later = [(frame.page_number, frame.page) for frame in logged if frame.current]
    for number, page in (*stale, *pages.items(), *later):
        for row_id, values in records(page, number, newest.get):
            wreck.take(row_id, values)
    _look_for_lost_rows(wreck, newest)
    return wreck


def _look_for_lost_rows(wreck: Wreck, pages: dict[int, bytes]) -> None:
    """Note which rows were on pages, or in cells, of which nothing can be read."""
    wreck.lost_pages = _lost_pages(pages)
    numbers = wreck.numbers()
    for number, page in pages.items():
        row_ids = [row_id for row_id, _ in records(page, number, pages.get) if row_id and row_id >= _FIRST_ROW_ID]
        if number > 1 and row_ids and len(set(row_ids)) < cells(page):
            here = {number_and_seq(row_id)[0] for row_id in row_ids}
            before = bisect_left(numbers, min(here))
            wreck.tear({*here, *numbers[max(0, before - 1) : before]})  # the end of the one before may stand here
    inner = [found for number, page in pages.items() if number > 1 and (found := children(page)) is not None]
    slots = [slot for bounded, _ in inner for slot in bounded if slot[1] >= _FIRST_ROW_ID]
    bounds = sorted({row_id for _, row_id in slots})
    for child, row_id in slots:
        if _is_lost(pages, child):
            number, seq = number_and_seq(row_id)
            wreck.reached[number] = max(seq, wreck.reached.get(number, 0))
            place = bisect_left(bounds, row_id)
            earlier = number_and_seq(bounds[place - 1])[0] if place else 0
            wreck.tear(numbers[bisect_left(numbers, earlier) : bisect_left(numbers, number)])
    ends = [(bounded, last) for bounded, last in inner if bounds and bounded and bounded[-1][1] == bounds[-1]]
    for bounded, last in ends:
        if _is_lost(pages, last):
            beside_leaves = any(cells(pages.get(child, b"\0")) for child, _ in bounded)
            newest = bisect_left(numbers, number_and_seq(bounds[-1])[0])
            wreck.tear(numbers[newest:], 1 if beside_leaves else wreck.lost_pages)
    if not ends and any(_is_lost(pages, root) for root in wreck.roots or {_ROOT_OF_ROWS}):
        wreck.tear(numbers, max(1, wreck.lost_pages))


def _lost_pages(pages: dict[int, bytes]) -> int:
    """Return how many pages are not there, or are neither free nor part of a tree."""
    last = page_count(pages[1]) if 1 in pages else max(pages, default=0)
    if not len(pages) <= last <= _MOST_PAGES:
        last = max(pages, default=0)
    unknown = {n for n in range(2, last + 1) if n not in pages or not is_of_a_tree(pages[n])}
    return len(unknown - free_pages(pages))


def _is_lost(pages: dict[int, bytes], number: int) -> bool:
    if number not in pages or not is_of_a_tree(pages[number]):
        return True
    return cells(pages[number]) > 0 and not any(records(pages[number], number, pages.get))
