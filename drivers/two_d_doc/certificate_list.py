"""The certificates that are believed, from signed content, from a folder or from the library. Adapter (files).

What France Titres publishes is several files, and what is pushed is one: those files in a ZIP archive, as any tool
makes it. The library's own list is nothing but the default.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from drivers.two_d_doc import authorities
from drivers.two_d_doc.trusted_list import certificates_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from drivers.two_d_doc.authorities import Authorities

_ARCHIVE = b"PK\x03\x04"
_SUFFIXES = (".der", ".cer", ".crt", ".xml")
# The largest directory of France Titres has 130 certificates, 300 kB; beyond this a file is no list of certificates.
MAX_FILE_BYTES = 4_000_000
# Of all that an archive holds: ten times what there is today.
MAX_LIST_BYTES = 8_000_000


class CertificateListError(Exception):
    """There is no list of certificates to check papers with. Mend the list, or leave it out to use the library's."""


def read(path: Path) -> Authorities:
    """Return what the certificates of a file, of an archive or of a folder let us believe.

    In the last two, files are certificates or directories (.der, .cer, .crt) or trusted lists (.xml).

    Raises:
        CertificateListError: it cannot be read, or no certificate of it can be believed.
    """
    return _read(path)


def read_library() -> Authorities:
    """Return what the certificates that `tddoc` carries let us believe; those of nobody's home.

    Raises:
        CertificateListError: they cannot be read.
    """
    from importlib.resources import files  # noqa: PLC0415  (late: with the next)

    return _read(files("tddoc") / "chains")


def _read(path: Traversable) -> Authorities:
    try:
        if path.is_dir():
            entries = sorted(path.iterdir(), key=lambda entry: entry.name)
            return believe([_bytes(entry) for entry in entries if entry.name.lower().endswith(_SUFFIXES)])
        data = _bytes(path)
        return believe(_archived(data) if data.startswith(_ARCHIVE) else [data])
    except (OSError, ValueError) as error:
        raise CertificateListError(f"cannot read the certificates in {str(path)!r}: {error}") from error


def _archived(data: bytes) -> list[bytes]:
    """Return the files of an archive that may be certificates.

    Raises:
        ValueError: it cannot be read, or holds more than any list.
    """
    import zipfile  # noqa: PLC0415  (late: only where an archive is given)
    import zlib  # noqa: PLC0415  (as above)

    files: list[bytes] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
                if entry.filename.lower().endswith(_SUFFIXES):
                    left = MAX_LIST_BYTES - sum(map(len, files))
                    with archive.open(entry) as file:
                        files.append(file.read(left + 1))
                    if len(files[-1]) > left:
                        raise ValueError("the archive holds more than any list")
    # An encrypted file, or one by another method, is a RuntimeError.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise ValueError(f"the archive cannot be read: {error}") from error
    return files


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
