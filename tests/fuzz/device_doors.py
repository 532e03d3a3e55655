"""The doors of devices: what a printer, a card, a scanner says is nobody's whom we know."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from door import Door

from drivers.document import options
from drivers.document.telling import Telling, is_whole
from drivers.interface import DeviceName
from drivers.printer.answers import AnswerReader, RealTime
from drivers.printer.status import Question, automatic_fault, fault
from drivers.reader import tlv
from drivers.reader.atr import Holder, holder
from drivers.reader.badge import Badge, PinWanted, Refused, Verified, talk
from drivers.scanner.framing import Ending, Framing
from drivers.scanner.hearing import Hearing

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
    """Read a list of options, what scanimage says, and a picture's head."""
    known = options.parse(data.decode("utf-8", errors="replace"))
    telling = Telling()
    percent = telling.receive(data)
    return options.orders(known, feeder=True), percent, telling.fault(0, 1), is_whole(data, len(data))


DEVICE_DOORS = (
    Door("printer", _printer, (tuple,)),
    Door("card", _card, (Refused, PinWanted)),
    Door("atr", _atr, (Holder,)),
    Door("tlv", _tlv, (tuple,)),
    Door("codes", _codes, (tuple,)),
    Door("sane", _sane, (tuple,)),
)
