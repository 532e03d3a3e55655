"""How far a push has come on one device. No I/O.

never heard, or never a word of what it runs ──► pending ──► coming ──► on trial ──► current
heard, and then for a day not ──► silent                                      └────► refused
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.configuration import Configuration

# A device that has a link says at least every eight hours that it is there; one that stands in a garage over night, or
# in a valley, is no failure yet.
SILENT_S = 24 * 3_600


class Progress(Enum):
    """How far; the worst first. The values are what the operator reads."""

    REFUSED = "refused"
    SILENT = "silent"
    PENDING = "pending"
    COMING = "coming"
    ON_TRIAL = "on trial"
    CURRENT = "current"


def progress(wanted: str | None, said: Configuration | None, heard_s: int | None, now_s: int) -> Progress:
    """Return how far a device is with the digest that is published for it, None where nothing is.

    `said` is its own last word, `heard_s` when anything of it was last heard; times are the hub's, in Unix seconds.
    """
    if heard_s is not None and now_s - heard_s >= SILENT_S:
        return Progress.SILENT
    if heard_s is None or said is None:
        return Progress.PENDING
    return Progress.CURRENT if wanted is None else _by_its_word(wanted, said)


def _by_its_word(wanted: str, said: Configuration) -> Progress:
    if said.running == wanted:
        return Progress.ON_TRIAL if said.on_trial else Progress.CURRENT
    if said.wanted == wanted and said.reasons:
        return Progress.REFUSED
    return Progress.COMING
