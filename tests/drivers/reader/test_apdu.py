"""Orders to cards, their answers, and what is nested in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.reader import tlv
from drivers.reader.apdu import MOST_BYTES, Answer, Command, for_t0, parse, transmit


def play(command, *answers):
    """Return the orders sent and the answer found, of a card that says `answers` in turn."""
    talk, sent, left = transmit(command), [], list(answers)
    try:
        sent.append(next(talk))
        while True:
            sent.append(talk.send(left.pop(0)))
    except StopIteration as ended:
        return sent, ended.value


@pytest.mark.parametrize(
    ("command", "encoded"),
    [
        (Command(0, 0xA4, 4, 0), "00A40400"),
        (Command(0, 0xB0, 0, 0, expected=256), "00B0000000"),
        (Command(0, 0xA4, 4, 0, b"\xf0\x01"), "00A4040002F001"),
        (Command(0, 0xA4, 4, 0, b"\xf0\x01", 16), "00A4040002F00110"),
        (Command(0, 0xB0, 0, 0, expected=1000), "00B000000003E8"),
        (Command(0, 0xB0, 0, 0, expected=65_536), "00B00000000000"),
        (Command(0, 0x20, 0, 0, bytes(256)), "00200000" + "000100" + "00" * 256),
        (Command(0, 0x20, 0, 0, bytes(256), 65_536), "00200000" + "000100" + "00" * 256 + "0000"),
    ],
)
def test_short_and_extended_lengths_are_those_of_the_standard(command, encoded):
    assert command.encode() == bytes.fromhex(encoded)


def test_what_no_order_can_hold_is_refused():
    with pytest.raises(ValueError, match="no APDU"):
        Command(0, 0, 0, 0, bytes(70_000)).encode()


def test_an_order_never_shows_its_data():
    assert repr(Command(0, 0x20, 0, 1, b"1234")) == "<APDU 00 20 00 01, 4 bytes>"


def test_an_answer_in_pieces_is_put_together():
    sent, answer = play(Command(0, 0xCB, 0, 0), b"ab\x61\x02", b"cd\x61\x00", b"ef\x90\x00")
    assert answer == Answer(b"abcdef", 0x9000)
    assert sent[1:] == [bytes.fromhex("00C0000002"), bytes.fromhex("00C0000000")]


def test_a_wrong_length_is_asked_again_as_the_card_says():
    sent, answer = play(Command(0, 0xB0, 0, 0, expected=256), b"\x6c\x05", b"hello\x90\x00")
    assert (sent[1], answer) == (bytes.fromhex("00B0000005"), Answer(b"hello", 0x9000))


def test_a_card_without_end_is_given_up():
    _, answer = play(Command(0, 0xCB, 0, 0), *[bytes(255) + b"\x61\xff"] * (MOST_BYTES // 255 + 2))
    assert answer is None


def test_a_card_that_promises_more_for_ever_and_gives_nothing_is_given_up():
    sent, answer = play(Command(0, 0xA4, 4, 0, b"x", 256), *[b"\x61\x10"] * 10)
    assert (len(sent), answer) == (2, None)


def test_a_piece_of_a_wrong_length_is_asked_again_as_the_card_says():
    sent, answer = play(Command(0, 0xA4, 4, 0, b"x", 256), b"\x61\x10", b"\x6c\x05", b"hello\x90\x00")
    assert sent[1:] == [bytes.fromhex("00C0000010"), bytes.fromhex("00C0000005")]
    assert answer == Answer(b"hello", 0x9000)


def test_a_card_that_always_wants_another_length_is_given_up():
    sent, answer = play(Command(0, 0xB0, 0, 0, expected=256), *[b"\x6c\x05"] * 3)
    assert (len(sent), answer) == (2, Answer(b"", 0x6C05))


@pytest.mark.parametrize(
    ("order", "over_t0"),
    [
        ("00200001", "0020000100"),
        ("00B0000000", "00B0000000"),
        ("00A4040002F001", "00A4040002F001"),
        ("00A4040002F00100", "00A4040002F001"),
    ],
    ids=["neither", "expects", "data", "both"],
)
def test_an_order_over_t0_has_one_length(order, over_t0):
    assert for_t0(bytes.fromhex(order)) == bytes.fromhex(over_t0)


@pytest.mark.parametrize("answer", [b"", b"\x90", b"\x00\x00", b"\x60\x00", b"\xff\xff"])
def test_what_has_no_status_word_is_no_answer(answer):
    assert parse(answer) is None


@given(st.lists(st.binary(max_size=300), min_size=80, max_size=80))
def test_no_card_makes_an_order_fail_or_go_on_for_ever(answers):
    sent, answer = play(Command(0, 0xA4, 4, 0, b"x", 256), *answers)
    assert answer is None or isinstance(answer, Answer)
    assert len(sent) <= 80


@given(st.sampled_from([0x53, 0x70, 0x7C, 0x82, 0x5F2D, 0x7F49]), st.binary(max_size=70_000))
def test_a_value_is_found_as_it_was_put(tag, value):
    assert tlv.find(tlv.encode(0x42, b"before") + tlv.encode(tag, value), tag) == value


@given(st.binary(max_size=300), st.lists(st.integers(0, 0xFFFF), max_size=3))
def test_no_bytes_make_a_search_fail(data, path):
    found = tlv.find(data, *path)
    assert found is None or found in data
