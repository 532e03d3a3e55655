"""Which of the hub's opening keys are still needed, and why. No I/O.

A key may go once nothing sealed to it can come any more. A stream does not say that it has ended; its successor in the
lane does. A device that was given a key and has shown nothing of it may come back after half a year with rows under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.seal import Predecessor


class Need(Enum):
    """Why a key is still needed for a device."""

    UNOPENED = "rows sealed to it are stored and not opened"
    TO_COME = "rows sealed to it, or to one before it, are still to come"
    WRITING = "a stream sealed to it has no successor yet, and may be written on"
    GIVEN = "it was given this key, and nothing sealed to it or to a later one has come"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A stream as far as keys are concerned; `key_id` is None as long as its opening has not come."""

    stream: bytes
    lane: str
    key_id: bytes | None
    previous: Predecessor | None
    tip_seq: int
    last_seq: int
    opened: bool


def needs(given: bytes | None, streams: Sequence[Sealed], keys: Sequence[bytes]) -> dict[bytes, list[Need]]:
    """Return why one device needs which keys.

    `given` is the key it was enrolled with, `streams` are its own, in any order, and `keys` the hub's, newest first.
    """
    found: dict[bytes, list[Need]] = {}
    for key, why in _each(given, streams, keys):
        reasons = found.setdefault(key, [])
        if why not in reasons:
            reasons.append(why)
    return found


def _each(given: bytes | None, streams: Sequence[Sealed], keys: Sequence[bytes]) -> Iterator[tuple[bytes, Need]]:
    by_stream = {stream.stream: stream for stream in streams}
    for stream in streams:
        yield from _of_stream(stream, by_stream, keys)
    named = {stream.previous.stream for stream in streams if stream.previous}
    with_lanes = any(stream.lane for stream in streams)
    for stream in streams:
        # Streams of version 1 knew no lanes: the first with a lane, which names none of them, ended them all.
        ended = stream.stream in named or (with_lanes and not stream.lane)
        if stream.key_id is not None and not ended:
            yield stream.key_id, Need.WRITING
    if given is not None:
        since = set(keys[: keys.index(given) + 1]) if given in keys else {given}
        if not any(stream.key_id in since for stream in streams):
            yield given, Need.GIVEN


def _of_stream(
    stream: Sealed, by_stream: Mapping[bytes, Sealed], keys: Sequence[bytes]
) -> Iterator[tuple[bytes, Need]]:
    if stream.key_id is None:  # its opening has not come: any of them
        yield from ((key, Need.TO_COME) for key in keys)
        return
    if not stream.opened:
        yield stream.key_id, Need.UNOPENED
    if stream.last_seq > stream.tip_seq:
        yield stream.key_id, Need.TO_COME
    if stream.previous is None:
        return
    before = by_stream.get(stream.previous.stream)
    if before is None:  # nothing of it has come: it was sealed to the same key, or to one before
        older = keys[keys.index(stream.key_id) :] if stream.key_id in keys else keys
        yield from ((key, Need.TO_COME) for key in older)
    elif before.key_id is not None and before.tip_seq < stream.previous.seq:
        yield before.key_id, Need.TO_COME
