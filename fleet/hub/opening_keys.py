"""The hub's opening keys: a new one in front, and which of the old ones are still needed. Adapter: files, database.

hub.toml names them, the newest first: devices enrolled from now on seal to that one. Old ones stay, for a device that
comes back after half a year, and go only by hand, once `needed` no longer names them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import func, select

from config.whole_file import sync_directory, write_new
from fleet.hub.key_needs import Need, Sealed, needs
from fleet.hub.schema import devices, streams, unopened
from fleet.settings import load
from sync import keys
from sync.seal import Predecessor, key_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from fleet.hub.store import HubStore

_ASSIGNMENT = re.compile(r"^opening_files\s*=\s*\[[^\]]*\]", re.MULTILINE)


class RotationError(Exception):
    """The new key could not be put in force; the old ones are still."""


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """One of the hub's opening keys, by its file and its id, and which devices need it, each for what reasons."""

    id: bytes
    file: Path | None
    needed: Mapping[str, Sequence[Need]]


def rotate(folder: Path) -> Path:
    """Make a new opening key, and have hub.toml name it first; return the file of its public half, for devices.

    Raises:
        RotationError: a file cannot be written, or hub.toml is not written as `guichet-hub init` does.
        HubConfigError: hub.toml cannot be read.
    """
    settings = folder / "hub.toml"
    known = load(settings).keys.opening_files
    number = 2
    while (folder / f"hub/opening-{number}.key").exists():
        number += 1
    file = folder / f"hub/opening-{number}.key"
    key = X25519PrivateKey.generate()
    try:
        text = settings.read_text(encoding="utf-8")
        named = [os.path.relpath(each, folder) if each.is_relative_to(folder) else str(each) for each in (file, *known)]
        listed = ", ".join(f'"{name}"' for name in named)
        changed, count = _ASSIGNMENT.subn(lambda _: f"opening_files = [{listed}]", text)
        if count != 1:
            raise RotationError(f"{str(settings)!r} has no line `opening_files = […]` that could be changed")
        write_new(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        public = file.with_suffix(".pub")
        write_new(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
        sync_directory(file.parent)  # on the disk before it is named anywhere
        unfinished = folder / "hub.toml.part"
        unfinished.unlink(missing_ok=True)
        write_new(unfinished, changed.encode(), settings.stat().st_mode & 0o777)
        if load(unfinished).keys.opening_files != (file, *known):
            raise RotationError(f"{str(settings)!r} would not name {file.name!r} first: add it by hand")
        unfinished.replace(settings)
        sync_directory(folder)
    except OSError as error:
        raise RotationError(f"cannot write in {str(folder)!r}: {error.strerror}") from error
    return public


def needed(store: HubStore, files: Sequence[Path]) -> list[OpeningKey]:
    """Return the keys in `files`, newest first, then those that streams are sealed to and that no file holds.

    Raises:
        KeyFileError: a file is missing.
        StoreError: the database cannot be read.
    """
    held = {key_id(keys.load_opening(file).public_key()): file for file in files}
    who: dict[bytes, dict[str, list[Need]]] = {each: {} for each in held}
    with store.database.reading() as connection:
        given = {device.name: device.hub_key_id for device in connection.execute(select(devices))}
        failed = select(unopened.c.stream_id, func.count().label("rows")).group_by(unopened.c.stream_id).subquery()
        found = connection.execute(
            select(streams, failed.c.rows)
            .join(failed, failed.c.stream_id == streams.c.id, isouter=True)
            .order_by(streams.c.device, streams.c.id)
        )
        sealed = {name: [_sealed(stream) for stream in of_one] for name, of_one in groupby(found, lambda s: s.device)}
    for name, hub_key_id in given.items():
        enrolled_with = bytes(hub_key_id) if hub_key_id is not None else None
        for key, why in needs(enrolled_with, sealed.get(name, []), list(held)).items():
            who.setdefault(key, {})[name] = why
    return [OpeningKey(key, held.get(key), who[key]) for key in who]


def _sealed(stream: Any) -> Sealed:  # noqa: ANN401  (a row's columns are known at run time only)
    previous = None
    if stream.previous_stream is not None:
        previous = Predecessor(bytes(stream.previous_stream), stream.previous_seq, bytes(stream.previous_chain))
    return Sealed(
        stream=bytes(stream.stream),
        lane=stream.lane or "",
        key_id=bytes(stream.hub_key_id) if stream.hub_key_id is not None else None,
        previous=previous,
        tip_seq=stream.tip_seq,
        last_seq=stream.last_seq,
        opened=stream.opened_seq >= stream.last_seq and not stream.rows,
    )
