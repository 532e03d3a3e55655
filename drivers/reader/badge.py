"""The dialogue with an agent's badge: who it says it is, and the proof. No I/O.

    SELECT our applet ─ found ─► it names its agent ─► challenge ─► signature ─► Verified, or Refused
           └─ not found ─► SELECT PIV ─► its certificate ─► challenge to the card authentication key ─► the same

A name proves nothing: a badge is believed when it signs a fresh challenge with the key which signed configuration
gives for that agent. `talk` is a generator: it yields bytes for the card, takes the card's, and returns the outcome.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from drivers.reader import tlv
from drivers.reader.apdu import Answer, Command, transmit

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from drivers.reader.pin import Pin

# Our applet: a proprietary identifier (ISO/IEC 7816-5, first nibble F), "Guichet", version 1.
APPLET = bytes.fromhex("F0") + b"Guichet" + b"\x01"
# NIST SP 800-73-4, part 1, 2.2: the PIV card application, without its version, so that any is selected.
PIV = bytes.fromhex("A000000308000010000100")[:9]
_CARD_AUTHENTICATION = bytes.fromhex("5FC101")  # the X.509 certificate for card authentication (table 3)
_CARD_KEY, _P256 = 0x9E, 0x11  # SP 800-78-4, tables 6-1 and 6-2
CONTEXT = b"guichet/badge/v1\0"
CHALLENGE_BYTES = 32
_NOT_FOUND = {0x6A82, 0x6A81, 0x6D00, 0x6E00}
_PIN_WANTED = 0x6982
_TRIES = 0x63C0
_BLOCKED = 0x6983


class BadgeFault(Enum):
    """Why a badge was not believed."""

    NOT_A_BADGE = auto()
    NOT_ENROLLED = auto()
    """It is a badge, and nobody's whom configuration names."""
    WRONG_SIGNATURE = auto()
    """It cannot prove that it is the badge it says it is: a copy, or a forgery."""
    TALKS_NONSENSE = auto()
    PIN_WRONG = auto()
    PIN_BLOCKED = auto()
    """Too few tries are left to risk one here: whoever gives out badges can open it again."""


@dataclass(frozen=True, slots=True)
class Badge:
    """An agent's badge as signed configuration names it: Ed25519 for our applet, P-256 for a PIV card."""

    agent: str
    key: Ed25519PublicKey | ec.EllipticCurvePublicKey


def badge_key(text: str) -> Ed25519PublicKey | ec.EllipticCurvePublicKey:
    """Return the public key that configuration spells (DER in base64).

    Raises:
        ValueError: it is none of the two kinds that badges have.
    """
    key = load_der_public_key(base64.b64decode(text, validate=True))
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError(f"a badge's key is of Ed25519 or P-256, not {type(key).__name__!r}")


@dataclass(frozen=True, slots=True)
class Verified:
    """The badge of this agent, proven."""

    agent: str


@dataclass(frozen=True, slots=True)
class Refused:
    """No badge that is believed."""

    reason: BadgeFault


@dataclass(frozen=True, slots=True)
class PinWanted:
    """The badge signs only after its PIN."""

    tries_left: int | None


Outcome: TypeAlias = Verified | Refused | PinWanted
_Talk: TypeAlias = "Generator[bytes, bytes, Outcome]"
_NONSENSE = Refused(BadgeFault.TALKS_NONSENSE)


def talk(badges: Sequence[Badge], challenge: bytes, pin: Pin | None = None) -> _Talk:
    """Speak to a card that may be a badge. `challenge` is fresh and random, `CHALLENGE_BYTES` long."""
    selected = yield from transmit(Command(0, 0xA4, 4, 0, APPLET, expected=256))
    if selected is None:
        return _NONSENSE
    if selected.ok:
        return (yield from _applet(selected, badges, challenge, pin))
    if selected.status not in _NOT_FOUND:
        return Refused(BadgeFault.NOT_A_BADGE)
    return (yield from _piv(badges, challenge))


