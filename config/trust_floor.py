"""What a device has seen and goes back behind no more, also where its trusted metadata is damaged. No I/O."""

from __future__ import annotations

from zlib import crc32

import msgspec


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The versions last believed, the hub's time (Unix seconds) when it signed them, and with which online keys.

    Below other online keys only the root's version counts: who had stolen the old ones may have signed any number and
    any time with them, and a new root is how operators take both back.
    """

    versions: dict[str, int]
    signed_s: int
    online_keys: tuple[str, ...]

    def under(self, online_keys: tuple[str, ...]) -> Floor:
        """Return what of this floor holds where these keys sign."""
        if online_keys == self.online_keys:
            return self
        return Floor({"root": self.versions.get("root", 0)}, 0, online_keys)

    def lower(self, versions: dict[str, int]) -> str | None:
        """Return a role whose version is below this floor."""
        return next((role for role, seen in self.versions.items() if versions.get(role, 0) < seen), None)


NOTHING_SEEN = Floor({}, 0, ())


class _Noted(msgspec.Struct, frozen=True):
    """The floor as JSON and its CRC-32, so that a flipped bit is seen."""

    floor: str
    crc: int


def encode(floor: Floor) -> bytes:
    """Return the floor as a file holds it."""
    said = msgspec.json.encode(floor).decode()
    return msgspec.json.encode(_Noted(said, crc32(said.encode())))


def decode(content: bytes) -> Floor | None:
    """Return the floor in a file, None where the file is damaged."""
    try:
        noted = msgspec.json.decode(content, type=_Noted)
        return msgspec.json.decode(noted.floor, type=Floor) if noted.crc == crc32(noted.floor.encode()) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
