"""The doors of devices: what a printer, a card, a scanner says is nobody's whom we know."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from door import CORPUS, Door

from drivers.document import listed, options, raw
from drivers.document.orders import Feed, orders
from drivers.document.telling import Telling
from drivers.event_device.records import NoRecordsError, RecordReader
from drivers.interface import DeviceName
from drivers.news import PowerSource
from drivers.power import supply
from drivers.printer.answers import AnswerReader, RealTime
from drivers.printer.status import Question, automatic_fault, fault
from drivers.reader import tlv
from drivers.reader.atr import Holder, holder
from drivers.reader.badge import Badge, PinWanted, Refused, Verified, talk
from drivers.scanner.framing import Ending, Framing
from drivers.scanner.hearing import Hearing
from drivers.sound import wave
from drivers.two_d_doc import certificate_list, words
from drivers.two_d_doc.authorities import Authorities, signing_certificate
from drivers.two_d_doc.check import check
from drivers.two_d_doc.fields import split
from drivers.two_d_doc.parse import Document, parse
from drivers.two_d_doc.verdict import Paper
from sync.rejected import Reason, Rejected

_BADGE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_BADGES = (Badge("zoe.durand", _BADGE_KEY.public_key()),)
_DEVICE = DeviceName("device")


def _printer(data: bytes) -> object:
    """Read answers, and judge the state they tell of."""
    answers = AnswerReader().receive(data)
    real = [answer.byte for answer in answers if isinstance(answer, RealTime)]
    said = fault(dict(zip(Question, real, strict=False)))
    return answers, said, automatic_fault(data[:4].ljust(4, b"\0"))


def _card(data: bytes) -> object:
    """Have the dialogue with a card whose answers are `data`, cut at each 00 FF."""
    answers = iter(data.split(b"\x00\xff"))
    talking = talk(_BADGES, bytes(32))
    try:
        next(talking)
        while True:
            talking.send(next(answers, b""))
    except StopIteration as ended:
        if isinstance(ended.value, Verified):
            raise AssertionError("a badge was believed for nothing") from ended  # noqa: TRY004  (a broken promise)
        return ended.value


def _atr(data: bytes) -> object:
    return holder(data)


def _tlv(data: bytes) -> object:
    return (tlv.find(data, 0x53, 0x70), tlv.find(data, 0x7C, 0x82), tlv.find(data, 0x7F49))


def _codes(data: bytes) -> object:
    """Hear codes in each framing."""
    heard = []
    for ending in Ending:
        hearing = Hearing(_DEVICE, Framing(ending, aim=True))
        heard += [*hearing.receive(data, 0.0), *hearing.flush(10.0)]
    return tuple(heard)


def _sane(data: bytes) -> object:
    """Read lists of options and of scanners, what scanimage says, and a picture's head."""
    text = data.decode("utf-8", errors="replace")
    known = options.parse(text)
    told = [orders(known, feed) for feed in Feed]
    telling = Telling()
    percent = telling.receive(data)
    said = telling.fault(0, 1), telling.rounded_dpi, telling.last_words
    return told, percent, said, raw.head(data, len(data)), listed.meant("epsonds:libusb:1:2", listed.parse(text))


def _input(data: bytes) -> object:
    """Read the records of a keypad or a headphone socket."""
    try:
        return tuple(RecordReader().receive(data))
    except NoRecordsError as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))


def _wave(data: bytes) -> object:
    """Read what a synthesiser made."""
    try:
        return wave.read(data)
    except wave.NoWaveError as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))


def _supplies(data: bytes) -> object:
    """Judge power supplies, each a line of values between spaces."""
    lines = data.decode("ascii", errors="replace").splitlines()
    found = supply.source([dict(zip(supply.ATTRIBUTES, line.split(" "), strict=False)) for line in lines], 20)
    return Rejected(Reason.NOT_DECODABLE, "unknown") if found is None else found


@cache
def _fr00() -> Authorities:
    der = (files("tddoc") / "chains" / "FR00.der").read_bytes()
    return Authorities([signing_certificate(x509.load_der_x509_certificate(der))])


@cache
def _issued() -> frozenset[bytes]:
    """Return what the authority of the samples signed."""
    codes = map(parse, (path.read_bytes() for path in (CORPUS / "two-d-doc").iterdir()))
    return frozenset(code.signed_bytes for code in codes if isinstance(code, Document))


def _two_d_doc(data: bytes) -> object:
    """Check a paper, as a citizen holds it before the scanner."""
    paper = check(data, _fr00(), date(2026, 11, 24))
    code = parse(data)
    if paper.verdict.is_genuine and (not isinstance(code, Document) or code.signed_bytes not in _issued()):
        raise AssertionError("a paper was believed for nothing")
    return paper


def _two_d_doc_message(data: bytes) -> object:
    """Read what an issuer signed."""
    return words.lines(split(words.text(data), words.lengths("01")))


def _certificates(data: bytes) -> object:
    """Read a file of the list of certificates."""
    try:
        return certificate_list.believe([data])
    except ValueError as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))


DEVICE_DOORS = (
    Door("printer", _printer, (tuple,)),
    Door("card", _card, (Refused, PinWanted)),
    Door("atr", _atr, (Holder,)),
    Door("tlv", _tlv, (tuple,)),
    Door("codes", _codes, (tuple,)),
    Door("sane", _sane, (tuple,)),
    Door("input", _input, (tuple,)),
    Door("wave", _wave, (wave.Pcm,)),
    Door("supplies", _supplies, (PowerSource,)),
    Door("two-d-doc", _two_d_doc, (Paper,)),
    Door("two-d-doc-body", _two_d_doc_message, (tuple,)),
    Door("certificates", _certificates, (Authorities,)),
)
