"""What the ledger can tell of one device: what is stored, missing, lost, forked, refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from fleet.hub import lineage
from fleet.hub.presence import unheard
from fleet.hub.ranges import union, without
from fleet.hub.schema import forks, parked, rows, streams, unopened
from fleet.hub.settled import LOST, MISSING, Settled, settled_of
from fleet.hub.standing import lost_of, missing_of
from sync.chain import Tip
from sync.seal import OPENING_SEQ, Predecessor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from fleet.hub.registry import Enrolled
    from fleet.hub.share import Share
    from fleet.hub.store import HubStore
    from sync.chain import Range


@dataclass(frozen=True, slots=True)
class StreamAccount:
    """One stream: stored without a gap through `stored_seq`, opened through `opened_seq`, some rows held beyond."""

    stream: bytes
    lane: str | None
    stored_seq: int
    held_seq: int
    opened_seq: int
    missing: tuple[Range, ...]
    lost: tuple[Range, ...]
    # The first row of each frame that contradicts what is stored, and how.
    forks: tuple[tuple[int, str], ...]
    unopened: int
    settled: tuple[Settled, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, lost or contradicted."""
        return not (self.missing or self.lost or self.forks)

    @property
    def unsettled(self) -> StreamAccount:
        """The stream without what somebody has settled."""
        forks_settled = {(each.first_seq, each.kind) for each in self.settled}
        return replace(
            self,
            missing=without(self.missing, self._settled_rows(MISSING)),
            lost=without(self.lost, self._settled_rows(LOST)),
            forks=tuple(fork for fork in self.forks if fork not in forks_settled),
        )

    def _settled_rows(self, kind: str) -> tuple[Range, ...]:
        return union((each.first_seq, each.last_seq) for each in self.settled if each.kind == kind)


@dataclass(frozen=True, slots=True)
class Account:
    """One device: its streams, what is wrong in their lineage, and what was refused of it."""

    device: Enrolled
    epoch: int
    streams: tuple[StreamAccount, ...]
    findings: tuple[lineage.Finding, ...]
    parked: int
    last_refusal: str | None
    last_refused_s: int | None
    # The ingest that would hear what it declares, where that one does not run and others do.
    unheard_by: Share | None

    @property
    def whole(self) -> bool:
        """Whether every row that the hub knows of is stored, once, in one history."""
        return not self.findings and all(stream.whole for stream in self.streams)

    @property
    def unsettled(self) -> Account:
        """The device without what somebody has settled: whether that is whole says whether anything is new."""
        done = {(each.stream, each.kind, each.other) for stream in self.streams for each in stream.settled}
        return replace(
            self,
            streams=tuple(stream.unsettled for stream in self.streams),
            findings=tuple(
                each for each in self.findings if (each.stream, each.kind.name.lower(), each.other) not in done
            ),
        )


def account(store: HubStore, device: str) -> Account:
    """Return what the ledger tells of `device`.

    Raises:
        NotEnrolledError: there is no such device.
        StoreError: the database cannot be read.
    """
    entry = store.registry.device(device)
    with store.database.reading() as connection:
        found = connection.execute(select(streams).where(streams.c.device == device).order_by(streams.c.id)).all()
        numbers = [stream.id for stream in found]
        declared = lost_of(connection, numbers)
        lost = _never_came(connection, declared)
        contradicted = _forks(connection, device)
        failed = _unopened(connection, device)
        settled = settled_of(connection, device)
        accounts = tuple(
            StreamAccount(
                stream=bytes(stream.stream),
                lane=stream.lane,
                stored_seq=stream.tip_seq,
                held_seq=stream.last_seq,
                opened_seq=stream.opened_seq,
                missing=_missing(connection, stream, declared.get(stream.id, ())),
                lost=lost.get(stream.id, ()),
                forks=tuple(contradicted[stream.id]),
                unopened=failed.get(stream.id, 0),
                settled=tuple(settled.get(bytes(stream.stream), ())),
            )
            for stream in found
        )
        of_device = parked.c.device == device
        refused = connection.scalars(select(func.count()).select_from(parked).where(of_device)).one()
        last = connection.execute(select(parked).where(of_device).order_by(parked.c.parked_s.desc()).limit(1)).first()
        return Account(
            device=entry,
            epoch=store.epochs_of(connection, [device])[device],
            streams=accounts,
            findings=tuple(_findings(found, declared)),
            parked=refused,
            last_refusal=last.reason if last else None,
            last_refused_s=last.parked_s if last else None,
            unheard_by=unheard(connection, device),
        )


def _missing(connection: Connection, stream: Any, lost: tuple[Range, ...]) -> tuple[Range, ...]:  # noqa: ANN401  (a row's columns are known at run time only)
    if stream.last_seq <= stream.tip_seq:
        return ()
    return without(missing_of(connection, stream.id, stream.tip_seq), lost)


def _never_came(connection: Connection, declared: Mapping[int, tuple[Range, ...]]) -> dict[int, tuple[Range, ...]]:
    """Return what was declared lost without the rows that came all the same."""
    left = {}
    for stream_id, ranges in declared.items():
        came: list[Range] = []
        for first, last in ranges:
            held = select(rows.c.seq).where(rows.c.stream_id == stream_id, rows.c.seq.between(first, last))
            came += [(seq, seq) for seq in connection.scalars(held.order_by(rows.c.seq))]
        left[stream_id] = without(ranges, came)
    return left


def _forks(connection: Connection, device: str) -> defaultdict[int, list[tuple[int, str]]]:
    named: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    of_device = select(forks).join(streams, streams.c.id == forks.c.stream_id).where(streams.c.device == device)
    for fork in connection.execute(of_device.order_by(forks.c.stream_id, forks.c.seq)):
        named[fork.stream_id].append((fork.seq, fork.kind))
    return named


def _unopened(connection: Connection, device: str) -> dict[int, int]:
    counted = select(unopened.c.stream_id, func.count().label("failed")).join(
        streams, streams.c.id == unopened.c.stream_id
    )
    of_device = counted.where(streams.c.device == device).group_by(unopened.c.stream_id)
    return {found.stream_id: found.failed for found in connection.execute(of_device)}


def _findings(found: Collection[Any], lost: Mapping[int, tuple[Range, ...]]) -> list[lineage.Finding]:
    reached = {
        bytes(stream.stream): lineage.Reached(
            Tip(stream.tip_seq, bytes(stream.tip_chain)), stream.last_seq, stream.id in lost
        )
        for stream in found
    }
    opened = [
        lineage.Opened(bytes(stream.stream), stream.lane or "", _previous(stream))
        for stream in found
        if stream.tip_seq >= OPENING_SEQ and stream.hub_key_id is not None
    ]
    return lineage.findings(opened, reached)


def _previous(stream: Any) -> Predecessor | None:  # noqa: ANN401  (as above)
    if stream.previous_stream is None:
        return None
    return Predecessor(bytes(stream.previous_stream), stream.previous_seq, bytes(stream.previous_chain))
