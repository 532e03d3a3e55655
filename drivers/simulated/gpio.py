"""A GPIO chip: the kernel's side of its interface, version 2, on a Unix socket. Adapter (sockets).

    python -m drivers.simulated.gpio --path PATH --lines green,amber,red,previous,next,choose,back,ignition

Obeys one command a line on standard input: `high LINE`, `low LINE`. Prints `LINE 0` or `LINE 1` when a program sets
an output. `drivers.simulated.gpio_kernel` brings libgpiod to such a socket as if it were /dev/gpiochip0.

An ioctl is one packet, its number and its argument, with a socket for the answer: the error number and the argument
as the kernel would leave it, for GPIO_V2_GET_LINE with the file by which the lines are held. Edges come on that file.
What real chips do and this one does not: a full buffer forgets the newest edge (a kernel forgets the oldest), there is
no debouncing in it, and its pull resistors are whoever calls `set`.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import select
import selectors
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.simulated import gpio_uapi as uapi
from drivers.simulated.gpio_uapi import Ask, Edge, Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MESSAGE_BYTES = 4096


@dataclass(slots=True)
class _Held:
    """Lines a program holds."""

    link: socket.socket
    offsets: tuple[int, ...]
    flags: tuple[Flag, ...]
    consumer: str
    seqno: int = 0
    line_seqnos: dict[int, int] = field(default_factory=dict)


class SimulatedChip:
    """The chip: a context, plugged in at `path` inside of it. `told` hears of every level a program sets."""

    def __init__(
        self,
        path: Path,
        lines: Sequence[str],
        told: Callable[[str, bool], None] = lambda _line, _level: None,
        label: str = "simulated",
    ) -> None:
        self._path = path
        self._label = label
        self._names = list(lines)
        self._told = told
        self._changed = threading.Condition(threading.RLock())
        self._levels = [False] * len(lines)
        self._held: list[_Held] = []
        self.refusing: int | None = None
        """The error number with which every ioctl is answered from now on."""
        self.mute = False
        """Whether ioctls are not answered at all: a chip behind a bus that hangs."""
        self.stuck_low = False
        """Whether its outputs are short-circuited to ground."""

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: no socket can be made there.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(str(self._path))
        self._door.listen()
        self._bell, self._ring = socket.socketpair()
        self._links: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._serve, name="gpio chip", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it: whoever holds it is told that it is gone."""
        self._path.unlink(missing_ok=True)
        self._ring.close()
        self._thread.join()

    def set(self, line: str, *, high: bool) -> None:
        """Put a voltage on a line, or none."""
        with self._changed:
            self._drive(self._names.index(line), high)

    def level(self, line: str) -> bool:
        """Return whether there is voltage on a line."""
        with self._changed:
            return self._levels[self._names.index(line)]

    def wait_for(self, line: str, *, high: bool, patience_s: float = 20.0) -> bool:
        """Wait until there is voltage on a line, or none; return whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self.level(line) is high, patience_s)

    def wait_until_free(self, line: str, patience_s: float = 20.0) -> bool:
        """Wait until no program holds a line; return whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self.flags(line) == Flag(0), patience_s)

    def flags(self, line: str) -> Flag:
        """Return how a line is used."""
        with self._changed:
            held, index = self._holder(self._names.index(line))
            return Flag(0) if held is None else held.flags[index] | Flag.USED

    def _serve(self) -> None:
        with contextlib.ExitStack() as ending, selectors.DefaultSelector() as selector:
            for each in (self._door, self._bell):
                ending.enter_context(each)
                selector.register(each, selectors.EVENT_READ)
            ending.callback(self._hang_up)
            while True:
                for ready, _ in selector.select():
                    if ready.fileobj is self._bell:
                        return
                    if ready.fileobj is self._door:
                        self._take(self._door.accept()[0], selector)
                    elif isinstance(ready.fileobj, socket.socket):
                        self._hear(ready.fileobj, selector)

    def _hang_up(self) -> None:
        with self._changed:
            self._held.clear()
            for link in self._links:
                link.close()
            self._links.clear()

    def _take(self, link: socket.socket, selector: selectors.BaseSelector) -> None:
        link.setblocking(False)
        selector.register(link, selectors.EVENT_READ)
        self._links.add(link)

    def _hear(self, link: socket.socket, selector: selectors.BaseSelector) -> None:
        try:
            message, fds, _, _ = socket.recv_fds(link, _MESSAGE_BYTES, 1)
        except OSError:
            message, fds = b"", []
        if not message:
            selector.unregister(link)
            with self._changed:
                self._links.discard(link)
                self._held = [held for held in self._held if held.link is not link]
                self._changed.notify_all()
                link.close()
            return
        answer = socket.socket(fileno=fds[0])
        with self._changed:
            if self.mute:
                self._links.add(answer)  # nobody hears of it before the chip is unplugged
                return
            with answer:
                self._answer(link, message, answer, selector)

    def _answer(
        self, link: socket.socket, message: bytes, answer: socket.socket, selector: selectors.BaseSelector
    ) -> None:
        number, argument = struct.unpack_from("=I", message)[0], message[4:]
        near = far = None
        try:
            if self.refusing is not None:
                raise OSError(self.refusing, os.strerror(self.refusing))  # noqa: TRY301  (as any other refusal)
            if number == Ask.GET_LINE:
                near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self._request(uapi.request(argument), near)
                self._take(near, selector)
            else:
                argument = self._asked(link, number, argument)
            result = 0
        except (OSError, ValueError) as error:
            result = error.errno or errno.EIO if isinstance(error, OSError) else errno.EINVAL
            if near is not None:
                near.close()
        with contextlib.suppress(OSError):  # who asked has gone
            socket.send_fds(
                answer, [struct.pack("=i", result) + argument], [far.fileno()] if far and not result else []
            )
        if far is not None:
            far.close()

    def _asked(self, link: socket.socket, number: int, argument: bytes) -> bytes:
        if number == Ask.CHIP_INFO:
            return uapi.chip_info(self._path.name, self._label, len(self._names))
        if number == Ask.LINE_INFO:
            return self._line_info(uapi.asked_offset(argument))
        held = next((held for held in self._held if held.link is link), None)
        if held is None:
            raise OSError(errno.ENOTTY, "no such ioctl")
        if number == Ask.GET_VALUES:
            return self._values(held, uapi.values(argument)[1])
        if number == Ask.SET_VALUES:
            self._set_values(held, *uapi.values(argument))
            return argument
        if number == Ask.SET_CONFIG:
            held.flags, values = uapi.configuration(argument, len(held.offsets))
            self._output(held, values)
            return argument
        raise OSError(errno.ENOTTY, "no such ioctl")

    def _line_info(self, offset: int) -> bytes:
        if offset >= len(self._names):
            raise OSError(errno.EINVAL, "no such line")
        held, index = self._holder(offset)
        flags, consumer = (Flag.INPUT, "") if held is None else (held.flags[index] | Flag.USED, held.consumer)
        return uapi.line_info(self._names[offset], consumer, offset, flags)

    def _request(self, request: uapi.Request, link: socket.socket) -> None:
        if any(offset >= len(self._names) for offset in request.offsets):
            raise OSError(errno.EINVAL, "no such line")
        self._held = [held for held in self._held if not _hung_up(held.link)]
        if any(self._holder(offset)[0] for offset in request.offsets):
            raise OSError(errno.EBUSY, "a line is held")
        held = _Held(link, request.offsets, request.flags, request.consumer)
        self._held.append(held)
        self._output(held, request.values)

    def _holder(self, offset: int) -> tuple[_Held | None, int]:
        held = next((held for held in self._held if offset in held.offsets), None)
        return held, held.offsets.index(offset) if held else 0

    def _values(self, held: _Held, mask: int) -> bytes:
        bits = sum(
            (self._levels[offset] ^ bool(flags & Flag.ACTIVE_LOW)) << index
            for index, (offset, flags) in enumerate(zip(held.offsets, held.flags, strict=True))
        )
        return uapi.values_bytes(bits & mask, mask)

    def _set_values(self, held: _Held, bits: int, mask: int) -> None:
        if any(mask >> index & 1 and not flags & Flag.OUTPUT for index, flags in enumerate(held.flags)):
            raise OSError(errno.EPERM, "not an output")
        for index, (offset, flags) in enumerate(zip(held.offsets, held.flags, strict=True)):
            if mask >> index & 1:
                self._drive(offset, bool(bits >> index & 1) ^ bool(flags & Flag.ACTIVE_LOW))

    def _output(self, held: _Held, values: Sequence[bool]) -> None:
        outputs = sum(bool(flags & Flag.OUTPUT) << index for index, flags in enumerate(held.flags))
        self._set_values(held, sum(value << index for index, value in enumerate(values)), outputs)

    def _drive(self, offset: int, level: bool) -> None:  # noqa: FBT001  (a level is one)
        held, index = self._holder(offset)
        driven_by_us = held is not None and bool(held.flags[index] & Flag.OUTPUT)
        if self._levels[offset] is level or (driven_by_us and self.stuck_low):
            return
        self._levels[offset] = level
        self._changed.notify_all()
        if held is None:
            return
        flags = held.flags[index]
        if flags & Flag.OUTPUT:
            self._told(self._names[offset], level)
            return
        edge = Edge.RISING if level ^ bool(flags & Flag.ACTIVE_LOW) else Edge.FALLING
        if flags & (Flag.EDGE_RISING if edge is Edge.RISING else Flag.EDGE_FALLING):
            held.seqno += 1
            held.line_seqnos[offset] = held.line_seqnos.get(offset, 0) + 1
            with contextlib.suppress(OSError):  # its buffer is full, or it has gone
                held.link.send(uapi.edge_event(time.monotonic_ns(), edge, offset, held.seqno, held.line_seqnos[offset]))


def _hung_up(link: socket.socket) -> bool:
    """Return whether its program closed a file, which we may be about to hear."""
    poll = select.poll()
    poll.register(link, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A GPIO chip on a Unix socket.")
    parser.add_argument("--path", type=Path, required=True)
    parser.add_argument("--lines", required=True, help="their names, with commas between them")
    options = parser.parse_args()
    names = options.lines.split(",")

    def told(line: str, level: bool) -> None:  # noqa: FBT001  (a level is one)
        print(line, int(level), flush=True)  # noqa: T201  (its starter reads it)

    try:
        with SimulatedChip(options.path, names, told) as chip:
            print(f"ready {options.path}", flush=True)  # noqa: T201  (its starter waits for this line)
            for command in sys.stdin:
                match command.split():
                    case ["high" | "low" as level, line] if line in names:
                        chip.set(line, high=level == "high")
                    case _:
                        print(f"unknown command {command.strip()!r}", file=sys.stderr)  # noqa: T201
    except OSError as error:
        print(f"cannot make a chip at {options.path}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
