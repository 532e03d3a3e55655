"""Devices enrolled by the thousand at a real hub, through the fleet's own authority and registry (files, database)."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from road.samples import BOOT

from crowd.day import sealed_day
from fleet import authority, pki
from fleet.hub.store import HubStore
from fleet.settings import load
from sync import keys
from sync.chain import STREAM_BYTES
from sync.seal import STREAM_KEY_BYTES, StreamSeal
from sync.tls import client_context

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from crowd.device import Day


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device ready to connect: its day and its own certificate."""

    day: Day
    tls: ssl.SSLContext


def enrol(hub: Path, folder: Path, names: list[str], records: int) -> tuple[list[Enrolled], Ed25519PublicKey]:
    """Enrol `names` at the hub in folder `hub`, seal a day for each, and return them with the hub's public key."""
    config = load(hub / "hub.toml")
    issuer = authority.load(hub)
    signing = keys.load_signing(config.keys.signing_file).public_key()
    opening = keys.load_opening(config.keys.opening_files[0]).public_key()
    folder.mkdir(parents=True, exist_ok=True)
    store = HubStore.open(config.database_url)
    now = dt.datetime.now(dt.UTC)
    enrolled = []
    for name in names:
        key = pki.new_client_key()
        certificate = pki.client_certificate(issuer, name, key.public_key(), now)
        certificate_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
        certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        store.enrol(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        seal = StreamSeal(name, os.urandom(STREAM_BYTES), os.urandom(STREAM_KEY_BYTES), "kiosk.ordinary", BOOT)
        day = sealed_day(seal, key, opening, records)
        enrolled.append(Enrolled(day, client_context(config.broker.ca_file, certificate_file, key_file)))
    store.close()
    return enrolled, signing
