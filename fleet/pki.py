"""The operator's authority: who may speak to the broker, under which name. No I/O.

One private authority signs the broker's, the hub's and every device's certificate; the common name of a client's is its
name in every topic. Servers have ECDSA P-256 keys (every TLS library), clients Ed25519, which also sign frames.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

AUTHORITY_LIFE = dt.timedelta(days=3650)
SERVER_LIFE = dt.timedelta(days=825)
DEVICE_LIFE = dt.timedelta(days=825)
# A certificate made to be used at once, and its place in the list of those revoked, once nobody can use it.
PASSING_LIFE = dt.timedelta(minutes=1)
_PASSED_AFTER = dt.timedelta(hours=1)
# Everything is dated back by so much: a clock may be behind.
_BACK = dt.timedelta(days=1)
# The same rule as `config.model.DeviceName`: mosquitto would let a certificate named "dev-A/#" in.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class NameRefusedError(Exception):
    """The name cannot stand in a certificate: it is no lower-case letters, digits and hyphens, 63 at most."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The signing key and its own certificate."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate


def new_authority(now: dt.datetime) -> Authority:
    """Return a new authority, valid from a day before `now`: a device's clock may be behind."""
    key = generate_private_key(SECP256R1())
    name = _name("Guichet fleet authority")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _dated(x509.CertificateBuilder(), now, AUTHORITY_LIFE)
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def server_certificate(
    authority: Authority, host: str, now: dt.datetime
) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    """Return a new key and certificate for a broker reached as `host` (a name or an IP address)."""
    key = generate_private_key(SECP256R1())
    builder = _leaf(authority, host, key.public_key(), now, SERVER_LIFE, ExtendedKeyUsageOID.SERVER_AUTH)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    names = x509.SubjectAlternativeName([alternative])
    return key, builder.add_extension(names, critical=False).sign(authority.key, hashes.SHA256())


def client_certificate(
    authority: Authority, name: str, key: Ed25519PublicKey, now: dt.datetime, life: dt.timedelta = DEVICE_LIFE
) -> x509.Certificate:
    """Return the certificate under which `name` speaks to the broker.

    Raises:
        NameRefusedError: the name could be taken for a topic's wildcard or level.
    """
    if not _NAME.fullmatch(name):
        raise NameRefusedError(f"{name!r} is not a name of lower-case letters, digits and hyphens, 63 at most")
    return _leaf(authority, name, key, now, life, ExtendedKeyUsageOID.CLIENT_AUTH).sign(authority.key, hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that is no longer to be let in; a `passing` one would soon have ended by itself."""

    serial: int
    since: dt.datetime
    passing: bool = False


def revocation_list(
    authority: Authority,
    revoked: Iterable[Revoked],
    now: dt.datetime,
    before: x509.CertificateRevocationList | None = None,
) -> x509.CertificateRevocationList:
    """Return the list of those in the list `before` and of those `revoked` now.

    It is valid as long as the authority is: brokers refuse everybody once their list has ended, and no list that came
    late was ever safer. Each is dated after the one before it: of two lists that a broker has read OpenSSL takes the
    younger, and only where their dates differ (x509_vfy.c, get_crl_sk).
    """
    dated = now - _BACK
    entries: dict[int, Revoked] = {}
    if before is not None:
        dated = max(dated, before.last_update_utc + dt.timedelta(seconds=1))
        entries = {entry.serial_number: _revoked(entry) for entry in before}
    for one in revoked:
        entries.setdefault(one.serial, one)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(dated)
        .next_update(authority.certificate.not_valid_after_utc)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    for one in entries.values():
        if not one.passing or now - one.since < _PASSED_AFTER:
            builder = builder.add_revoked_certificate(_entry(one))
    return builder.sign(authority.key, hashes.SHA256())


def _entry(one: Revoked) -> x509.RevokedCertificate:
    # RFC 5280, 5.3.1: reasons may be given; ours tell what may be left out of the next list.
    reason = x509.ReasonFlags.cessation_of_operation if one.passing else x509.ReasonFlags.privilege_withdrawn
    builder = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.since)
    return builder.add_extension(x509.CRLReason(reason), critical=False).build()


def _revoked(entry: x509.RevokedCertificate) -> Revoked:
    reasons = [extension.value for extension in entry.extensions if isinstance(extension.value, x509.CRLReason)]
    passing = any(given.reason is x509.ReasonFlags.cessation_of_operation for given in reasons)
    return Revoked(entry.serial_number, entry.revocation_date_utc, passing)


def _leaf(  # noqa: PLR0913, PLR0917  (a certificate has this many independent fields)
    authority: Authority,
    name: str,
    key: CertificatePublicKeyTypes,
    now: dt.datetime,
    life: dt.timedelta,
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    return (
        _dated(x509.CertificateBuilder(), now, life)
        .subject_name(_name(name))
        .issuer_name(authority.certificate.subject)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )


def _dated(builder: x509.CertificateBuilder, now: dt.datetime, life: dt.timedelta) -> x509.CertificateBuilder:
    dated = builder.not_valid_before(now - _BACK).not_valid_after(now + life)
    return dated.serial_number(x509.random_serial_number())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_client_key() -> Ed25519PrivateKey:
    """Return a new key for a device or for the hub."""
    return Ed25519PrivateKey.generate()
