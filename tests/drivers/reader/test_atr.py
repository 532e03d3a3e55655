"""Whose card it may be; whatever is not a badge is a citizen's, and is not spoken to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.reader.atr import Holder, historical_bytes, holder
from drivers.simulated.card import BANK_ATR, VITALE_ATR, badge_atr

# From the list of pcsc-tools: Vitale cards, a YubiKey, a Navigo pass (contactless), a German identity card, an OpenPGP.
KNOWN = [
    ("3B 75 13 00 00 43 09 EA 90 00", Holder.INSURED),
    ("3B 75 13 00 00 49 09 EA 90 00", Holder.INSURED),
    ("3F 65 25 00 52 09 6A 90 00", Holder.INSURED),
    ("3B FD 13 00 00 81 31 FE 15 80 73 C0 21 C0 57 59 75 62 69 4B 65 79 40", Holder.AGENT),
    ("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A", Holder.CITIZEN),
    ("3B 88 80 01 00 00 00 00 00 00 00 00 09", Holder.CITIZEN),
    ("3B DA 18 FF 81 B1 FE 75 1F 03 00 31 C5 73 C0 01 40 00 90 00 0C", Holder.CITIZEN),
]


@pytest.mark.parametrize(("atr", "whose"), KNOWN)
def test_known_cards_are_told_apart(atr, whose):
    assert holder(bytes.fromhex(atr)) is whose


def test_our_simulated_cards_are_what_they_say():
    assert [holder(atr) for atr in (badge_atr(), VITALE_ATR, BANK_ATR)] == [
        Holder.AGENT,
        Holder.INSURED,
        Holder.CITIZEN,
    ]


@pytest.mark.parametrize("atr", [b"", b"\x3b", b"\x3b\xff", b"\x00\x00", b"Guichet", b"\x3b\x07Guiche", bytes(34)])
def test_what_is_no_atr_is_nobodys(atr):
    assert holder(atr) is Holder.NOBODY


@given(st.binary(max_size=40))
def test_no_bytes_raise_and_no_badge_is_found_where_none_names_itself(atr):
    whose = holder(atr)
    assert whose is not Holder.AGENT or b"Guichet" in atr or b"YubiKe" in atr
    assert historical_bytes(atr) is None or historical_bytes(atr) in atr
