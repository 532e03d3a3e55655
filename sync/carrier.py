"""The road on foot: the same signed frames on a USB stick, and the hub's answer back. Adapter: files.

    DIR/guichet/<device>/birth            what the device says of itself
    DIR/guichet/<device>/NNNNNNNN.frame   frames, oldest first
    DIR/guichet/<device>/NNNN.stored      the hub's answers, written by `guichet-hub import`

Nothing leaves the outbox here: rows do so when an answer has come back, by whichever carrier. So a stick that is lost
costs nothing, and one that is read twice changes nothing.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.whole_file import read_plain, sync_directory, write_whole
from sync.frame import MAX_FRAME_BYTES
from sync.framing import birth, next_frame
from sync.outbox import Confirmation
from sync.settlement import settle

if TYPE_CHECKING:
    from pathlib import Path

    from sync.configuration import Configuration
    from sync.framing import Identity
    from sync.outbox import Outbox

# A file is a frame as large as the protocol has them: fewer signatures, fewer files.
_FRAME_BYTES = 48_000


class CarrierError(Exception):
    """The stick cannot be read or written; the message says why. What was queued is still in the outbox."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What went onto the stick."""

    frames: int
    rows: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What the hub's answers on a stick came to."""

    answers: int
    refused: int
    rows: int


def export(identity: Identity, outbox: Outbox, directory: Path, configuration: Configuration | None = None) -> Exported:
    """Write all that the hub has not confirmed to `directory`, in place of an earlier export of this device.

    `configuration` is what the device says of it, None where it says nothing.

    Raises:
        CarrierError: the stick cannot be written; what is on it then is still good.
        OutboxError: the outbox cannot be read.
    """
    place = directory / "guichet" / identity.device
    frames, rows = 0, 0
    if place.is_symlink() or place.parent.is_symlink():
        raise CarrierError(f"{str(place)!r} leads elsewhere: a stick holds plain folders")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.frame"):
            old.unlink()
        write_whole(place / "birth", birth(identity, outbox, configuration))
        for stream in outbox.unsent_streams():
            first_seq = stream.stored.seq + 1
            span = (first_seq, stream.last.seq)
            while frame := next_frame(identity, outbox, stream.stream, span, _FRAME_BYTES):
                frames += 1
                write_whole(place / f"{frames:08}.frame", frame.payload)
                rows += frame.rows
                span = (frame.last_seq + 1, stream.last.seq)
        sync_directory(place)
    except OSError as error:
        raise CarrierError(f"cannot write {str(place)!r}: {error.strerror}") from error
    return Exported(frames, rows)


def import_stored(identity: Identity, outbox: Outbox, directory: Path) -> Imported:
    """Take the hub's answers in `directory`; the stick is only read.

    Raises:
        CarrierError: there is no answer for this device, or it cannot be read.
        OutboxError: the outbox cannot be written.
    """
    place = directory / "guichet" / identity.device
    try:
        payloads = [_payload(path) for path in sorted(place.glob("*.stored"))]
    except OSError as error:
        raise CarrierError(f"cannot read {str(place)!r}: {error.strerror}") from error
    if not payloads:
        raise CarrierError(f"{str(directory)!r} holds no answer of the hub for {identity.device!r}")
    settled = [settle(identity, outbox, payload, by_stick=True) for payload in payloads]
    confirmed = [
        verdict.tip.seq - verdict.stream.stored.seq
        for each in settled
        if each is not None
        for verdict in each.verdicts
        if verdict.outcome is Confirmation.CONFIRMED
    ]
    refused = [each for each in settled if each is None or each.over]
    return Imported(len(payloads), len(refused), sum(confirmed))


def _payload(path: Path) -> bytes:
    """Return what the file holds, or nothing where it can be no answer: that proves as little as any other bytes."""
    try:
        return read_plain(path, MAX_FRAME_BYTES)
    except OSError as error:
        if error.errno == errno.EIO:  # a stick that is worn out may be read on another day
            raise
        return b""
