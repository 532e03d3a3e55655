"""The bytes that are sent: nothing in a text, a code or a picture is an order to the printer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receipts import RECEIPTS

from drivers.printer.drawing import ruler
from drivers.printer.elements import Barcode, Columns, Image, Kicker, QrCode, Raster, Text, TickBox, Title
from drivers.printer.encode import encode, encode_cut, encode_void
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from drivers.printer.profile import PROFILES
from drivers.simulated.interpreter import EscPosInterpreter
from drivers.simulated.realtime import RealTimeOrders

ORDERS = [
    "\x1b@",
    "\x1dV\x00",
    "\x10\x04\x01",
    "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    "\x10\x05\x02",
    "\x00",
    "\x7f",
    "\x9b",
]
said = st.lists(st.sampled_from(["é", "abc", " ", "7421", "ع", "中", *ORDERS]), max_size=8).map("".join)
# What a printer obeys wherever it stands (Epson: DLE EOT, DLE ENQ, DLE DC4).
AT_ONCE = re.compile(rb"\x10[\x04\x05\x14]")
each_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


def sent(receipt, profile, paper=Paper.MM_80):
    return encode(lay_out(receipt, paper, profile, ruler()), paper, profile)


@each_profile
@settings(deadline=None, max_examples=25)  # the first one loads python-escpos
@given(said)
def test_no_text_of_any_element_is_an_order(profile, text):
    receipt = (
        Kicker(text),
        Title(text),
        Text(text),
        TickBox(text),
        Columns(text, text),
        QrCode(text, text),
        Barcode(text),
    )
    data = sent(receipt, profile)
    assert not AT_ONCE.search(data)
    cut = []
    interpreter = EscPosInterpreter(Paper.MM_80.dots, cut.append)
    interpreter.receive(data)
    assert (interpreter.unknown, cut) == ([], [])


@each_profile
@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("language", RECEIPTS)
def test_no_drawn_line_happens_to_spell_an_order(language, paper, profile):
    assert not AT_ONCE.search(sent(RECEIPTS[language], profile, paper))


@pytest.mark.parametrize("second", [b"\x04", b"\x05", b"\x14"])
def test_a_picture_that_spells_an_order_is_printed_with_one_more_dot(second):
    picture = (b"\x10" + second + b"\x01\x10") * 64
    orders = RealTimeOrders().receive(sent((Image(Raster(32, picture)),), PROFILES["generic"]))
    assert all(isinstance(order, bytes) for order in orders)
    assert (b"\x18" + second + b"\x01\x10") * 64 in b"".join(orders)


@each_profile
def test_every_paper_says_anew_what_the_printer_is_to_tell_by_itself(profile):
    wanted = b"\x1b@\x1c.\x1da\x0e" if profile.tells_by_itself else b"\x1b@\x1c.\x1da\x00"
    for data in (sent((Text("a"),), profile), encode_cut(profile), encode_void(profile)):
        assert data.startswith(wanted)
