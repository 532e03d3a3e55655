"""Bytes to parts, message to fields and back: whatever comes, nothing is raised and nothing is invented."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from ants_specimens import SIGNED_LATER, SPECIMENS, fr00
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.two_d_doc.check import check
from drivers.two_d_doc.definitions import field_definitions, lengths
from drivers.two_d_doc.fields import Field, join, split
from drivers.two_d_doc.parse import MAX_CODE_BYTES, Document, Unreadable, day, parse
from drivers.two_d_doc.verdict import Paper

TODAY = date(2026, 11, 24)
CODES = [*SPECIMENS.values(), *SIGNED_LATER.values()]
NOTICE = SIGNED_LATER["tax notice, 2025"]
FR00 = fr00()
SIGNED = {parse(code).signed_bytes for code in SPECIMENS.values()}


@st.composite
def said(draw):
    """Return fields as issuers write them, each within its length."""
    ids = draw(st.lists(st.sampled_from(sorted(lengths())), max_size=8))
    fields = []
    for field_id in ids:
        length = lengths()[field_id]
        letters = st.text(st.characters(exclude_characters="\x1d\x1e\x1f"), min_size=length.least, max_size=length.most)
        fields.append(Field(field_id, draw(letters), is_cut=draw(st.booleans())))
    return fields


def mutated(code, random):
    """Return a code with one to four bytes changed, lost or added, or parts of it twice."""
    code = bytearray(code)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(code) + 1)
        match random.randrange(4):
            case 0:
                code[at : at + 1] = random.randbytes(1)
            case 1:
                del code[at : at + random.randint(1, 30)]
            case 2:
                code[at:at] = random.randbytes(random.randint(1, 20))
            case _:
                code[at:at] = code[at : at + random.randint(1, 40)]
    return bytes(code)


def test_the_header_says_who_when_and_what():
    document = parse(NOTICE)
    header = document.header
    assert (header.version, header.authority_id, header.certificate_id) == (4, "FR00", "0001")
    assert (header.made_out, header.signed) == (None, date(2025, 2, 18))
    assert (header.document_type, header.perimeter, header.country) == ("28", "01", "FR")
    assert document.signed_bytes == NOTICE.partition(b"\x1f")[0]


@pytest.mark.parametrize(
    ("text", "when"),
    [("0000", date(2000, 1, 1)), ("23DC", date(2025, 2, 18)), ("FFFE", date(2179, 6, 5)), ("FFFF", None)],
)
def test_days_are_counted_from_the_first_of_january_2000(text, when):
    assert day(text) == when


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything(data):
    assert isinstance(parse(data), Document | Unreadable)
    assert isinstance(parse(b"DC04FR000001FFFF23DC2801FR" + data), Document | Unreadable)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(CODES), st.integers(0, 2**64 - 1))
def test_twenty_thousand_mutated_codes_raise_nothing_and_none_is_taken_for_another(code, seed):
    random = Random(seed)  # noqa: S311  (it draws mutations)
    for _ in range(20):
        changed = mutated(code, random)
        found = check(changed, FR00, TODAY)
        assert isinstance(found, Paper)
        if found.verdict.is_genuine:
            assert parse(changed).signed_bytes in SIGNED


@settings(max_examples=500, deadline=None)
@given(said())
def test_what_an_issuer_writes_is_what_is_read(fields):
    found = split(join(fields, lengths()), lengths())
    assert (found.fields, found.is_whole) == (tuple(fields), True)


@settings(max_examples=500, deadline=None)
@given(st.text())
def test_no_message_raises_anything_and_no_value_is_invented(message):
    for field in split(message, lengths()).fields:
        assert field.id + field.value in message


def test_leading_zeros_are_part_of_a_value():
    assert split("2401000470012345678901", lengths()).fields == (Field("24", "01000"), Field("47", "0012345678901"))


def test_a_value_of_greatest_length_needs_no_separator_but_may_have_one():
    full = "10" + "A" * 38
    expected = (Field("10", "A" * 38), Field("25", "METZ"))
    assert split(full + "25METZ\x1d", lengths()).fields == expected
    assert split(full + "\x1d25METZ\x1d", lengths()).fields == expected


def test_a_cut_value_is_marked_as_cut():
    found = split("10MME/DURAND/ZO\x1e25METZ\x1d", lengths()).fields
    assert found == (Field("10", "MME/DURAND/ZO", is_cut=True), Field("25", "METZ"))


def test_small_letters_end_no_value():
    assert split("10Mme/Dupré/Zoé\x1d25METZ\x1d", lengths()).fields[0] == Field("10", "Mme/Dupré/Zoé")


def test_a_field_newer_than_our_list_is_stepped_over_and_told():
    found = split("ZZSOMETHING\x1d25METZ\x1d", lengths())
    assert (found.fields, found.is_whole) == ((Field("25", "METZ"),), False)


def test_a_thousand_unknown_fields_are_stepped_over_like_one():
    assert split("ZZ\x1d" * 2000 + "25METZ", lengths()).fields == (Field("25", "METZ"),)


@pytest.mark.parametrize("message", ["24570", "2457\x1d00", "??METZ\x1d"])
def test_what_cannot_be_told_apart_is_not_guessed_at(message):
    found = split("25METZ\x1d" + message, lengths())
    assert (found.fields, found.is_whole) == ((Field("25", "METZ"),), False)


def test_what_is_longer_than_any_code_is_none():
    assert parse(NOTICE + b"A" * MAX_CODE_BYTES) is Unreadable.NOT_A_2D_DOC


def test_every_field_of_the_specification_is_known():
    assert len(field_definitions()) > 300
    assert all(length.most is None or length.least <= length.most for length in lengths().values())


def test_no_log_can_show_a_document_or_a_field():
    document = parse(NOTICE)
    assert repr(document) == "Document(…)"
    assert "RETI" not in repr(split(document.message.decode(), lengths()))
