"""What a GPIO chip does with its lines, and answers to a program. No I/O.

`Refusal` carries the error number a kernel would give. A program is whatever it is told apart by, for each request of
lines another one. What real chips do and this one does not: there is no debouncing in it, and its pull resistors are
whoever calls `drive`.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from drivers.simulated import gpio_uapi as uapi
from drivers.simulated.gpio_uapi import Ask, Edge, Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

Program = TypeVar("Program")


class Refusal(Exception):  # noqa: N818  (no error of ours: what a kernel answers)
    """The kernel does not do it."""

    def __init__(self, number: int) -> None:
        super().__init__(errno.errorcode[number])
        self.number = number


@dataclass(frozen=True, slots=True)
class EdgeSeen(Generic[Program]):
    """A program is to read this `struct gpio_v2_line_event`."""

    program: Program
    event: bytes


@dataclass(frozen=True, slots=True)
class OutputSet:
    """A program set a line; `level` is its voltage."""

    line: str
    level: bool


@dataclass(slots=True)
class _Held(Generic[Program]):
    """Lines a program holds."""

    program: Program
    offsets: tuple[int, ...]
    flags: tuple[Flag, ...]
    consumer: str
    edges: list[int]
    """How many there were: of each line, and at the end of all."""


class Board(Generic[Program]):
    """A chip with named lines, all without voltage at first."""

    def __init__(self, name: str, label: str, lines: Sequence[str]) -> None:
        self._name = name
        self._label = label
        self._lines = list(lines)
        self._levels = [False] * len(lines)
        self._held: list[_Held[Program]] = []
        self.stuck_low = False
        """Whether its outputs are short-circuited to ground."""

    def level(self, line: str) -> bool:
        """Return whether there is voltage on a line."""
        return self._levels[self._lines.index(line)]

    def flags(self, line: str) -> Flag:
        """Return how a line is used; nothing where no program holds it."""
        held, index = self._holder(self._lines.index(line))
        return Flag(0) if held is None else held.flags[index] | Flag.USED

    def drive(self, line: str, at_ns: int, *, high: bool) -> list[EdgeSeen[Program]]:
        """Put a voltage on a line from outside, or none; return what programs see of it."""
        offset = self._lines.index(line)
        held, index = self._holder(offset)
        if self._levels[offset] is high or (held is not None and held.flags[index] & Flag.OUTPUT):
            return []
        self._levels[offset] = high
        if held is None:
            return []
        edge = Edge.RISING if high ^ bool(held.flags[index] & Flag.ACTIVE_LOW) else Edge.FALLING
        if not held.flags[index] & (Flag.EDGE_RISING if edge is Edge.RISING else Flag.EDGE_FALLING):
            return []
        held.edges[index] += 1
        held.edges[-1] += 1
        return [EdgeSeen(held.program, uapi.edge_event(at_ns, edge, offset, held.edges[-1], held.edges[index]))]

    def take(self, program: Program, argument: bytes) -> list[OutputSet]:
        """Give a program the lines it asks for.

        Raises:
            Refusal: there are no such lines, or another program holds one.
        """
        try:
            request = uapi.request(argument)
        except ValueError:
            raise Refusal(errno.EINVAL) from None
        if any(offset >= len(self._lines) for offset in request.offsets):
            raise Refusal(errno.EINVAL)
        if any(self._holder(offset)[0] for offset in request.offsets):
            raise Refusal(errno.EBUSY)
        edges = [0] * (len(request.offsets) + 1)
        held = _Held(program, request.offsets, request.flags, request.consumer, edges)
        self._held.append(held)
        return self._output(held, request.values)

    def release(self, program: Program) -> None:
        """Take a program's lines back."""
        self._held = [held for held in self._held if held.program != program]

    def programs(self) -> list[Program]:
        """Return who holds lines."""
        return [held.program for held in self._held]

    def answer(self, program: Program, number: int, argument: bytes) -> tuple[bytes, list[OutputSet]]:
        """Return what an ioctl leaves in its argument, and which outputs it set.

        Raises:
            Refusal: it is not done.
        """
        if number == Ask.CHIP_INFO:
            return uapi.chip_info(self._name, self._label, len(self._lines)), []
        if number == Ask.LINE_INFO:
            return self._line_info(uapi.asked_offset(argument)), []
        held = next((held for held in self._held if held.program == program), None)
        if held is None:
            raise Refusal(errno.ENOTTY)
        if number == Ask.GET_VALUES:
            return self._values(held, uapi.values(argument)[1]), []
        if number == Ask.SET_VALUES:
            return argument, self._set(held, *uapi.values(argument))
        if number == Ask.SET_CONFIG:
            held.flags, values = uapi.configuration(argument, len(held.offsets))
            return argument, self._output(held, values)
        raise Refusal(errno.ENOTTY)

    def _holder(self, offset: int) -> tuple[_Held[Program] | None, int]:
        held = next((held for held in self._held if offset in held.offsets), None)
        return held, held.offsets.index(offset) if held else 0

    def _line_info(self, offset: int) -> bytes:
        if offset >= len(self._lines):
            raise Refusal(errno.EINVAL)
        held, index = self._holder(offset)
        flags, consumer = (Flag.INPUT, "") if held is None else (held.flags[index] | Flag.USED, held.consumer)
        return uapi.line_info(self._lines[offset], consumer, offset, flags)

    def _values(self, held: _Held[Program], mask: int) -> bytes:
        bits = sum(
            (self._levels[offset] ^ bool(flags & Flag.ACTIVE_LOW)) << index
            for index, (offset, flags) in enumerate(zip(held.offsets, held.flags, strict=True))
        )
        return uapi.values_bytes(bits & mask, mask)

    def _set(self, held: _Held[Program], bits: int, mask: int) -> list[OutputSet]:
        wanted = [index for index in range(len(held.offsets)) if mask >> index & 1]
        if any(not held.flags[index] & Flag.OUTPUT for index in wanted):
            raise Refusal(errno.EPERM)
        changes = []
        for index in wanted:
            level = bool(bits >> index & 1) ^ bool(held.flags[index] & Flag.ACTIVE_LOW) and not self.stuck_low
            offset = held.offsets[index]
            if self._levels[offset] is not level:
                self._levels[offset] = level
                changes.append(OutputSet(self._lines[offset], level))
        return changes

    def _output(self, held: _Held[Program], values: Sequence[bool]) -> list[OutputSet]:
        outputs = sum(bool(flags & Flag.OUTPUT) << index for index, flags in enumerate(held.flags))
        return self._set(held, sum(value << index for index, value in enumerate(values)), outputs)
