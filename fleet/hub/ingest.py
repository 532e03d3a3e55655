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

from fleet.hub.gate import Gate, Refused
from fleet.hub.store import ValuesRefusedError
from sync.frame import VERSION, Birth, Frame, Stored, decode_stored, encode_stored
from sync.ledger import Fork
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.rejected import Rejected
from sync.topics import StoredTopic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fleet.hub.standing import Standing
    from fleet.hub.store import HubStore
    from fleet.settings import Limits
    from sync.ledger import Received

log = structlog.get_logger()
_SESSION_BYTES = 8
# 58 bytes each: 29 kB, well within the broker's limit of 64 kB for a message.
_ANSWER_STREAMS = 500


class Publisher(Protocol):
    """What the hub asks of a link."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send, and return whether it went out."""
        ...


@dataclass(slots=True)
class _Heap:
    """What a heap of messages comes to: frames with their bytes, births, whom to answer about what, what to park."""

    frames: list[tuple[Frame, bytes]] = field(default_factory=list)
    births: list[Birth] = field(default_factory=list)
    asked: dict[str, set[bytes]] = field(default_factory=dict)
    refused: list[tuple[str, str, bytes]] = field(default_factory=list)

    def ask(self, device: str, *streams: bytes) -> None:
        """Note that `device` is to be told how far `streams` are stored."""
        self.asked.setdefault(device, set()).update(streams)

    def refuse(self, device: str, reason: str, payload: bytes) -> None:
        """Note that a message is parked."""
        log.warning("refused", device=device, reason=reason)
        self.refused.append((device, reason, payload))


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

    def handle(self, event: LinkEvent) -> None:
        """Take one event from the link.

        Raises:
            StoreError: the database refused; nothing was answered, so the device will send again.
        """
        self.handle_all([event])

    def handle_all(self, events: Sequence[LinkEvent]) -> None:
        """Take events from the link, in their order; messages in a row become one transaction.

        Raises:
            StoreError: the database refused; what was not answered the devices will send again.
        """
        heard: list[Heard] = []
        for event in events:
            match event:
                case Heard():
                    heard.append(event)
                case LinkUp():
                    self._take(heard)
                    heard = []
                    self._session = os.urandom(_SESSION_BYTES)
                    log.info("link up")
                case LinkDown(reason):
                    log.info("link down", reason=reason)
        self._take(heard)

    def _take(self, heard: Sequence[Heard]) -> None:
        if not heard:
            return
        heap, now_s = _Heap(), time.monotonic()
        with self._store.database.reading() as connection:
            self._store.registry.refresh(connection)
            for message in heard:
                match self._gate.admit(connection, message, now_s):
                    case Frame() as frame:
                        heap.frames.append((frame, message.payload))
                        heap.ask(frame.device, frame.stream)
                    case Birth() as birth:
                        # The device then knows that a hub is there, and what it has.
                        heap.births.append(birth)
                        heap.ask(birth.device, *birth.last_seq, *birth.lost)
                    case Refused(device, reason):
                        heap.refuse(device, reason, message.payload)
                    case None:
                        pass
        self._heed(heap)  # first: rows after a loss say nothing until it is declared
        self._receive(heap, now_s)
        if heap.refused:
            self._store.park(heap.refused)
        while self._gate.unruly:
            device = self._gate.unruly.pop()
            log.error("quarantined", device=device)
            self._store.registry.quarantine(device, "too many refused messages in an hour")
        if heap.asked:
            self._answer(heap.asked)

    def _heed(self, heap: _Heap) -> None:
        """Take from births what the devices have lost, and what the hub has forgotten."""
        lost = {(birth.device, stream): ranges for birth in heap.births for stream, ranges in birth.lost.items()}
        if lost:
            self._store.declare_lost(lost)
        receipts = [receipt for birth in heap.births if birth.receipt and (receipt := self._own(birth)) is not None]
        if not receipts:
            return
        for receipt in receipts:
            heap.ask(receipt.device, *receipt.through)
        with self._store.database.reading() as connection:
            epoch = self._store.epoch_of(connection)
            known = self._store.standings(connection, {receipt.device: receipt.through for receipt in receipts})
        for receipt in receipts:
            forgotten = any(seq > known[receipt.device][stream].tip.seq for stream, (seq, _) in receipt.through.items())
            if receipt.epoch > epoch or (receipt.epoch == epoch and forgotten):
                epoch = self._store.raise_epoch(above=receipt.epoch)
                log.error("the hub has forgotten what it had proved: restored from a backup?", epoch=epoch)

    def _own(self, birth: Birth) -> Stored | None:
        """Return the receipt in `birth` if this hub signed it."""
        receipt = decode_stored(birth.receipt, birth.device, self._signing_key.public_key())
        if isinstance(receipt, Rejected):
            log.warning("a receipt that is not the hub's own", device=birth.device, reason=str(receipt))
            return None
        return receipt

    def _receive(self, heap: _Heap, now_s: float) -> None:
        """Store every frame; one that makes the database refuse is parked, and does not take the others with it."""
        # Within a stream the lowest first: then fewer rows wait beyond a gap.
        heap.frames.sort(key=lambda frame: (frame[0].device, frame[0].stream, frame[0].first_seq))
        try:
            _name_forks([frame for frame, _ in heap.frames], self._store.receive_all([f for f, _ in heap.frames]))
        except ValuesRefusedError:
            for frame, payload in heap.frames:
                try:
                    _name_forks([frame], [self._store.receive(frame)])
                except ValuesRefusedError as error:
                    self._gate.refuse(frame.device, now_s)
                    heap.refuse(frame.device, str(error), payload)
                    heap.asked[frame.device].discard(frame.stream)

    def _answer(self, asked: dict[str, set[bytes]]) -> None:
        with self._store.database.reading() as connection:
            epoch = self._store.epoch_of(connection)
            standings = self._store.standings(connection, asked)
        for device, standing in standings.items():
            self._tell(device, epoch, standing)

    def _tell(self, device: str, epoch: int, standing: dict[bytes, Standing]) -> None:
        """Say how the streams asked about and the latest ones stand, in as many messages as it takes.

        The message that is retained last names the latest streams.
        """
        named = list(standing.items())
        for first in range(0, max(len(named), 1), _ANSWER_STREAMS):
            part = named[first : first + _ANSWER_STREAMS]
            through = {stream: (reached.tip.seq, reached.tip.chain) for stream, reached in part}
            want = {stream: reached.want for stream, reached in part if reached.want}
            stored = Stored(VERSION, epoch, self._session, device, through, want)
            self._publisher.publish(str(StoredTopic(device)), encode_stored(stored, self._signing_key), retain=True)


def _name_forks(frames: Sequence[Frame], outcomes: Sequence[Received | Fork]) -> None:
    for frame, outcome in zip(frames, outcomes, strict=True):
        if isinstance(outcome, Fork):
            seq, kind = outcome.seq, outcome.kind.value
            log.error("fork", device=frame.device, stream=frame.stream.hex(), seq=seq, kind=kind)
