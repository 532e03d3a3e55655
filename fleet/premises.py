"""The operator's folder: keys, certificates, broker files and settings, made once; and the enrolment of devices.

    hub.toml  mosquitto.conf  acl  hub.db
    authority/{ca.crt,ca.key,revoked.crl,issued/}  broker/{tls.crt,tls.key}
    hub/{tls.crt,tls.key,signing.key,opening.key}
    hub/{tls-1.crt,tls-1.key}, …  further ingest processes, each with its own name at the broker
    hub/{tls-publisher.crt,tls-publisher.key}  the publishing process, likewise

What a device is given when it is enrolled is its own folder:

    identity/{ca.crt,device.crt,device.key,hub-signing.pub,hub-opening.pub}
    identity/root.json  whom to believe about configuration and content, once something was published
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from config.whole_file import write_whole
from fleet import authority as authority_folder
from fleet import broker, pki
from fleet.hub.store import HubStore
from fleet.settings import load
from sync import keys, seal

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes


# A certificate's common name ends at 64 letters; whatever else could end a line of mosquitto.conf is out.
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,64}")


class PremisesError(Exception):
    """The operator's folder cannot be made or used; the message says why."""


_PUBLISHING = """\
[publishing]
certificate_file = "hub/tls-publisher.crt"
key_file = "hub/tls-publisher.key"
"""


@dataclass(frozen=True, slots=True)
class Listener:
    """Where the broker listens, and under which name devices reach it."""

    host: str
    port: int
    address: str


