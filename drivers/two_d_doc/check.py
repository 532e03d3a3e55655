"""The one entry: from the bytes of a code to a checked paper. No I/O.

It decides in this order, and what it cannot decide it never takes for good:
no 2D-Doc · a form we cannot read · an issuer nobody vouches for · a signature not of this content ·
no date of signature · signed outside of the certificate's validity · genuine.

The date of signature is the issuer's word, covered by its signature: whoever steals a key after the certificate's end
could write an earlier one. A list without that certificate is the answer, and the only one there is offline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.two_d_doc import words
from drivers.two_d_doc.fields import split
from drivers.two_d_doc.parse import Unreadable, parse
from drivers.two_d_doc.signature import is_signed
from drivers.two_d_doc.verdict import Doubt, Paper, Verdict

if TYPE_CHECKING:
    from datetime import date

    from drivers.two_d_doc.authorities import Authorities, SigningCertificate
    from drivers.two_d_doc.parse import Document

_UNREADABLE = {
    Unreadable.NOT_A_2D_DOC: Paper(Verdict.NOT_A_2D_DOC),
    Unreadable.NEWER_VERSION: Paper(Verdict.CANNOT_TELL, Doubt.NEWER_VERSION),
    Unreadable.BINARY: Paper(Verdict.CANNOT_TELL, Doubt.BINARY),
    Unreadable.NO_SIGNATURE: Paper(Verdict.CANNOT_TELL, Doubt.NO_SIGNATURE),
}


def check(code: bytes, authorities: Authorities, today: date) -> Paper:
    """Say whether a code's paper is genuine, and if it is, what it says.

    `today` only tells a certificate that has ended since: a wrong clock never makes a paper good or bad.
    """
    document = parse(code)
    if isinstance(document, Unreadable):
        return _UNREADABLE[document]
    header = document.header
    verdict, certificate = _judge(document, authorities, today)
    doubt = verdict if isinstance(verdict, Doubt) else None
    if isinstance(verdict, Doubt):
        verdict = Verdict.CANNOT_TELL
    title = words.title(header.perimeter, header.document_type)
    if certificate is None:
        return Paper(verdict, doubt, title)
    read = split(words.text(document.message), words.lengths(header.perimeter))
    return Paper(verdict, None, title, certificate.organisation, header.signed, words.lines(read), read.is_whole)


def _judge(
    document: Document, authorities: Authorities, today: date
) -> tuple[Verdict | Doubt, SigningCertificate | None]:
    """Return the verdict, and whoever vouches for the paper: nobody unless it is genuine."""
    header = document.header
    certificates = authorities.find(header.authority_id, header.certificate_id)
    if not certificates:
        return Verdict.UNKNOWN_ISSUER, None
    signers = [each for each in certificates if each.key and is_signed(document, each.key)]
    if not signers:
        is_usable = all(each.key for each in certificates)
        return Verdict.ALTERED if is_usable else Doubt.UNUSABLE_KEY, None
    if header.signed is None:
        return Doubt.NO_SIGNATURE_DATE, None
    # A day counts whole, whatever the hour and the overseas clock at which the certificate began and ended.
    valid = [each for each in signers if each.begins <= header.signed <= each.ends]
    if not valid:
        return Verdict.EXPIRED_CERTIFICATE, None
    latest = max(valid, key=lambda each: each.ends)
    return Verdict.GENUINE if today <= latest.ends else Verdict.GENUINE_LONG_AGO, latest
