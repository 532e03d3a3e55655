"""Mutual TLS towards the broker."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


# openssl/x509_vfy.h: X509_V_FLAG_NO_CHECK_TIME. The ssl module has no name for it.
_NO_CHECK_TIME = 0x200000


class CertificateFileError(Exception):
    """A certificate or key file cannot be used; the message names the files."""


def client_context(ca_file: Path, certificate_file: Path, key_file: Path) -> ssl.SSLContext:
    """Return a context that trusts only our own authority and shows our own certificate.

    Dates in the broker's certificate are not looked at: a device without a clock starts in 1970, one whose battery lies
    in 2040, and neither could ever learn the time again. What dates protect against, an old stolen key of the broker,
    is met by the authority being ours alone and by the hub's signatures; devices' own dates are judged by the broker,
    whose clock is right.

    TLS 1.2 is the floor (ANSSI, "Recommandations de sécurité relatives à TLS", R3); 1.3 is used wherever both have it.

    Raises:
        CertificateFileError: a file is missing, or is no certificate or key, or they do not belong together.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags |= _NO_CHECK_TIME
        context.load_verify_locations(ca_file)
        context.load_cert_chain(certificate_file, key_file)
    except (OSError, ssl.SSLError) as error:
        files = f"{ca_file}, {certificate_file}, {key_file}"
        raise CertificateFileError(f"cannot use the certificates {files}: {error}") from error
    return context
