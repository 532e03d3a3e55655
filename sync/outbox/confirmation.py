"""What becomes of the hub's word about a stream. No I/O.

Within an epoch the hub's tip only grows, so a lower one is an answer that was overtaken. The first word of a later
epoch may go back: the hub was restored from a backup, and is owed again what it lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.chain import Range, Tip
    from sync.outbox.check import Stream


class Confirmation(Enum):
    """What the hub's word about a stream came to. LOST: taken back to before what is kept here."""

    CONFIRMED = auto()
    KNOWN = auto()
    BEHIND = auto()
    FORKED = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one stream: how it stood before, what the hub says, and what that came to."""

    stream: Stream
    tip: Tip
    outcome: Confirmation


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, the stream as it stands from now on, and the rows that nobody holds any more."""

    verdict: Verdict
    stream: Stream
    lost: Range | None = None


def judge(stream: Stream, tip: Tip, epoch: int, chain_at: Callable[[int], bytes]) -> Judged:
    """Judge the hub's word, of `epoch` or later than any known, that it has `stream` up to `tip`.

    `chain_at` gives our own chain up to a row that is kept. A tip that our rows do not lead to is a fork; of a damaged
    stream the number alone is looked at, since its chain cannot be computed.
    """
    news = epoch > stream.epoch
    if tip.seq < stream.stored.seq and not news:
        return _judged(stream, tip, Confirmation.KNOWN)
    if not stream.damaged and not _leads_to(stream, tip, chain_at):
        return _judged(stream, tip, Confirmation.FORKED, replace(stream, forked=True))
    # After damage we may know less of a stream than the hub: what it has beyond ours is not here to give again.
    beyond = (stream.last.seq + 1, tip.seq) if tip.seq > stream.last.seq else None
    # And an open stream ends where its rows do, so that this one can grow no more.
    last, still_open = (tip, False) if beyond else (stream.last, stream.open)
    told = replace(stream, stored=tip, last=last, open=still_open, epoch=epoch)
    if tip.seq >= stream.stored.seq:
        outcome = Confirmation.CONFIRMED if tip.seq > stream.stored.seq else Confirmation.KNOWN
        return _judged(stream, tip, outcome, told if news or outcome is Confirmation.CONFIRMED else stream, beyond)
    if tip.seq + 1 < stream.kept_from:
        gone = (tip.seq + 1, stream.kept_from - 1)
        return _judged(stream, tip, Confirmation.LOST, replace(told, damaged=True), gone)
    return _judged(stream, tip, Confirmation.BEHIND, told)


def _judged(
    before: Stream, tip: Tip, outcome: Confirmation, after: Stream | None = None, lost: Range | None = None
) -> Judged:
    return Judged(Verdict(before, tip, outcome), after or before, lost)


def _leads_to(stream: Stream, tip: Tip, chain_at: Callable[[int], bytes]) -> bool:
    """Return whether our own rows lead to `tip`, as far as they are still here to tell."""
    if tip.seq > stream.last.seq:
        return False
    if tip.seq == stream.stored.seq:
        return tip.chain == stream.stored.chain
    return tip.seq < stream.kept_from or tip.chain == chain_at(tip.seq)
