"""Revoking a device at the broker: its certificates are refused, and its session ends. Adapter: files, signals, MQTT.

mosquitto goes on with the session of a client whose certificate was revoked. So the session is taken over, under the
device's name with a certificate that lives for a minute, and left. Before that the broker must have read the list, or
the device would be back at once: another such certificate stands in the list itself, and is refused once it is read.
"""

from __future__ import annotations

import datetime as dt
import os
import queue
import signal
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fleet import authority, pki
from fleet.broker import PID_FILE
from sync.link import Address, Door, Link, LinkUp
from sync.tls import client_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    from cryptography import x509

    from fleet.settings import Broker
    from sync.link import LinkEvent

_BROKER_PROGRAM = "mosquitto"
# The broker reads its list within a tenth of a second.
_ENFORCED_WITHIN_S = 4.0
_ANSWER_WITHIN_S = 3.0


class BrokerNotToldError(Exception):
    """The list is written, but the broker does not go by it yet; the message says what to do."""


def withdraw(folder: Path, broker: Broker, device: str, certificates: Iterable[x509.Certificate]) -> None:
    """Have the broker refuse `certificates` of `device` from now on, and end the session it may have.

    Raises:
        AuthorityError: the list cannot be read or written.
        BrokerNotToldError: the broker does not run here, or does not read the list.
        CertificateFileError: the authority's certificate, as hub.toml names it, cannot be used.
    """
    now = dt.datetime.now(dt.UTC)
    issuer = authority.load(folder)
    with (
        _passing(issuer, broker, device, now) as (probe, listed),
        _passing(issuer, broker, device, now) as (visitor, _),
    ):
        authority.revoke(folder, certificates, now, listed.serial_number)
        _have_read(folder)
        end_s = time.monotonic() + _ENFORCED_WITHIN_S
        while _gets_in(broker, device, probe):
            if time.monotonic() > end_s:
                raise BrokerNotToldError(
                    f"the broker does not go by {str(folder / authority.REVOKED)!r}: name it as crlfile in its "
                    "configuration, start it again, and revoke again"
                )
        if not _gets_in(broker, device, visitor):
            raise BrokerNotToldError(
                f"the broker at {broker.host}:{broker.port} lets nobody in: whether it goes by the list is not known; "
                "revoke again once it does"
            )


@contextmanager
def _passing(
    issuer: pki.Authority, broker: Broker, name: str, now: dt.datetime
) -> Iterator[tuple[ssl.SSLContext, x509.Certificate]]:
    """Make a certificate for `name` that ends within a minute; its files go at once."""
    key = pki.new_client_key()
    certificate = pki.client_certificate(issuer, name, key.public_key(), now, pki.PASSING_LIFE)
    with tempfile.TemporaryDirectory() as folder:
        certificate_file, key_file = Path(folder) / "tls.crt", Path(folder) / "tls.key"
        certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        yield client_context(broker.ca_file, certificate_file, key_file), certificate


def _have_read(folder: Path) -> None:
    """Have the broker read its list again (mosquitto(8), SIGHUP)."""
    listed, pid_file = folder / authority.REVOKED, folder / PID_FILE
    by_hand = f"have it read {str(listed)!r} again, and end the device's session there"
    pid = _broker_pid(pid_file)
    if pid is None:
        raise BrokerNotToldError(f"no broker runs here by {str(pid_file)!r}: where it runs, {by_hand}")
    try:
        os.kill(pid, signal.SIGHUP)
    except OSError as error:
        raise BrokerNotToldError(f"cannot signal the broker ({error.strerror}): {by_hand}") from error


def _broker_pid(pid_file: Path) -> int | None:
    """Return the broker's process id; a file left by a killed broker may name another's process by now."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
        program = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return pid if program == _BROKER_PROGRAM else None


def _gets_in(broker: Broker, name: str, tls: ssl.SSLContext) -> bool:
    """Return whether the broker takes a client `name`; where one is connected under that name, it is put out."""
    events: queue.SimpleQueue[LinkEvent] = queue.SimpleQueue()
    address = Address((Door(broker.host, broker.port),), name, (), broker.reconnect_max_s)
    link = Link(address, tls, events.put, SystemRandom())
    link.start()
    try:
        return isinstance(events.get(timeout=_ANSWER_WITHIN_S), LinkUp)
    except queue.Empty:
        return False
    finally:
        link.close()
