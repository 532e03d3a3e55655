"""The operator's authority on disk: its key, what it has issued, and what it has revoked. Adapter: files.

authority/{ca.crt,ca.key}  authority/issued/<device>/<serial>.crt  authority/revoked.crl
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from config.whole_file import sync_directory, write_whole
from fleet import pki

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

# Within the operator's folder.
REVOKED = Path("authority/revoked.crl")


class AuthorityError(Exception):
    """The operator's folder holds no authority that can be used; the message says why."""


def load(folder: Path) -> pki.Authority:
    """Return the authority of the operator's `folder`.

    Raises:
        AuthorityError: there is none.
    """
    try:
        key = load_pem_private_key((folder / "authority/ca.key").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / "authority/ca.crt").read_bytes())
    except (OSError, ValueError) as error:
        raise AuthorityError(f"{str(folder)!r} holds no authority: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise AuthorityError(f"{str(folder)!r} holds an authority of another kind")
    return pki.Authority(key, certificate)


def keep(folder: Path, device: str, certificate: x509.Certificate) -> None:
    """Keep a copy of what was issued to `device`: who revokes it has to know its number.

    Raises:
        OSError: it cannot be written.
    """
    kept = _issued(folder, device)
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{certificate.serial_number:x}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))


def issued(folder: Path, device: str) -> list[x509.Certificate]:
    """Return every certificate that was issued to `device`.

    Raises:
        AuthorityError: one of the copies cannot be read.
    """
    try:
        return [x509.load_pem_x509_certificate(file.read_bytes()) for file in _issued(folder, device).glob("*.crt")]
    except (OSError, ValueError) as error:
        raise AuthorityError(f"cannot read what was issued to {device!r}: {error}") from error


def revoke(folder: Path, certificates: Iterable[x509.Certificate], now: dt.datetime, *passing: int) -> None:
    """Add `certificates`, and the numbers of `passing` ones, to the list that the broker reads.

    The list is replaced as a whole: a broker that reads at this moment reads the old one or the new one.

    Raises:
        AuthorityError: the list cannot be read or written.
    """
    path = folder / REVOKED
    try:
        before = x509.load_pem_x509_crl(path.read_bytes()) if path.exists() else None
        withdrawn = [pki.Revoked(one.serial_number, now) for one in certificates]
        passed = [pki.Revoked(serial, now, passing=True) for serial in passing]
        listed = pki.revocation_list(load(folder), [*withdrawn, *passed], now, before)
        write_whole(path, listed.public_bytes(Encoding.PEM))
        sync_directory(path.parent)
    except (OSError, ValueError) as error:
        raise AuthorityError(f"cannot use the list of revoked certificates {str(path)!r}: {error}") from error


def _issued(folder: Path, device: str) -> Path:
    return folder / "authority/issued" / device
