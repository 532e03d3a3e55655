"""The dialogue with a badge: who it says it is, and the proof; the card's side is the simulator's."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from drivers.reader import tlv
from drivers.reader.apdu import for_t0
from drivers.reader.badge import Badge, BadgeFault, PinWanted, Refused, Verified, badge_key, talk
from drivers.reader.pin import Pin
from drivers.simulated.card import AgentBadge, OverT0, PivCard

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PIV_KEY = ec.derive_private_key(12345, ec.SECP256R1())
BADGES = (Badge("zoe.durand", KEY.public_key()), Badge("ali.benali", PIV_KEY.public_key()))
CHALLENGE = bytes(range(32))


def converse(card, *, badges=BADGES, challenge=CHALLENGE, pin=None):
    talking, orders = talk(badges, challenge, pin), []
    try:
        orders.append(next(talking))
        while True:
            orders.append(talking.send(card(orders[-1])))
    except StopIteration as ended:
        return ended.value, orders


def test_a_badge_that_signs_the_challenge_is_believed():
    assert converse(AgentBadge("zoe.durand", KEY))[0] == Verified("zoe.durand")


def test_a_piv_card_whose_key_is_configured_is_believed():
    assert converse(PivCard(PIV_KEY))[0] == Verified("ali.benali")


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (AgentBadge("zoe.durand", Ed25519PrivateKey.generate()), BadgeFault.WRONG_SIGNATURE),
        (AgentBadge("nobody", KEY), BadgeFault.NOT_ENROLLED),
        (AgentBadge("ali.benali", KEY), BadgeFault.NOT_ENROLLED),
        (PivCard(ec.generate_private_key(ec.SECP256R1())), BadgeFault.NOT_ENROLLED),
        (lambda _: b"\x6a\x82", BadgeFault.NOT_A_BADGE),
        (lambda _: b"\x69\x85", BadgeFault.NOT_A_BADGE),
        (lambda _: b"", BadgeFault.TALKS_NONSENSE),
        (lambda _: b"\x90", BadgeFault.TALKS_NONSENSE),
        (lambda _: bytes(60_000) + b"\x90\x00", BadgeFault.TALKS_NONSENSE),
        (lambda _: b"zoe.durand\x90\x00", BadgeFault.WRONG_SIGNATURE),
    ],
)
def test_a_card_that_cannot_prove_itself_is_refused_with_its_reason(card, reason):
    assert converse(card)[0] == Refused(reason)


def test_a_signature_of_before_is_worth_nothing():
    card = AgentBadge("zoe.durand", KEY)
    kept = [card(order) for order in converse(card)[1]]
    replayed = iter(kept)
    assert converse(lambda _: next(replayed), challenge=bytes(32))[0] == Refused(BadgeFault.WRONG_SIGNATURE)


def test_a_badge_that_wants_its_pin_says_so_and_has_it():
    card = AgentBadge("zoe.durand", KEY, pin=b"2468")
    assert converse(card)[0] == PinWanted(3)
    assert converse(card, pin=Pin("2468"))[0] == Verified("zoe.durand")
    assert converse(card, pin=Pin("0000"))[0] == Refused(BadgeFault.PIN_WRONG)


def test_the_last_try_is_never_spent():
    card = AgentBadge("zoe.durand", KEY, pin=b"2468", tries_left=1)
    assert converse(card, pin=Pin("2468"))[0] == Refused(BadgeFault.PIN_BLOCKED)
    assert card.tries_left == 1


def test_a_pin_is_shown_nowhere_and_gone_once_taken():
    pin = Pin("2468")
    assert "2468" not in f"{pin} {pin!r}"
    assert (pin.take(), pin.take()) == (b"2468", b"")


def test_a_badge_of_protocol_t0_is_believed():
    over_t0 = OverT0(AgentBadge("zoe.durand", KEY))
    assert converse(lambda order: over_t0(for_t0(order)))[0] == Verified("zoe.durand")


def test_a_key_of_another_kind_is_no_badges():
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    text = base64.b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    with pytest.raises(ValueError, match="Ed25519 or P-256"):
        badge_key(text)


def test_a_certificate_changed_anywhere_never_makes_the_dialogue_fail():
    # What fails in a thread ends the kiosk: anybody can make a card with such a certificate.
    card = PivCard(PIV_KEY)
    held = card(bytes.fromhex("00CB3FFF00"))[:-2] + card(bytes.fromhex("00C0000000"))[:-2]
    assert tlv.find(held, 0x53, 0x70)
    for place in range(len(held)):
        for value in (7, 0xFF):
            changed = held[:place] + bytes([value]) + held[place + 1 :]
            card = {0xA4: b"\x90\x00", 0xCB: changed + b"\x90\x00", 0x87: b"\x7c\x00\x90\x00"}
            said = iter([b"\x6a\x82"])
            outcome = converse(lambda order, card=card, said=said: next(said, None) or card[order[1]])[0]
            assert isinstance(outcome, Refused)


@given(st.lists(st.binary(max_size=80), min_size=90, max_size=90))
def test_whatever_a_card_says_it_is_not_believed_for_nothing(answers):
    said = iter(answers)
    assert not isinstance(converse(lambda _: next(said))[0], Verified)


@given(st.integers(0, 3), st.integers(0, 70), st.integers(0, 7))
def test_one_bit_changed_in_what_a_badge_says_is_not_believed(number, place, bit):
    card, spoken = AgentBadge("zoe.durand", KEY), []

    def changed(order):
        answer = bytearray(card(order))
        if len(spoken) == number and place < len(answer):
            answer[place] ^= 1 << bit
            spoken.append("changed")
        spoken.append(order)
        return bytes(answer)

    outcome = converse(changed)[0]
    assert "changed" not in spoken or outcome != Verified("zoe.durand")
