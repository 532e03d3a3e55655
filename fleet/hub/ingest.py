"""The hub's end at work: verify, store, and only then answer.

`HubEnd.handle` runs in one thread of one process. The database allows several such processes; the broker gives each
certificate one connection, so a second needs a name of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import structlog

from sync.frame import VERSION, Stored, decode_birth, decode_frame, encode_stored
from sync.ledger import Fork
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.rejected import Reason, Rejected
from sync.topics import StateTopic, StoredTopic, UpTopic, parse

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fleet.hub.store import HubStore

log = structlog.get_logger()
_SESSION_BYTES = 8
# 58 bytes each: 29 kB, well within the broker's limit of 64 kB for a message.
_ANSWER_STREAMS = 500


class Publisher(Protocol):
    """What the hub asks of a link."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send, and return whether it went out."""
        ...


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
        match event:
            case Heard(topic, payload):
                self._heard(topic, payload)
            case LinkUp():
                self._session = os.urandom(_SESSION_BYTES)
                log.info("link up")
            case LinkDown(reason):
                log.info("link down", reason=reason)

    def _heard(self, topic: str, payload: bytes) -> None:
        match parse(topic):
            case UpTopic(device):
                self._frame(device, payload)
            case StateTopic(device) if payload:
                self._birth(device, payload)
            case _:
                log.warning("message on a topic nobody reads", topic=topic)

    def _frame(self, device: str, payload: bytes) -> None:
        key = self._store.public_key(device)
        frame = decode_frame(payload, device, key) if key else Rejected(Reason.UNKNOWN_DEVICE, repr(device))
        if isinstance(frame, Rejected):
            self._refuse(device, frame, payload)
            return
        outcome = self._store.receive(frame)
        if isinstance(outcome, Fork):
            log.error("fork", device=device, stream=frame.stream.hex(), seq=outcome.seq, kind=outcome.kind.value)
        self._answer(device, {frame.stream})

    def _birth(self, device: str, payload: bytes) -> None:
        key = self._store.public_key(device)
        birth = decode_birth(payload, device, key) if key else Rejected(Reason.UNKNOWN_DEVICE, repr(device))
        if isinstance(birth, Rejected):
            self._refuse(device, birth, payload)
        else:
            # The device then knows that a hub is there, and what it has.
            self._answer(device, birth.last_seq.keys())

    def _answer(self, device: str, asked: Collection[bytes]) -> None:
        """Say how far the streams asked about and the latest ones are stored, in as many messages as it takes.

        The message that is retained last names the latest streams.
        """
        tips = list(self._store.tips(device, asked).items())
        for first in range(0, max(len(tips), 1), _ANSWER_STREAMS):
            through = {stream: (tip.seq, tip.chain) for stream, tip in tips[first : first + _ANSWER_STREAMS]}
            stored = Stored(VERSION, self._store.epoch(), self._session, device, through)
            self._publisher.publish(str(StoredTopic(device)), encode_stored(stored, self._signing_key), retain=True)

    def _refuse(self, device: str, rejected: Rejected, payload: bytes) -> None:
        log.warning("refused", device=device, reason=str(rejected))
        self._store.park(device, str(rejected), payload)