def _applet(  # noqa: PLR0911  (one way out for each thing a card can do)
    selected: Answer, badges: Sequence[Badge], challenge: bytes, pin: Pin | None
) -> _Talk:
    named = selected.data.decode("utf-8", errors="replace")
    badge = next((each for each in badges if each.agent == named), None)
    if badge is None or not isinstance(badge.key, Ed25519PublicKey):
        return Refused(BadgeFault.NOT_ENROLLED)
    if pin is not None:
        refused = yield from _show_pin(pin)
        if refused is not None:
            return refused
    answer = yield from transmit(Command(0, 0x88, 0, 0, challenge, expected=256))  # INTERNAL AUTHENTICATE
    if answer is None:
        return _NONSENSE
    if answer.status == _PIN_WANTED:
        return PinWanted((yield from _tries_left()))
    if not answer.ok:
        return _NONSENSE
    try:
        badge.key.verify(answer.data, CONTEXT + challenge)
    except InvalidSignature:
        return Refused(BadgeFault.WRONG_SIGNATURE)
    return Verified(badge.agent)


def _tries_left() -> Generator[bytes, bytes, int | None]:
    """Ask how many wrong PINs the card still forgives (VERIFY without data); None where it does not say."""
    answer = yield from transmit(Command(0, 0x20, 0, 1))
    return answer.status & 0x0F if answer is not None and answer.status & 0xFFF0 == _TRIES else None


def _show_pin(pin: Pin) -> Generator[bytes, bytes, Refused | None]:
    """Show the PIN, unless a wrong one could be the last."""
    left = yield from _tries_left()
    if left is None or left <= 1:
        return Refused(BadgeFault.PIN_BLOCKED)
    answer = yield from transmit(Command(0, 0x20, 0, 1, pin.take()))
    if answer is None:
        return _NONSENSE
    if answer.ok:
        return None
    wrong = answer.status & 0xFFF0 == _TRIES
    if not wrong and answer.status != _BLOCKED:
        return _NONSENSE
    return Refused(BadgeFault.PIN_WRONG if wrong else BadgeFault.PIN_BLOCKED)


def _piv(badges: Sequence[Badge], challenge: bytes) -> _Talk:  # noqa: PLR0911  (as above)
    selected = yield from transmit(Command(0, 0xA4, 4, 0, PIV, expected=256))
    if selected is None:
        return _NONSENSE
    if not selected.ok:
        return Refused(BadgeFault.NOT_A_BADGE)
    wanted = tlv.encode(0x5C, _CARD_AUTHENTICATION)
    held = yield from transmit(Command(0, 0xCB, 0x3F, 0xFF, wanted, expected=256))  # GET DATA
    if held is None:
        return _NONSENSE
    certificate = tlv.find(held.data, 0x53, 0x70)
    badge = _of_certificate(certificate, badges) if held.ok and certificate else None
    if badge is None:
        return Refused(BadgeFault.NOT_ENROLLED)
    asked = tlv.encode(0x7C, tlv.encode(0x82, b"") + tlv.encode(0x81, challenge))
    answer = yield from transmit(Command(0, 0x87, _P256, _CARD_KEY, asked, expected=256))  # GENERAL AUTHENTICATE
    signature = tlv.find(answer.data, 0x7C, 0x82) if answer is not None and answer.ok else None
    if signature is None or not isinstance(badge.key, ec.EllipticCurvePublicKey):
        return _NONSENSE
    try:
        # The card signs the challenge as if it were a hash (SP 800-73-4, part 2, A.4.2).
        badge.key.verify(signature, challenge, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        return Refused(BadgeFault.WRONG_SIGNATURE)
    return Verified(badge.agent)


def _of_certificate(der: bytes, badges: Sequence[Badge]) -> Badge | None:
    """Return the badge with the key of a certificate. Its issuer is not asked: configuration names the key itself."""
    try:
        key = x509.load_der_x509_certificate(der).public_key()
        said = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):  # a card may hold anything
        return None
    known = ((each, each.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) for each in badges)
    return next((badge for badge, its in known if its == said), None)