def establish(folder: Path, listener: Listener, ingests: int = 0) -> None:
    """Make the operator's folder, with new keys.

    Raises:
        PremisesError: the folder holds a hub already (its keys are never overwritten), or cannot be written.
    """
    for name in (listener.host, listener.address):
        if not _HOST.fullmatch(name):
            raise PremisesError(f"{name!r} is neither a host's name nor an address")
    now = dt.datetime.now(dt.UTC)
    authority = pki.new_authority(now)
    server_key, server = pki.server_certificate(authority, listener.host, now)
    names = {"tls": broker.HUB_NAME, "tls-publisher": broker.PUBLISHER_NAME}
    names |= {f"tls-{n}": broker.ingest_name(n) for n in range(1, ingests + 1)}
    clients = {file: pki.new_client_key() for file in names}
    certificates = {
        file: pki.client_certificate(authority, names[file], key.public_key(), now) for file, key in clients.items()
    }
    try:
        if (folder / "hub.toml").exists():
            raise PremisesError(f"{str(folder)!r} holds a hub already")
        for name in ("authority", "broker", "hub"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _write_private(folder / "authority/ca.key", authority.key)
        _write_public(folder / "authority/ca.crt", authority.certificate)
        authority_folder.revoke(folder, [], now)
        _write_private(folder / "broker/tls.key", server_key)
        _write_public(folder / "broker/tls.crt", server)
        for file, key in clients.items():
            _write_private(folder / f"hub/{file}.key", key)
            _write_public(folder / f"hub/{file}.crt", certificates[file])
        _write_private(folder / "hub/signing.key", Ed25519PrivateKey.generate())
        _write_private(folder / "hub/opening.key", X25519PrivateKey.generate())
        files = broker.BrokerFiles(
            ca_file=(folder / "authority/ca.crt").absolute(),
            certificate_file=(folder / "broker/tls.crt").absolute(),
            key_file=(folder / "broker/tls.key").absolute(),
            revoked_file=(folder / authority_folder.REVOKED).absolute(),
            pid_file=(folder / broker.PID_FILE).absolute(),
            acl_file=(folder / "acl").absolute(),
            persistence_dir=(folder / "broker").absolute(),
            user=getpass.getuser(),
        )
        (folder / "acl").write_text(broker.access_list(ingests), encoding="ascii")
        (folder / "acl").chmod(0o600)
        conf = broker.configuration(files, listener.address, listener.port)
        (folder / "mosquitto.conf").write_text(conf, encoding="utf-8")
        (folder / "hub.toml").write_text(_settings(folder, listener, ingests), encoding="utf-8")
    except OSError as error:
        raise PremisesError(f"cannot write {str(folder)!r}: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise PremisesError(f"{str(folder)!r} is no path that a configuration can spell") from error


def make_publisher(folder: Path) -> bool:
    """Give a hub of an older version what its publishing process needs; return whether anything was lacking.

    The broker must be told to read its access list again.

    Raises:
        PremisesError: the folder holds no hub, or cannot be written.
        AuthorityError, HubConfigError: the hub's own files cannot be used.
    """
    config = load(folder / "hub.toml")
    try:
        access = broker.access_list(len(config.ingests))
        known = (folder / "acl").read_text(encoding="ascii") == access
        if config.publishing is not None and known:
            return False
        if config.publishing is None:
            key = pki.new_client_key()
            authority = authority_folder.load(folder)
            made = pki.client_certificate(authority, broker.PUBLISHER_NAME, key.public_key(), dt.datetime.now(dt.UTC))
            (folder / "hub/tls-publisher.key").unlink(missing_ok=True)  # of an attempt that was cut off
            _write_private(folder / "hub/tls-publisher.key", key)
            _write_public(folder / "hub/tls-publisher.crt", made)
            settings = (folder / "hub.toml").read_text(encoding="utf-8").rstrip()
            write_whole(folder / "hub.toml", f"{settings}\n\n{_PUBLISHING}".encode())
        write_whole(folder / "acl", access.encode("ascii"), mode=0o600)
    except OSError as error:
        raise PremisesError(f"cannot write {str(folder)!r}: {error.strerror}") from error
    return True


def enrol(folder: Path, device: str, identity_dir: Path) -> list[x509.Certificate]:
    """Give `device` a key and a certificate in `identity_dir`, and take it into the hub's registry.

    Returns the certificates that it had before: the broker lets them in until they are withdrawn.

    Raises:
        NameRefusedError: the name cannot be a device's.
        PremisesError: the folder holds no hub, or the identity cannot be written.
        AuthorityError, HubConfigError, KeyFileError, StoreError: the hub's own files cannot be used.
    """
    if broker.is_hub_name(device):
        raise pki.NameRefusedError(f"{device!r} is the hub's own name")
    config = load(folder / "hub.toml")
    key = pki.new_client_key()
    now = dt.datetime.now(dt.UTC)
    certificate = pki.client_certificate(authority_folder.load(folder), device, key.public_key(), now)
    signing = keys.load_signing(config.keys.signing_file)
    opening = keys.load_opening(config.keys.opening_files[0])
    try:
        earlier = authority_folder.issued(folder, device)
        authority_folder.keep(folder, device, certificate)
        identity_dir.mkdir(parents=True, exist_ok=True)
        (identity_dir / "device.key").unlink(missing_ok=True)  # enrolling again means another key
        (identity_dir / "ca.crt").write_bytes((folder / "authority/ca.crt").read_bytes())
        _write_private(identity_dir / "device.key", key)
        _write_public(identity_dir / "device.crt", certificate)
        _write_public(identity_dir / "hub-signing.pub", signing.public_key())
        _write_public(identity_dir / "hub-opening.pub", opening.public_key())
        _give_root(folder, identity_dir)
    except OSError as error:
        raise PremisesError(f"cannot write {str(identity_dir)!r}: {error.strerror}") from error
    store = HubStore.open(config.database_url)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    store.enrol(device, raw, seal.key_id(opening.public_key()))
    store.close()
    return earlier


def _give_root(folder: Path, identity_dir: Path) -> None:
    """Let a device start from the newest root, so that no key that was taken back counts for it."""
    roots = (folder / "publication/metadata").glob("*.root.json")
    newest = max(roots, key=lambda path: int(path.name.partition(".")[0]), default=None)
    if newest is not None:
        write_whole(identity_dir / "root.json", newest.read_bytes())


def _settings(folder: Path, listener: Listener, ingests: int) -> str:
    tables = "".join(
        f'\n[[ingests]]\ncertificate_file = "hub/tls-{n}.crt"\nkey_file = "hub/tls-{n}.key"\n'
        for n in range(1, ingests + 1)
    )
    return f"""\
# Written by `guichet-hub init`. Relative paths start from this file's folder.
database_url = "sqlite:///{(folder / "hub.db").absolute()}"

[broker]
host = "{listener.host}"
port = {listener.port}
ca_file = "authority/ca.crt"
certificate_file = "hub/tls.crt"
key_file = "hub/tls.key"

[keys]
signing_file = "hub/signing.key"
opening_files = ["hub/opening.key"]

{_PUBLISHING}{tables}"""


def _write_private(path: Path, key: PrivateKeyTypes) -> None:
    """Write a private key which only its owner can read, from its first byte on, and never over another."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write_public(path: Path, value: x509.Certificate | PublicKeyTypes) -> None:
    if isinstance(value, x509.Certificate):
        path.write_bytes(value.public_bytes(Encoding.PEM))
    else:
        path.write_bytes(value.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
