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
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

AUTHORITY_DAYS = 3650
SERVER_DAYS = 825
DEVICE_DAYS = 825
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
        _dated(x509.CertificateBuilder(), now, AUTHORITY_DAYS)
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
    builder = _leaf(authority, host, key.public_key(), now, SERVER_DAYS, ExtendedKeyUsageOID.SERVER_AUTH)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    names = x509.SubjectAlternativeName([alternative])
    return key, builder.add_extension(names, critical=False).sign(authority.key, hashes.SHA256())


def client_certificate(authority: Authority, name: str, key: Ed25519PublicKey, now: dt.datetime) -> x509.Certificate:
    """Return the certificate under which `name` speaks to the broker.

    Raises:
        NameRefusedError: the name could be taken for a topic's wildcard or level.
    """
    if not _NAME.fullmatch(name):
        raise NameRefusedError(f"{name!r} is not a name of lower-case letters, digits and hyphens, 63 at most")
    return _leaf(authority, name, key, now, DEVICE_DAYS, ExtendedKeyUsageOID.CLIENT_AUTH).sign(
        authority.key, hashes.SHA256()
    )


def _leaf(  # noqa: PLR0913, PLR0917  (a certificate has this many independent fields)
    authority: Authority,
    name: str,
    key: CertificatePublicKeyTypes,
    now: dt.datetime,
    days: int,
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    return (
        _dated(x509.CertificateBuilder(), now, days)
        .subject_name(_name(name))
        .issuer_name(authority.certificate.subject)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )


def _dated(builder: x509.CertificateBuilder, now: dt.datetime, days: int) -> x509.CertificateBuilder:
    dated = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=days))
    return dated.serial_number(x509.random_serial_number())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_client_key() -> Ed25519PrivateKey:
    """Return a new key for a device or for the hub."""
    return Ed25519PrivateKey.generate()
