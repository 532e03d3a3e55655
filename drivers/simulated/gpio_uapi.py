"""The structures and numbers of the kernel's GPIO interface, version 2. No I/O.

Source: include/uapi/linux/gpio.h. Offsets, flags and event numbers are the kernel's; what a simulated chip never
meets (hardware timestamps, line watches) is left out.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

MAX_LINES = 64
_MAX_ATTRIBUTES = 10

_CHIP_INFO = struct.Struct("=32s32sI")
_LINE_INFO = struct.Struct("=32s32sIIQ160x16x")
_ATTRIBUTE = struct.Struct("=II QQ")  # id, padding, flags or values or debounce period, and which lines
_CONFIG_HEAD = struct.Struct("=QI20x")
_CONFIG_BYTES = _CONFIG_HEAD.size + _MAX_ATTRIBUTES * _ATTRIBUTE.size
_REQUEST = struct.Struct(f"={MAX_LINES}I32s{_CONFIG_BYTES}sII20xi")
_VALUES = struct.Struct("=QQ")
_EVENT = struct.Struct("=QIIII24x")


def _ioctl(direction: int, number: int, size_bytes: int) -> int:
    return direction << 30 | size_bytes << 16 | 0xB4 << 8 | number


class Ask(IntEnum):
    """What a program asks of a chip or of the lines it holds, as ioctl numbers."""

    CHIP_INFO = _ioctl(2, 0x01, _CHIP_INFO.size)
    LINE_INFO = _ioctl(3, 0x05, _LINE_INFO.size)
    GET_LINE = _ioctl(3, 0x07, _REQUEST.size)
    SET_CONFIG = _ioctl(3, 0x0D, _CONFIG_BYTES)
    GET_VALUES = _ioctl(3, 0x0E, _VALUES.size)
    SET_VALUES = _ioctl(3, 0x0F, _VALUES.size)


def size_of(ask: int) -> int:
    """Return the length of the argument of an ioctl, which stands in its number."""
    return ask >> 16 & 0x3FFF


class Flag(IntFlag):
    """How a line is used."""

    USED = 1 << 0
    ACTIVE_LOW = 1 << 1
    INPUT = 1 << 2
    OUTPUT = 1 << 3
    EDGE_RISING = 1 << 4
    EDGE_FALLING = 1 << 5


class Edge(IntEnum):
    """What happened to a line, as its user sees it: `ACTIVE_LOW` turns it around."""

    RISING = 1
    FALLING = 2


_FLAGS, _OUTPUT_VALUES = 1, 2


@dataclass(frozen=True, slots=True)
class Request:
    """Which lines a program wants, and how; `flags` and `values` go by line, in the order of `offsets`."""

    offsets: tuple[int, ...]
    consumer: str
    flags: tuple[Flag, ...]
    values: tuple[bool, ...]


def request(data: bytes) -> Request:
    """Read a `struct gpio_v2_line_request`.

    Raises:
        ValueError: it asks for no lines, or for more than there may be.
    """
    *offsets, consumer, config, count, _, _ = _REQUEST.unpack(data)
    if not 0 < count <= MAX_LINES:
        raise ValueError(f"asks for {count!r} lines")
    flags, values = configuration(config, count)
    return Request(tuple(offsets[:count]), _text(consumer), flags, values)


def with_fd(data: bytes, fd: int) -> bytes:
    """Return a `struct gpio_v2_line_request` with the file by which its lines are held."""
    return data[:-4] + struct.pack("=i", fd)


def configuration(data: bytes, count: int) -> tuple[tuple[Flag, ...], tuple[bool, ...]]:
    """Read a `struct gpio_v2_line_config` of `count` lines: their flags, and the values of those that are outputs."""
    common, attributes = _CONFIG_HEAD.unpack_from(data)
    flags = [Flag(common)] * count
    values = [False] * count
    for index in range(min(attributes, _MAX_ATTRIBUTES)):
        kind, _, value, mask = _ATTRIBUTE.unpack_from(data, _CONFIG_HEAD.size + index * _ATTRIBUTE.size)
        for line in (line for line in range(count) if mask >> line & 1):
            if kind == _FLAGS:
                flags[line] = Flag(value)
            elif kind == _OUTPUT_VALUES:
                values[line] = bool(value >> line & 1)
    return tuple(flags), tuple(values)


def chip_info(name: str, label: str, lines: int) -> bytes:
    """Return a `struct gpiochip_info`."""
    return _CHIP_INFO.pack(name.encode(), label.encode(), lines)


def asked_offset(data: bytes) -> int:
    """Return the line that a `struct gpio_v2_line_info` asks about."""
    offset: int = _LINE_INFO.unpack(data)[2]
    return offset


def line_info(name: str, consumer: str, offset: int, flags: Flag) -> bytes:
    """Return a `struct gpio_v2_line_info`."""
    return _LINE_INFO.pack(name.encode(), consumer.encode(), offset, 0, flags)


def values(data: bytes) -> tuple[int, int]:
    """Read a `struct gpio_v2_line_values`: the bits, and which of them are meant."""
    bits, mask = _VALUES.unpack(data)
    return bits, mask


def values_bytes(bits: int, mask: int) -> bytes:
    """Return a `struct gpio_v2_line_values`."""
    return _VALUES.pack(bits, mask)


def edge_event(at_ns: int, edge: Edge, offset: int, seqno: int, line_seqno: int) -> bytes:
    """Return a `struct gpio_v2_line_event`."""
    return _EVENT.pack(at_ns, edge, offset, seqno, line_seqno)


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode(errors="replace")
