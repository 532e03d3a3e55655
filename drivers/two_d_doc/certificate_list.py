"""The certificates that are believed, from a folder of signed content or from the library. Adapter (files)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.two_d_doc import authorities
from drivers.two_d_doc.trusted_list import certificates_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from drivers.two_d_doc.authorities import Authorities

_SUFFIXES = (".der", ".cer", ".crt", ".xml")
# The largest directory of France Titres has 130 certificates, 300 kB; beyond this a file is no list of certificates.
MAX_FILE_BYTES = 4_000_000


class CertificateListError(Exception):
    """There is no list of certificates to check papers with. Mend the folder, or leave it out to use the library's."""


def read(folder: Path) -> Authorities:
    """Return what the certificates of a folder (.der, .cer, .crt; trusted lists: .xml) let us believe.

    Raises:
        CertificateListError: it cannot be read, or no certificate of it can be believed.
    """
    return _read(folder)


def read_library() -> Authorities:
    """Return what the certificates that `tddoc` carries let us believe; those of nobody's home.

    Raises:
        CertificateListError: they cannot be read.
    """
    from importlib.resources import files  # noqa: PLC0415  (late: with the next)

    return _read(files("tddoc") / "chains")


def _read(folder: Traversable) -> Authorities:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        data = [_bytes(entry) for entry in entries if entry.name.endswith(_SUFFIXES)]
        return believe(data)
    except (OSError, ValueError) as error:
        raise CertificateListError(f"cannot read the certificates in {str(folder)!r}: {error}") from error


def believe(files: Iterable[bytes]) -> Authorities:
    """Return what the contents of such files let us believe.

    Raises:
        ValueError: one of them cannot be read, or none can be believed.
    """
    given = [certificates_in(data) for data in files]
    withdrawn = {der for each in given for der in each.withdrawn}
    ders = dict.fromkeys(der for each in given for der in each.certificates)
    found = authorities.believe(ders, withdrawn)
    if not len(found):
        raise ValueError(f"none of {len(ders)} certificates can be believed")
    return found


def _bytes(entry: Traversable) -> bytes:
    with entry.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"{entry.name!r} is too large")
    return data
