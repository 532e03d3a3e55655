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
    from collections.abc import Sequence

    from sync.frame import Stored
    from sync.framing import Identity
    from sync.outbox import Outbox, Verdict

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer came to.

    `over`: it is of an epoch that is over, and proves nothing. `news`: rows need not be kept any longer. `back`: the
    hub came back with less than it had, and must be told what is lost and asked what else it lacks. `told_anew`: it is
    the hub's first word of this epoch about some stream, so that asking about more is worth while.
    """

    stored: Stored
    verdicts: tuple[Verdict, ...] = ()
    over: bool = False
    news: bool = False
    back: bool = False
    told_anew: bool = False


def settle(identity: Identity, outbox: Outbox, payload: bytes, *, by_stick: bool = False) -> Settled | None:
    """Take the answer in `payload`; None where it is not the hub's, or not for us.

    Raises:
        OutboxError: the outbox cannot be read or written.
    """
    stored = decode_stored(payload, identity.device, identity.hub_key)
    if isinstance(stored, Rejected):
        log.warning("answer refused", reason=str(stored))
        return None
    known = outbox.epoch()
    verdicts = outbox.settle(stored.epoch, stored.tips(), by_stick=by_stick)
    if verdicts is None:
        log.warning("answer of an older epoch", epoch=stored.epoch, known=known)
        return Settled(stored, over=True)
    _name(verdicts)
    outcomes = {verdict.outcome for verdict in verdicts}
    risen = 0 < known < stored.epoch
    return Settled(
        stored,
        tuple(verdicts),
        news=Confirmation.CONFIRMED in outcomes,
        back=risen or not outcomes.isdisjoint({Confirmation.BEHIND, Confirmation.LOST}),
        told_anew=any(verdict.stream.stored.seq and verdict.stream.epoch < stored.epoch for verdict in verdicts),
    )


def _name(verdicts: Sequence[Verdict]) -> None:
    behind = [verdict for verdict in verdicts if verdict.outcome is Confirmation.BEHIND]
    if behind:
        log.warning("the hub came back with less", streams=len(behind))
    for verdict in verdicts:
        about = {"stream": verdict.stream.stream.hex(), "seq": verdict.tip.seq}
        if verdict.outcome is Confirmation.LOST:
            log.error("the hub came back with less than this device can give again", **about)
        elif verdict.outcome is Confirmation.FORKED:
            log.error("the hub holds another history", **about)
