"""GS1 element strings: what they say, and what is no such thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.gs1 import Element, Reason, Rejected, check_digit, encode, parse

X = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
batches = st.text(X, min_size=1, max_size=20)
numbers = st.text("0123456789", min_size=13, max_size=13).map(lambda number: number + check_digit(number))
days = st.text("0123456789", min_size=6, max_size=6)
elements = st.one_of(
    st.builds(Element, st.sampled_from(["01", "02"]), numbers),
    st.builds(Element, st.sampled_from(["10", "21", "400", "8020"]), batches),
    st.builds(Element, st.sampled_from(["11", "17"]), days),
)


def test_each_element_is_told_by_its_identifier():
    code = b"0103453120000011172612311" + b"0AB-12\x1d217788"
    assert parse(code) == [
        Element("01", "03453120000011"),
        Element("17", "261231"),
        Element("10", "AB-12"),
        Element("21", "7788"),
    ]


def test_a_separator_may_stand_before_the_first_and_behind_any():
    assert parse(b"\x1d17261231\x1d10AB\x1d") == [Element("17", "261231"), Element("10", "AB")]


def test_a_document_and_its_serial_number_are_one_value():
    assert parse(b"2534012345678901ABC") == [Element("253", "4012345678901ABC")]


@pytest.mark.parametrize(
    ("code", "reason", "at"),
    [
        (b"", Reason.EMPTY, 0),
        (b"\x1d", Reason.EMPTY, 0),
        (b"https://www.service-public.fr", Reason.UNKNOWN_IDENTIFIER, 0),
        (b"172612319912", Reason.UNKNOWN_IDENTIFIER, 8),
        (b"010345312000001", Reason.WRONG_VALUE, 2),
        (b"0103453120000012", Reason.WRONG_CHECK_DIGIT, 2),
        (b"10", Reason.WRONG_VALUE, 2),
        (b"10AB\xff", Reason.WRONG_VALUE, 4),
        (b"10" + b"A" * 21, Reason.WRONG_VALUE, 22),
    ],
)
def test_what_is_not_understood_is_rejected_from_its_place_on(code, reason, at):
    assert parse(code) == Rejected(reason, at)


@given(st.lists(elements, min_size=1, max_size=6))
def test_what_is_encoded_is_read_back(said):
    assert parse(encode(said)) == said


@given(st.binary(max_size=60) | st.lists(elements, max_size=3).map(encode).map(lambda code: code[:-1]))
def test_no_bytes_raise_anything(code):
    parse(code)
