"""What a simulated chip does with its lines: the kernel's numbers, and no bytes that end it."""

from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated.gpio_board import Board, Refusal
from drivers.simulated.gpio_uapi import Ask, Flag, request, size_of

LINES = ("key", "lamp")
INPUT = Flag.INPUT | Flag.EDGE_RISING | Flag.EDGE_FALLING


def board():
    return Board("gpiochip0", "board", LINES)


def asks_for(*offsets, flags, values=0):
    """Return a `struct gpio_v2_line_request`, written out by hand."""
    head = b"".join(offset.to_bytes(4, "little") for offset in offsets).ljust(256, b"\0") + b"guichet".ljust(32, b"\0")
    output = (2).to_bytes(4, "little") + bytes(4) + values.to_bytes(8, "little") + (2**64 - 1).to_bytes(8, "little")
    config = int(flags).to_bytes(8, "little") + (1).to_bytes(4, "little") + bytes(20) + output.ljust(240, b"\0")
    return head + config + len(offsets).to_bytes(4, "little") + bytes(28)


def test_the_ioctl_numbers_are_the_kernels():
    # As `#include <linux/gpio.h>` gives them to a C program on x86_64 and aarch64.
    assert [int(ask) for ask in Ask] == [0x8044B401, 0xC100B405, 0xC250B407, 0xC110B40D, 0xC010B40E, 0xC010B40F]


def test_a_request_is_read_as_it_was_written():
    asked = request(asks_for(0, 1, flags=Flag.OUTPUT, values=0b10))
    assert (asked.offsets, asked.consumer, asked.values) == ((0, 1), "guichet", (False, True))


def test_an_output_that_is_active_low_has_voltage_while_it_is_off():
    chip = board()
    changes = chip.take("program", asks_for(1, flags=Flag.OUTPUT | Flag.ACTIVE_LOW, values=0))
    assert [(change.line, change.level) for change in changes] == [("lamp", True)]


def test_an_edge_is_seen_by_whoever_holds_the_line_and_numbered():
    chip = board()
    assert chip.drive("key", 1, high=True) == []
    chip.take("program", asks_for(0, flags=INPUT))
    (first,), (second,) = chip.drive("key", 2, high=False), chip.drive("key", 3, high=True)
    assert (first.program, first.event[8], second.event[8]) == ("program", 2, 1)  # falling, rising
    assert (first.event[16], second.event[16]) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (asks_for(0, flags=INPUT), errno.EBUSY),
        (asks_for(2, flags=INPUT), errno.EINVAL),
        (asks_for(flags=INPUT), errno.EINVAL),
    ],
)
def test_what_a_kernel_refuses_is_refused(asked, number):
    chip = board()
    chip.take("another", asks_for(0, flags=INPUT))
    with pytest.raises(Refusal) as refused:
        chip.take("program", asked)
    assert refused.value.number == number


@given(st.sampled_from(Ask), st.data())
def test_no_bytes_end_a_chip(ask, data):
    chip = board()
    chip.take("program", asks_for(1, flags=Flag.OUTPUT))
    argument = data.draw(st.binary(min_size=size_of(ask), max_size=size_of(ask)))
    try:
        if ask is Ask.GET_LINE:
            chip.take("another", argument)
        else:
            answer, _ = chip.answer("program", ask, argument)
            assert len(answer) == size_of(ask)
    except Refusal:
        return
