"""The two forms in which France Titres publishes certificates, as certificates one by one. No I/O.

* The trusted list (TSL, ETSI TS 119 612): the authorities, each with its status. Its signature is not verified here:
  it comes in content that is signed already.
* An authority's directory: all that it issued, in one body of several parts (RFC 2046).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

_TSL = "{http://uri.etsi.org/02231/v2#}"
# The words of older lists and of today's for an authority that counts.
_IN_FORCE = {
    "inaccord",
    "undersupervision",
    "supervisionincessation",
    "accredited",
    "granted",
    "recognisedatnationallevel",
}
_MARK = b"TrustServiceStatusList"
_PART_END = b"--End"


@dataclass(frozen=True, slots=True)
class Given:
    """Certificates (DER) which a file of the list gave."""

    certificates: tuple[bytes, ...]
    withdrawn: tuple[bytes, ...] = ()


def certificates_in(data: bytes) -> Given:
    """Return the certificates in a file: a trusted list, a directory or one certificate (DER).

    Raises:
        ValueError: it is a trusted list which cannot be read.
    """
    if _MARK in data[:1024]:
        return _of_trusted_list(data)
    if _PART_END in data:
        return Given(tuple(_of_directory(data)))
    return Given((data,))


def _of_directory(data: bytes) -> list[bytes]:
    body = data.split(_PART_END + b"--")[0]
    parts = (part.partition(b"\r\n\r\n")[2] for part in body.split(_PART_END + b"\r\n"))
    return [part.removesuffix(b"\r\n") for part in parts if part]


def _of_trusted_list(data: bytes) -> Given:
    from defusedxml import DefusedXmlException  # noqa: PLC0415  (late: only where a list is given)
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415  (late: see above)

    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError("not a trusted list") from error
    in_force: list[bytes] = []
    withdrawn: list[bytes] = []
    for service in root.iter(f"{_TSL}ServiceInformation"):
        status = service.findtext(f"{_TSL}ServiceStatus", "").strip().rpartition("/")[2]
        for text in service.iter(f"{_TSL}X509Certificate"):
            try:
                der = base64.b64decode("".join((text.text or "").split()), validate=True)
            except binascii.Error as error:
                raise ValueError("a certificate of the trusted list cannot be read") from error
            (in_force if status in _IN_FORCE else withdrawn).append(der)
    return Given(tuple(in_force), tuple(withdrawn))
