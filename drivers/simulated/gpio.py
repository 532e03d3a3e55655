"""A GPIO chip: the kernel's side of its interface, version 2, on a Unix socket. Adapter (sockets).

    python -m drivers.simulated.gpio --path PATH --lines green,amber,red,previous,next,choose,back,ignition

Obeys one command a line on standard input: `high LINE`, `low LINE`. Prints `LINE 0` or `LINE 1` when a program sets
an output. `drivers.simulated.gpio_kernel` brings libgpiod to such a socket as if it were /dev/gpiochip0.

An ioctl is one packet, its number and its argument, with a socket for the answer: the error number and the argument
as the kernel would leave it, for GPIO_V2_GET_LINE with the file by which the lines are held. Edges come on that file.
What a kernel does otherwise: it forgets the oldest edge when its buffer is full, this one the newest.
"""

from __future__ import annotations

import argparse
import contextlib
import select
import selectors
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.simulated.gpio_board import Board, OutputSet, Refusal
from drivers.simulated.gpio_uapi import Ask, Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MESSAGE_BYTES = 4096


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
        self._told = told
        self._changed = threading.Condition(threading.RLock())
        self._board: Board[socket.socket] = Board(path.name, label, lines)
        self.refusing: int | None = None
        """The error number with which every ioctl is answered from now on."""
        self.mute = False
        """Whether ioctls are not answered at all: a chip behind a bus that hangs."""

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
            for seen in self._board.drive(line, time.monotonic_ns(), high=high):
                with contextlib.suppress(OSError):  # its buffer is full, or it has gone
                    seen.program.send(seen.event)
            self._changed.notify_all()

    def short_circuit(self) -> None:
        """Keep its outputs at ground, whatever a program sets."""
        with self._changed:
            self._board.stuck_low = True

    def level(self, line: str) -> bool:
        """Return whether there is voltage on a line."""
        with self._changed:
            return self._board.level(line)

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
            return self._board.flags(line)

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
            for link in self._links:
                self._board.release(link)
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
                self._board.release(link)
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
        files: list[socket.socket] = []
        result = 0
        try:
            if self.refusing is not None:
                raise Refusal(self.refusing)  # noqa: TRY301  (as the chip itself refuses)
            if number == Ask.GET_LINE:
                files, changes = self._request(argument, selector)
            else:
                argument, changes = self._board.answer(link, number, argument)
            for change in changes:
                self._told(change.line, change.level)
            self._changed.notify_all()
        except Refusal as refusal:
            result = refusal.number
        with contextlib.suppress(OSError):  # who asked has gone
            socket.send_fds(answer, [struct.pack("=i", result) + argument], [file.fileno() for file in files])
        for file in files:
            file.close()

    def _request(
        self, argument: bytes, selector: selectors.BaseSelector
    ) -> tuple[list[socket.socket], list[OutputSet]]:
        for gone in filter(_hung_up, self._board.programs()):
            self._board.release(gone)
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            changes = self._board.take(near, argument)
        except Refusal:
            near.close()
            far.close()
            raise
        self._take(near, selector)
        return [far], changes


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

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what is plugged in is unplugged
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
