"""What each device runs by its own word, and when it was last heard. Adapter: database.

Of each device the last word is kept, in the order of its coming: a stick that was filled before the last contact puts
an older one in its place, until the device is heard again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from fleet.hub.batches import batched
from fleet.hub.database import upsert
from fleet.hub.schema import configurations, devices
from sync.configuration import Configuration

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Connection

_DEVICES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Reported:
    """A device: when it was last heard, what it said last of its configuration, and when the hub got that.

    Times are Unix seconds of the hub's clock; None where it never happened.
    """

    device: str
    heard_s: int | None
    quarantined_s: int | None
    configuration: Configuration | None
    said_s: int | None


def note_said(connection: Connection, said: Mapping[str, Configuration], now_s: int) -> None:
    """Keep what devices say of their configuration; who says the same again changes nothing."""
    known = {
        each.device: _configuration(each)
        for some in batched(said, _DEVICES_AT_ONCE)
        for each in connection.execute(select(configurations).where(configurations.c.device.in_(some)))
    }
    for device in sorted(said):
        if known.get(device) != said[device]:
            values = {name: getattr(said[device], name) for name in Configuration.__struct_fields__} | {"said_s": now_s}
            written = upsert(connection, configurations).values(device=device, **values)
            connection.execute(written.on_conflict_do_update(index_elements=[configurations.c.device], set_=values))


def note_heard(connection: Connection, heard: Collection[str], now_s: int) -> None:
    """Note that devices were heard just now."""
    _set_heard(connection, heard, devices.c.heard_s.is_(None) | (devices.c.heard_s < now_s), now_s)


def note_heard_before(connection: Connection, heard: Collection[str], now_s: int) -> None:
    """Note that devices were heard, nobody knows when: of one that was never heard it is taken for now."""
    _set_heard(connection, heard, devices.c.heard_s.is_(None), now_s)


def reports(connection: Connection) -> list[Reported]:
    """Return every device that is enrolled and not revoked, by name."""
    wanted = select(devices.c.name, devices.c.heard_s, devices.c.quarantined_s, configurations)
    joined = wanted.outerjoin_from(devices, configurations, configurations.c.device == devices.c.name)
    found = connection.execute(joined.where(devices.c.revoked_s.is_(None)).order_by(devices.c.name))
    return [
        Reported(
            each.name,
            each.heard_s,
            each.quarantined_s,
            _configuration(each) if each.device is not None else None,
            each.said_s,
        )
        for each in found
    ]


def _set_heard(connection: Connection, heard: Collection[str], older: ColumnElement[bool], now_s: int) -> None:
    for some in batched(sorted(heard), _DEVICES_AT_ONCE):
        # In one order, or two ingest processes that heard the same devices would wait for each other for ever.
        late = select(devices.c.name).where(devices.c.name.in_(some), older).order_by(devices.c.name)
        names = list(connection.scalars(late.with_for_update(key_share=True)))
        if names:
            connection.execute(update(devices).where(devices.c.name.in_(names)).values(heard_s=now_s))


def _configuration(found: Any) -> Configuration:  # noqa: ANN401  (a row's columns are known at run time only)
    return Configuration(
        found.version,
        found.wanted,
        found.running,
        found.on_trial,
        tuple(found.reasons),
        tuple(found.problems),
        found.group,
    )
