"""The hub's rows: how far each stream reaches, what is stored of it, and what was refused."""

from __future__ import annotations

import secrets
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Self, TypeVar

from sqlalchemy import func, select, update

from fleet.hub import reported
from fleet.hub.batches import batched
from fleet.hub.caps import allow_streams
from fleet.hub.database import Database, StoreError, ValuesRefusedError, upsert
from fleet.hub.intake import Intake
from fleet.hub.registry import Registry
from fleet.hub.schema import device_epochs, epochs, parked, streams
from fleet.hub.standing import standings
from sync.chain import start
from sync.frame import MAX_SEQ

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from sqlalchemy import Connection, Engine

    from fleet.hub.intake import Place
    from fleet.hub.reported import Reported
    from fleet.hub.standing import Standing
    from sync.chain import Range, Tip
    from sync.configuration import Configuration
    from sync.frame import Frame
    from sync.ledger import Fork, Received

__all__ = ["HubStore", "StoreError", "ValuesRefusedError"]

# A device's answer names the streams it asked about and these latest ones: a process start makes two, one a lane.
_LATEST_STREAMS = 4
# Refused messages are kept for a person to look at, not as a place for a stranger to fill the disk.
_MAX_PARKED = 10_000
_MAX_PARKED_OF_A_DEVICE = 200
# 2024-01-01 in Unix seconds, from where epochs count; below the seconds, bits by chance.
_2024_S = 1_704_067_200
_EPOCH_CHANCE_BITS = 24
# Names in one statement.
_DEVICES_AT_ONCE = 1_000
_Taken = TypeVar("_Taken")


