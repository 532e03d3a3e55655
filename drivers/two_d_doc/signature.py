"""The signature of a 2D-Doc: where it ends, and whether a key made it. No I/O.

It is ECDSA's two numbers, one after the other, each as long as the curve's field; written in Base32 without padding,
but raw in version 1. tddoc takes SHA-256 on every curve and 64 bytes only, so it is verified here.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from drivers.two_d_doc.parse import Document

# The curves of issuers (those certified today have the first two), with the length of one number in bytes.
NUMBER_BYTES = {"secp256r1": 32, "secp384r1": 48, "secp521r1": 66}

_BASE32_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BLANKS = b"\r\n "


def is_signed(document: Document, key: EllipticCurvePublicKey) -> bool:
    """Say whether `key` signed the document. A signature that makes no sense is none."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (late: 20 ms)
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  (late: see above)
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415  (late: see above)

    number_bytes = NUMBER_BYTES[key.curve.name]
    signature = _numbers(document, 2 * number_bytes)
    if signature is None:
        return False
    r, s = int.from_bytes(signature[:number_bytes]), int.from_bytes(signature[number_bytes:])
    # The hash goes with the curve, as in the public parser of the French state (betagouv/2ddoc-parser). Issuers whose
    # software always takes SHA-256, as tddoc does, are believed too: a genuine paper called altered accuses somebody.
    by_rule: hashes.HashAlgorithm = {32: hashes.SHA256(), 48: hashes.SHA384(), 66: hashes.SHA512()}[number_bytes]
    for algorithm in (by_rule, hashes.SHA256()):
        try:
            key.verify(utils.encode_dss_signature(r, s), document.signed_bytes, ec.ECDSA(algorithm))
        except InvalidSignature:
            continue
        return True
    return False


def _numbers(document: Document, length: int) -> bytes | None:
    """Return the signature's bytes: `length` of them, or none."""
    zone = document.signature_zone
    if document.header.version == 1 and not zone[length:].strip(_BLANKS) and len(zone) >= length:
        return zone[:length]  # a raw signature may end with a byte that looks like a line's end
    rest = zone.lstrip(_BASE32_LETTERS)
    letters = zone[: len(zone) - len(rest)]
    is_annexed = document.header.version == 4 and rest.startswith(b"\x1d")  # noqa: PLR2004  (the annex came with it)
    if rest.strip(_BLANKS) and not is_annexed:
        return None
    try:
        signature = base64.b32decode(letters + b"=" * (-len(letters) % 8))
    except binascii.Error:
        return None
    return signature if len(signature) == length else None
