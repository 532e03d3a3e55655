"""The hub's end at work: verify, store, and only then answer.

`HubEnd.handle_all` takes what has piled up: all of it goes into the database in one transaction, and each device is
answered once, after the commit. It runs in one thread; the database allows any number of such processes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from fleet.hub.store import ValuesRefusedError
from sync.frame import VERSION, Frame, Stored, decode_birth, decode_frame, encode_stored
from sync.ledger import Fork
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.rejected import Reason, Rejected
from sync.topics import StateTopic, StoredTopic, UpTopic, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy import Connection

    from fleet.hub.store import HubStore
    from sync.chain import Tip
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
    """What a heap of messages comes to: frames with their bytes, whom to answer about which streams, what to park."""

    frames: list[tuple[Frame, bytes]] = field(default_factory=list)
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

    def __init__(self, store: HubStore, publisher: Publisher, signing_key: Ed25519PrivateKey) -> None:
        self._store = store
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
        heap = _Heap()
        with self._store.database.reading() as connection:
            self._store.registry.refresh(connection)
            for message in heard:
                self._read(connection, message, heap)
        self._receive(heap)
        if heap.refused:
            self._store.park(heap.refused)
        if heap.asked:
            self._answer(heap.asked)

    def _read(self, connection: Connection, message: Heard, heap: _Heap) -> None:
        """Put one message where it belongs."""
        match parse(message.topic):
            case UpTopic(device) | StateTopic(device) as topic if message.payload:
                entry = self._store.registry.find(connection, device)
                if entry is None:
                    heap.refuse(device, str(Rejected(Reason.UNKNOWN_DEVICE, repr(device))), message.payload)
                    return
                decode = decode_frame if isinstance(topic, UpTopic) else decode_birth
                said = decode(message.payload, device, entry.public_key)
                if isinstance(said, Rejected):
                    heap.refuse(device, str(said), message.payload)
                elif isinstance(said, Frame):
                    heap.frames.append((said, message.payload))
                    heap.ask(device, said.stream)
                else:
                    # The device then knows that a hub is there, and what it has.
                    heap.ask(device, *said.last_seq)
            case _:
                log.warning("message on a topic nobody reads", topic=message.topic)

    def _receive(self, heap: _Heap) -> None:
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
                    heap.refuse(frame.device, str(error), payload)
                    heap.asked[frame.device].discard(frame.stream)

    def _answer(self, asked: dict[str, set[bytes]]) -> None:
        with self._store.database.reading() as connection:
            epoch = self._store.epoch_of(connection)
            tips = self._store.tips_of(connection, asked)
        for device, reached in tips.items():
            self._tell(device, epoch, reached)

    def _tell(self, device: str, epoch: int, tips: dict[bytes, Tip]) -> None:
        """Say how far the streams asked about and the latest ones are stored, in as many messages as it takes.

        The message that is retained last names the latest streams.
        """
        named = list(tips.items())
        for first in range(0, max(len(named), 1), _ANSWER_STREAMS):
            through = {stream: (tip.seq, tip.chain) for stream, tip in named[first : first + _ANSWER_STREAMS]}
            stored = Stored(VERSION, epoch, self._session, device, through)
            self._publisher.publish(str(StoredTopic(device)), encode_stored(stored, self._signing_key), retain=True)


def _name_forks(frames: Sequence[Frame], outcomes: Sequence[Received | Fork]) -> None:
    for frame, outcome in zip(frames, outcomes, strict=True):
        if isinstance(outcome, Fork):
            seq, kind = outcome.seq, outcome.kind.value
            log.error("fork", device=frame.device, stream=frame.stream.hex(), seq=seq, kind=kind)