class HubStore:
    """One process's way to the rows; for one thread. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.registry = Registry(database)
        # The latest streams of each device, by id, so that an answer need not look for them.
        self._latest: dict[str, list[int]] = {}

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url` (SQLAlchemy's form), with its tables made if absent.

        Raises:
            StoreError: it cannot be reached.
        """
        return cls(Database.open(url))

    @property
    def engine(self) -> Engine:
        """The database's engine; for reading."""
        return self.database.engine

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def transaction(self) -> AbstractContextManager[Connection]:
        """Do all or nothing; a refusal of the database (locked, full, away) becomes a `StoreError`."""
        return self.database.transaction()

    def epoch(self) -> int:
        """Return the epoch in force for devices that have none of their own."""
        with self.database.reading() as connection:
            return self.epoch_of(connection)

    def epoch_of(self, connection: Connection) -> int:
        """Return `epoch` in a transaction of the caller's."""
        return int(connection.scalars(select(func.max(epochs.c.epoch))).one())

    def epochs_of(self, connection: Connection, names: Collection[str]) -> dict[str, int]:
        """Return the epoch in force for each of the devices `names`."""
        common = self.epoch_of(connection)
        own = {
            device: epoch
            for some in batched(names, _DEVICES_AT_ONCE)
            for device, epoch in connection.execute(select(device_epochs).where(device_epochs.c.device.in_(some)))
        }
        return {device: max(common, own.get(device, common)) for device in names}

    def enrol(self, device: str, public_key: bytes, hub_key_id: bytes | None = None) -> None:
        """Take `device` (or its new key) into the registry."""
        self.registry.enrol(device, public_key, hub_key_id)

    def public_key(self, device: str) -> Ed25519PublicKey | None:
        """Return the key that `device` signs with, or None where it is not enrolled."""
        with self.database.reading() as connection:
            self.registry.refresh(connection)
            entry = self.registry.find(connection, device)
        return entry.public_key if entry else None

    def receive(self, frame: Frame) -> Received | Fork:
        """Store what is new in `frame`; on return it is committed."""
        return self.receive_all([frame])[0]

    def receive_all(self, frames: Sequence[Frame]) -> list[Received | Fork]:
        """Store what is new in `frames` and return what became of each, in their order; on return all is committed.

        Raises:
            ValuesRefusedError: one of them cannot be stored; none is.
            StoreError: the database cannot be used; nothing is stored.
        """
        places = sorted({(frame.device, frame.stream) for frame in frames})
        return self._with_streams(places, lambda intake: [intake.take(frame) for frame in frames])

    def declare_lost(self, declared: Mapping[Place, Sequence[Range]]) -> None:
        """Note what devices have lost for good, per stream; on return it is committed."""
        self._with_streams(sorted(declared), lambda intake: intake.lose_all(declared))

    def hear(
        self, said: Mapping[str, Configuration], heard: Collection[str], heard_before: Collection[str] = ()
    ) -> None:
        """Note what devices say they run, who was heard just now, and who some time before; then it is committed."""
        now_s = int(time.time())
        with self.database.transaction() as connection:
            reported.note_said(connection, said, now_s)
            reported.note_heard(connection, heard, now_s)
            reported.note_heard_before(connection, heard_before, now_s)

    def reports(self) -> list[Reported]:
        """Return, of every device that is listened to, what it runs by its own word and when it was last heard."""
        with self.database.reading() as connection:
            return reported.reports(connection)

    def raise_epoch(self) -> int:
        """Begin a later epoch for every device, and return the common one: each sends again what the hub lacks."""
        with self.database.transaction() as connection:
            epoch = _epoch_after(self.epoch_of(connection))
            connection.execute(upsert(connection, epochs).values(epoch=epoch).on_conflict_do_nothing())
            beyond = device_epochs.c.epoch + 1 + secrets.randbits(_EPOCH_CHANCE_BITS)
            connection.execute(update(device_epochs).where(device_epochs.c.epoch >= epoch).values(epoch=beyond))
        return epoch

    def raise_epoch_of(self, device: str, above: int) -> None:
        """Let the epoch of `device` be later than `above`: it sends again what the hub lacks."""
        with self.database.transaction() as connection:
            raised = upsert(connection, device_epochs).values(device=device, epoch=_epoch_after(above))
            connection.execute(
                raised.on_conflict_do_update(
                    index_elements=[device_epochs.c.device],
                    set_={"epoch": raised.excluded.epoch},
                    where=device_epochs.c.epoch < raised.excluded.epoch,
                )
            )

    def tips(self, device: str, asked: Collection[bytes]) -> dict[bytes, Tip]:
        """Return how far the streams of `device` reach: those `asked` about, known or not, then the latest."""
        with self.database.reading() as connection:
            standings = self.standings(connection, {device: asked})[device]
        return {stream: standing.tip for stream, standing in standings.items()}

    def standings(
        self, connection: Connection, asked: Mapping[str, Collection[bytes]]
    ) -> dict[str, dict[bytes, Standing]]:
        """Return how the streams of each device stand: those `asked` about, known or not, then the latest."""
        latest = [number for device in asked for number in self._latest_of(connection, device)]
        return standings(connection, asked, latest)

    def park(self, refused: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep each refused message (device, reason, payload) once, as long as there is room."""
        with self.database.transaction() as connection:
            for device, reason, payload in refused:
                _park(connection, device[:64], reason, payload)

    def _with_streams(self, places: Sequence[Place], take: Callable[[Intake], _Taken]) -> _Taken:
        """Lock the streams at `places`, made if new, `take`, and write it down."""
        while True:
            with self.database.transaction() as connection:
                intake = Intake.lock(connection, places)
                if len(intake) == len(places):
                    taken = take(intake)
                    intake.write()
                    return taken
            self._begin(place for place in places if place not in intake)

    def _begin(self, places: Iterable[Place]) -> None:
        """Make streams that are new, in a transaction of its own and in one order: no two processes wait in a ring."""
        begun, values = list(places), []
        for device, stream in begun:
            tip = start(device, stream)
            values.append({"device": device, "stream": stream, "tip_seq": tip.seq, "tip_chain": tip.chain})
            self._latest.pop(device, None)
        with self.database.transaction() as connection:
            allow_streams(connection, (device for device, _ in begun))
            connection.execute(upsert(connection, streams).values(values).on_conflict_do_nothing())

    def _latest_of(self, connection: Connection, device: str) -> list[int]:
        if device not in self._latest:
            numbers = select(streams.c.id).where(streams.c.device == device).order_by(streams.c.id.desc())
            self._latest[device] = list(connection.scalars(numbers.limit(_LATEST_STREAMS)))
        return self._latest[device]


def _epoch_after(epoch: int) -> int:
    """Return a later epoch: a hub restored twice from one backup, even with its clock put back, uses none twice."""
    now = int(time.time()) - _2024_S
    return min(max(epoch + 1, now << _EPOCH_CHANCE_BITS) + secrets.randbits(_EPOCH_CHANCE_BITS), MAX_SEQ)


def _park(connection: Connection, device: str, reason: str, payload: bytes) -> None:
    digest = sha256(payload).digest()
    known = connection.scalar(select(parked.c.digest).where(parked.c.digest == digest))
    count = select(func.count()).select_from(parked)
    if known is not None or connection.scalars(count).one() >= _MAX_PARKED:
        return
    if connection.scalars(count.where(parked.c.device == device)).one() < _MAX_PARKED_OF_A_DEVICE:
        values = {"device": device, "reason": reason, "payload": payload, "parked_s": int(time.time())}
        # Another process may have been dealt the same message.
        connection.execute(upsert(connection, parked).values(digest=digest, **values).on_conflict_do_nothing())
