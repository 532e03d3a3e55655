"""The registry of devices: who is enrolled, under which key, and whom the hub does not listen to.

Each change raises the registry's version, so that every ingest process reads a device's entry once and again only
after a change.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, select, update

from fleet.hub.schema import devices, registry

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection

    from fleet.hub.database import Database


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device of the fleet."""

    name: str
    public_key: Ed25519PublicKey
    revoked_s: int | None
    quarantined_s: int | None
    quarantine_reason: str | None
    hub_key_id: bytes | None


class NotEnrolledError(Exception):
    """No device of that name is in the registry."""


class Registry:
    """Reads and changes the registry; for one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._known: dict[str, Enrolled | None] = {}

    def refresh(self, connection: Connection) -> None:
        """Forget what was read before the registry's last change."""
        version = connection.scalars(select(registry.c.version)).one()
        if version != self._version:
            self._known.clear()
            self._version = version

    def find(self, connection: Connection, device: str) -> Enrolled | None:
        """Return the entry of `device` as of the last `refresh`, or None where it is not enrolled."""
        if device not in self._known:
            found = connection.execute(select(devices).where(devices.c.name == device)).one_or_none()
            if found is None:  # not kept: a stranger could fill the memory with names
                return None
            self._known[device] = _entry(found)
        return self._known[device]

    def device(self, name: str) -> Enrolled:
        """Return the entry of the device called `name`.

        Raises:
            NotEnrolledError: there is none.
        """
        with self._database.reading() as connection:
            self.refresh(connection)
            found = self.find(connection, name)
        if found is None:
            raise NotEnrolledError(f"no device {name!r} is enrolled")
        return found

    def names(self) -> list[str]:
        """Return the names of every device, in order."""
        with self._database.reading() as connection:
            return list(connection.scalars(select(devices.c.name).order_by(devices.c.name)))

    def enrol(self, device: str, public_key: bytes, hub_key_id: bytes | None = None) -> None:
        """Take `device` (or its new key) into the registry; its revocation or quarantine ends with its old key.

        Under its new key it was never heard.

        `hub_key_id` names the hub's opening key that the device was given.
        """
        values = {
            "public_key": public_key,
            "enrolled_s": int(time.time()),
            "hub_key_id": hub_key_id,
            "revoked_s": None,
            "quarantined_s": None,
            "quarantine_reason": None,
            "heard_s": None,
        }
        with self._database.transaction() as connection:
            if not _change(connection, device, values):
                connection.execute(insert(devices).values(name=device, **values))

    def revoke(self, device: str) -> None:
        """Refuse from now on what `device` sends.

        Raises:
            NotEnrolledError: there is no such device.
        """
        self._must_change(device, {"revoked_s": int(time.time())})

    def quarantine(self, device: str, reason: str) -> None:
        """Neither store nor answer what `device` sends, until the quarantine is lifted; the device keeps it.

        Raises:
            NotEnrolledError: there is no such device.
        """
        self._must_change(device, {"quarantined_s": int(time.time()), "quarantine_reason": reason})

    def lift(self, device: str) -> None:
        """End the quarantine of `device`.

        Raises:
            NotEnrolledError: there is no such device.
        """
        self._must_change(device, {"quarantined_s": None, "quarantine_reason": None})

    def _must_change(self, device: str, values: dict[str, Any]) -> None:
        with self._database.transaction() as connection:
            if not _change(connection, device, values):
                raise NotEnrolledError(f"no device {device!r} is enrolled")


def _change(connection: Connection, device: str, values: dict[str, Any]) -> bool:
    """Change the entry of `device` and the registry's version; return whether there is such an entry."""
    connection.execute(update(registry).values(version=registry.c.version + 1))
    return bool(connection.execute(update(devices).where(devices.c.name == device).values(values)).rowcount)


def _entry(found: Any) -> Enrolled:  # noqa: ANN401  (a row's columns are known to SQLAlchemy at run time only)
    return Enrolled(
        name=found.name,
        public_key=Ed25519PublicKey.from_public_bytes(bytes(found.public_key)),
        revoked_s=found.revoked_s,
        quarantined_s=found.quarantined_s,
        quarantine_reason=found.quarantine_reason,
        hub_key_id=bytes(found.hub_key_id) if found.hub_key_id is not None else None,
    )
