"""The hub's end at work: verify, store, and only then answer.

`HubEnd.handle_all` takes what has piled up: all of it goes into the database in one transaction, and each device is
answered once, after the commit. It runs in one thread; the database allows any number of such processes.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from fleet.hub.batches import batched
from fleet.hub.gate import Gate, Refused, device_of
from fleet.hub.store import ValuesRefusedError
from sync.frame import MAX_RANGES, VERSION, Birth, Frame, Stored, encode_stored
from sync.ledger import Fork
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.topics import StoredTopic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fleet.hub.standing import Standing
    from fleet.hub.store import HubStore
    from fleet.settings import Limits
    from sync.chain import Range
    from sync.ledger import Received

log = structlog.get_logger()
_SESSION_BYTES = 8
# Declared losses in one transaction.
_STREAMS_AT_ONCE = 500
# 58 bytes each: 29 kB, well within the broker's limit of 64 kB for a message.
_ANSWER_STREAMS = 500
# A device counts as silent after a day: of one that sends all the time an hour's word is enough.
_HEARD_AGAIN_S = 3_600.0


class Publisher(Protocol):
    """What the hub asks of a link."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send, and return whether it went out."""
        ...


@dataclass(slots=True)
class Taken:
    """What became of a heap of messages."""

    frames: int = 0
    rows: int = 0
    new_rows: int = 0
    births: int = 0
    forks: int = 0
    # Neither stored nor answered: quarantined, or over the limit.
    passed_over: int = 0
    # Parked, each with its reason.
    refused: list[tuple[Heard, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Heap:
    """Messages sorted out: frames and births, and whom to answer about which streams."""

    frames: list[tuple[Frame, Heard]] = field(default_factory=list)
    births: list[tuple[Birth, Heard]] = field(default_factory=list)
    asked: dict[str, set[bytes]] = field(default_factory=dict)

    def ask(self, device: str, *streams: bytes) -> None:
        """Note that `device` is to be told how far `streams` are stored."""
        self.asked.setdefault(device, set()).update(streams)


class HubEnd:
    """Takes frames and births from devices, and answers each with what is stored."""

    def __init__(
        self, store: HubStore, publisher: Publisher, signing_key: Ed25519PrivateKey, limits: Limits | None = None
    ) -> None:
        self._store = store
        self._gate = Gate(store.registry, limits)
        self._publisher = publisher
        self._signing_key = signing_key
        self._session = os.urandom(_SESSION_BYTES)
        # When it was last noted that a device sends frames.
        self._heard_s: dict[str, float] = {}

    def handle(self, event: LinkEvent) -> None:
        """Take one event from the link.

        Raises:
            StoreError: the database refused; nothing was answered, so the device will send again.
        """
        self.handle_all([event])

    def handle_all(self, events: Sequence[LinkEvent]) -> None:
        """Take events from the link; their messages become one transaction.

        Raises:
            StoreError: the database refused; what was not answered the devices will send again.
        """
        for event in events:
            match event:
                case LinkUp():
                    # Whatever was in flight may have met nobody: the devices send it again.
                    self._session = os.urandom(_SESSION_BYTES)
                    log.info("link up")
                case LinkDown(reason):
                    log.info("link down", reason=reason)
        self.take([event for event in events if isinstance(event, Heard)])

    def take(self, heard: Sequence[Heard]) -> Taken:
        """Store what the messages bring, then answer, and return what became of them.

        Raises:
            StoreError: the database refused; what was not answered the devices will send again.
        """
        taken = Taken()
        if not heard:
            return taken
        now_s = time.monotonic()
        heap = self._sort(heard, taken, now_s)
        self._heed(heap, taken, now_s)  # first: rows after a loss say nothing until it is declared
        if heap.frames:
            self._receive(heap, taken, now_s)
        if heap.asked:
            self._answer(heap.asked)
        # Last: what was stored is answered, whatever becomes of what was not.
        if taken.refused:
            self._park(taken)
        while self._gate.unruly:
            device = self._gate.unruly.pop()
            log.error("quarantined", device=device)
            self._store.registry.quarantine(device, "too many refused messages in an hour")
        return taken

    def _sort(self, heard: Sequence[Heard], taken: Taken, now_s: float) -> _Heap:
        heap = _Heap()
        with self._store.database.reading() as connection:
            self._store.registry.refresh(connection)
            for message in heard:
                match self._gate.admit(connection, message, now_s):
                    case Frame() as frame:
                        heap.frames.append((frame, message))
                        heap.ask(frame.device, frame.stream)
                        taken.frames += 1
                        taken.rows += len(frame.sealed)
                    case Birth() as birth:
                        # The device then knows that a hub is there, and what it has.
                        heap.births.append((birth, message))
                        heap.ask(birth.device, *birth.reaches, *birth.lost)
                        taken.births += 1
                    case Refused(reason):
                        taken.refused.append((message, reason))
                    case None:
                        taken.passed_over += 1
        return heap

    def _heed(self, heap: _Heap, taken: Taken, now_s: float) -> None:
        """Take from births what the devices have lost, what they run, and what the hub has forgotten.

        A declaration that makes the database refuse is parked, and does not take the others with it.
        """
        try:
            self._note(heap.births)
        except ValuesRefusedError:
            for birth, message in heap.births:
                try:
                    self._note([(birth, message)])
                except ValuesRefusedError as error:
                    self._gate.refuse(birth.device, now_s)
                    taken.refused.append((message, str(error)))
        claimed = [birth for birth, _ in heap.births if birth.reaches]
        if not claimed:
            return
        told: dict[str, set[bytes]] = {}
        for birth in claimed:
            told.setdefault(birth.device, set()).update(birth.reaches)
        with self._store.database.reading() as connection:
            epochs = self._store.epochs_of(connection, told)
            known = self._store.standings(connection, told)
        for birth in claimed:
            if _has_forgotten(birth, epochs[birth.device], known[birth.device]):
                log.error("forgotten what was proved: restored from a backup?", device=birth.device, epoch=birth.epoch)
                self._store.raise_epoch_of(birth.device, above=birth.epoch)

    def _note(self, births: Sequence[tuple[Birth, Heard]]) -> None:
        lost = {(birth.device, stream): ranges for birth, _ in births for stream, ranges in birth.lost.items()}
        for places in batched(lost, _STREAMS_AT_ONCE):
            self._store.declare_lost({place: lost[place] for place in places})
        if births:
            self._store.hear(
                {birth.device: birth.configuration for birth, _ in births if birth.configuration is not None},
                {birth.device for birth, message in births if not message.retained},
                {birth.device for birth, message in births if message.retained},
            )

    def _receive(self, heap: _Heap, taken: Taken, now_s: float) -> None:
        """Store every frame; one that makes the database refuse is parked, and does not take the others with it."""
        # Within a stream the lowest first: then fewer rows wait beyond a gap.
        heap.frames.sort(key=lambda frame: (frame[0].device, frame[0].stream, frame[0].first_seq))
        frames = [frame for frame, _ in heap.frames]
        try:
            _count(frames, self._store.receive_all(frames), taken)
        except ValuesRefusedError:
            for frame, message in heap.frames:
                try:
                    _count([frame], [self._store.receive(frame)], taken)
                except ValuesRefusedError as error:
                    self._gate.refuse(frame.device, now_s)
                    taken.refused.append((message, str(error)))
                    heap.asked[frame.device].discard(frame.stream)
        heard = {device for device in {frame.device for frame in frames} if self._is_due(device, now_s)}
        if heard:
            self._store.hear({}, heard)
            self._heard_s |= dict.fromkeys(heard, now_s)

    def _is_due(self, device: str, now_s: float) -> bool:
        return device not in self._heard_s or now_s >= self._heard_s[device] + _HEARD_AGAIN_S

    def _park(self, taken: Taken) -> None:
        parked = []
        for message, reason in taken.refused:
            device = device_of(message.topic)
            log.warning("refused", device=device, reason=reason)
            parked.append((device, reason, message.payload))
        self._store.park(parked)

    def _answer(self, asked: dict[str, set[bytes]]) -> None:
        with self._store.database.reading() as connection:
            epochs = self._store.epochs_of(connection, asked)
            standings = self._store.standings(connection, asked)
        for device, standing in standings.items():
            self._tell(device, epochs[device], standing)

    def _tell(self, device: str, epoch: int, standing: dict[bytes, Standing]) -> None:
        """Say how the streams asked about and the latest ones stand, in as many messages as it takes.

        The message that is retained last names the latest streams.
        """
        named = list(standing.items())
        for first in range(0, max(len(named), 1), _ANSWER_STREAMS):
            part = named[first : first + _ANSWER_STREAMS]
            through = {stream: (reached.tip.seq, reached.tip.chain) for stream, reached in part}
            stored = Stored(VERSION, epoch, self._session, device, through, _wanted(part))
            self._publisher.publish(str(StoredTopic(device)), encode_stored(stored, self._signing_key), retain=True)


def _has_forgotten(birth: Birth, epoch: int, known: Mapping[bytes, Standing]) -> bool:
    """Return whether a device knows more of this hub's words than the hub does; believing it costs only itself."""
    if birth.epoch != epoch:
        return birth.epoch > epoch
    return any(reach.stored_seq > known[stream].tip.seq for stream, reach in birth.reaches.items())


def _wanted(part: Sequence[tuple[bytes, Standing]]) -> dict[bytes, tuple[Range, ...]]:
    """Return as many wishes as one answer may hold; the next answers say the rest."""
    want: dict[bytes, tuple[Range, ...]] = {}
    left = MAX_RANGES
    for stream, standing in part:
        if some := standing.want[:left]:
            want[stream] = some
            left -= len(some)
    return want


def _count(frames: Sequence[Frame], outcomes: Sequence[Received | Fork], taken: Taken) -> None:
    for frame, outcome in zip(frames, outcomes, strict=True):
        if isinstance(outcome, Fork):
            taken.forks += 1
            seq, kind = outcome.seq, outcome.kind.value
            log.error("fork", device=frame.device, stream=frame.stream.hex(), seq=seq, kind=kind)
        else:
            taken.new_rows += len(outcome.new_rows)
