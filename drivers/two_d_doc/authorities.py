"""Which issuers' certificates are believed, and why others are not. No I/O.

A certificate is believed where an authority's own, given beside it, says that it issued it: the authority is found by
its name and must have signed it, be an authority, and have been valid on that day. Nothing that ships with a library
vouches for an authority: the list does, which comes in signed content (`drivers.two_d_doc.certificate_list`).

Left out on purpose: revocation lists, which need the network. An authority or certificate is revoked by a new list.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from drivers.two_d_doc.signature import NUMBER_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import Certificate, Name

# It signs the specification's own examples: an authority for tests, which vouches for nobody.
TEST_AUTHORITY_ID = "FR00"

_ID = re.compile("[0-9A-Z]{4}")


class LeftOut(Enum):
    """Why a certificate of the list is not believed."""

    NOT_A_CERTIFICATE = auto()
    NO_NAMES = auto()
    """Its names, or its issuer's, are not the four characters which codes use."""
    TEST_AUTHORITY = auto()
    WITHDRAWN = auto()
    """The list of authorities says that it no longer counts."""
    AUTHORITY_MISSING = auto()
    """Whoever issued it is not in the list."""
    NOT_ISSUED = auto()
    """The authority it names did not issue it, or had no right to on that day."""
    NOT_FOR_SIGNING = auto()


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """Somebody who signs papers."""

    authority_id: str
    certificate_id: str
    organisation: str
    begins: date
    ends: date
    key: EllipticCurvePublicKey | None
    """None where it is of a kind that cannot sign 2D-Docs."""


class Authorities:
    """The certificates that are believed."""

    def __init__(self, believed: Iterable[SigningCertificate], left_out: Mapping[str, LeftOut] | None = None) -> None:
        self._believed: dict[tuple[str, str], list[SigningCertificate]] = {}
        for each in believed:
            self._believed.setdefault((each.authority_id, each.certificate_id), []).append(each)
        self.left_out: Mapping[str, LeftOut] = left_out or {}
        """By the names of issuer and subject, or where it stood in the list."""

    def __len__(self) -> int:
        return sum(map(len, self._believed.values()))

    def find(self, authority_id: str, certificate_id: str) -> tuple[SigningCertificate, ...]:
        """Return the certificates of these names: mostly one, two where one was renewed, none if unknown."""
        return tuple(self._believed.get((authority_id, certificate_id), ()))


def believe(ders: Iterable[bytes], withdrawn: Collection[bytes] = ()) -> Authorities:
    """Return the certificates to believe among those given (DER), whose order does not matter."""
    from cryptography import x509  # noqa: PLC0415  (late: 20 ms)

    left_out: dict[str, LeftOut] = {}
    authorities: dict[str, list[Certificate]] = {}
    issued: list[Certificate] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some issuers' names are longer than X.509 allows
        for number, der in enumerate(ders, start=1):
            try:
                certificate = x509.load_der_x509_certificate(der)
                is_authority = _is_authority(certificate)
                certificate.public_key()
                names = f"{_name(certificate.issuer)} {_name(certificate.subject)}"
            except _unreadable():
                left_out[f"certificate {number}"] = LeftOut.NOT_A_CERTIFICATE
                continue
            if der in withdrawn:
                left_out[names] = LeftOut.WITHDRAWN
            elif TEST_AUTHORITY_ID in names.split():
                left_out[names] = LeftOut.TEST_AUTHORITY
            elif is_authority:
                authorities.setdefault(_name(certificate.subject), []).append(certificate)
            else:
                issued.append(certificate)
        believed = []
        for certificate in issued:
            found = _believe(certificate, authorities.get(_name(certificate.issuer), []))
            if isinstance(found, SigningCertificate):
                believed.append(found)
            else:
                left_out[f"{_name(certificate.issuer)} {_name(certificate.subject)}"] = found
    return Authorities(believed, left_out)


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what reading a certificate may raise."""
    from cryptography import exceptions, x509  # noqa: PLC0415  (late: see above)

    own = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
    return (ValueError, TypeError, exceptions.UnsupportedAlgorithm, *own)


def _believe(certificate: Certificate, authorities: list[Certificate]) -> SigningCertificate | LeftOut:
    names = _name(certificate.issuer), _name(certificate.subject)
    if not all(map(_ID.fullmatch, names)):
        return LeftOut.NO_NAMES
    if not authorities:
        return LeftOut.AUTHORITY_MISSING
    if not any(_was_issued(certificate, by) for by in authorities):
        return LeftOut.NOT_ISSUED
    if not _may_sign(certificate):
        return LeftOut.NOT_FOR_SIGNING
    return signing_certificate(certificate)


def signing_certificate(certificate: Certificate) -> SigningCertificate:
    """Return what is needed of a certificate, which the caller vouches for."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  (late: see above)
    from cryptography.x509 import NameOID  # noqa: PLC0415  (late: see above)

    key = certificate.public_key()
    is_usable = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in NUMBER_BYTES
    organisations = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return SigningCertificate(
        _name(certificate.issuer),
        _name(certificate.subject),
        str(organisations[0].value) if organisations else "",
        certificate.not_valid_before_utc.date(),
        certificate.not_valid_after_utc.date(),
        key if is_usable and isinstance(key, ec.EllipticCurvePublicKey) else None,
    )


def _was_issued(certificate: Certificate, authority: Certificate) -> bool:
    """Say whether the authority signed the certificate, on a day when it was valid itself.

    What it signed while it was valid stays good after its end: papers are looked at years later.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415  (late: see above)

    if not authority.not_valid_before_utc <= certificate.not_valid_before_utc <= authority.not_valid_after_utc:
        return False
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _is_authority(certificate: Certificate) -> bool:
    from cryptography import x509  # noqa: PLC0415  (late: see above)

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _may_sign(certificate: Certificate) -> bool:
    from cryptography import x509  # noqa: PLC0415  (late: see above)

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True  # it forbids nothing
    return usage.digital_signature or usage.content_commitment


def _name(name: Name) -> str:
    """Return the common name, which for a 2D-Doc is four characters."""
    from cryptography.x509 import NameOID  # noqa: PLC0415  (late: see above)

    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 else "?"
