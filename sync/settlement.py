"""Taking the hub's word: a signed answer against what the outbox holds, by whichever carrier it came.

Adapter: writes the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from sync.frame import decode_stored
from sync.outbox import Confirmation
from sync.rejected import Rejected

if TYPE_CHECKING:
    from sync.chain import Tip
    from sync.frame import Stored
    from sync.framing import Identity
    from sync.outbox import Outbox, Stream

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one stream: what the hub says, and what that came to."""

    stream: Stream
    tip: Tip
    outcome: Confirmation


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer came to. `news` says that rows need not be kept any longer, or are owed again."""

    stored: Stored
    verdicts: tuple[Verdict, ...]
    news: bool


def settle(identity: Identity, outbox: Outbox, payload: bytes) -> Settled | None:
    """Take the answer in `payload`; None where it proves nothing (not the hub's, not for us, of an older epoch).

    Raises:
        OutboxError: the outbox cannot be read or written.
    """
    stored = decode_stored(payload, identity.device, identity.hub_key)
    if isinstance(stored, Rejected):
        log.warning("answer refused", reason=str(stored))
        return None
    epoch = outbox.epoch()
    if stored.epoch < epoch:
        log.warning("answer of an older epoch", epoch=stored.epoch, known=epoch)
        return None
    risen = stored.epoch > epoch
    verdicts = [*(_taken_back(outbox, stored) if risen else ()), *_confirmed(outbox, stored)]
    news = risen or any(verdict.outcome is Confirmation.CONFIRMED for verdict in verdicts)
    if news:
        outbox.remember(stored.epoch, payload)
    for verdict in verdicts:
        _name(verdict)
    return Settled(stored, tuple(verdicts), news)


def _taken_back(outbox: Outbox, stored: Stored) -> list[Verdict]:
    """Take the word of a hub restored from a backup: what it has lost is owed again, where it is still here."""
    told = ((stream, stored.tip(stream.stream)) for stream in outbox.streams())
    back = [(stream, tip) for stream, tip in told if tip is not None and tip.seq < stream.stored.seq]
    return [Verdict(stream, tip, outbox.rewind(stream.stream, tip)) for stream, tip in back]


def _confirmed(outbox: Outbox, stored: Stored) -> list[Verdict]:
    told = ((stream, stored.tip(stream.stream)) for stream in outbox.unsent_streams())
    return [Verdict(stream, tip, outbox.confirm(stream.stream, tip)) for stream, tip in told if tip is not None]


def _name(verdict: Verdict) -> None:
    about = {"stream": verdict.stream.stream.hex(), "seq": verdict.tip.seq}
    match verdict.outcome:
        case Confirmation.BEHIND:
            log.warning("the hub came back with less", **about)
        case Confirmation.LOST:
            log.error("the hub came back with less than this device can give again", **about)
        case Confirmation.FORKED:
            log.error("the hub holds another history", **about)
        case Confirmation.CONFIRMED | Confirmation.KNOWN:
            pass
