"""A receipt printer which prints on pictures and tells its state truthfully. Adapter (socket, pty).

    python -m drivers.simulated.printer --host 127.0.0.1 --port 9100 --paper-mm 80 --save DIR
    python -m drivers.simulated.printer --link PATH --save DIR

It listens on TCP, or makes PATH a link to a pseudo-terminal, in place of a serial or USB printer's device file. Each
cut paper is saved as DIR/receipt-NNN.png, whole or not at all. Each line of standard input sets its switches anew, by
name: `cover_open paper_near_end` opens the cover, an empty line closes it. In tests they are set from outside.
"""

from __future__ import annotations

import argparse
import os
import socket
import struct
import sys
import threading
import tty
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Self

from drivers.printer.laid import Paper
from drivers.simulated.mechanism import Mechanism
from drivers.simulated.switches import Model, Switches


class SimulatedPrinter:
    """The printer: a context, listening on `port` inside of it. As many, it serves one connection at a time."""

    def __init__(
        self,
        paper: Paper = Paper.MM_80,
        host: str = "127.0.0.1",
        port: int = 0,
        save_dir: Path | None = None,
        model: Model | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.mechanism = Mechanism(paper.dots, save_dir, self._answer, model)
        self.papers = self.mechanism.papers
        self.switch = self.mechanism.switch
        self._connection: socket.socket | None = None
        self._server: socket.socket | None = None

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: the port is taken, or the address is not ours.
        """
        self._server = socket.create_server((self.host, self.port))
        if self.mechanism.model.buffer_bytes is not None:  # else the kernel would buffer for it
            self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.mechanism.model.buffer_bytes)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._server,), name="simulated-printer")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Pull the plug."""
        with self.mechanism.changed:
            server, self._server = self._server, None
            for held in (server, self._connection):
                if held is not None:
                    with suppress(OSError):
                        held.shutdown(socket.SHUT_RDWR)
            self.mechanism.changed.notify_all()
        if server is not None:
            server.close()
        self._thread.join()

    @property
    def unknown(self) -> list[bytes]:
        """The orders that were not understood."""
        return self.mechanism.unknown

    def wait_for_papers(self, count: int, patience_s: float = 10) -> bool:
        """Wait until so many papers were cut; say whether they were."""
        return self.mechanism.wait_for_papers(count, patience_s)

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    with self.mechanism.changed:
                        if self._server is None:
                            return
                        self._connection = connection
                        self.mechanism.plug_in()
                    with suppress(OSError):
                        self._serve(connection)
                    with self.mechanism.changed:
                        self._connection = None

    def _serve(self, connection: socket.socket) -> None:
        mechanism = self.mechanism
        while data := connection.recv(self._wait_for_room()):
            with mechanism.changed:
                mechanism.changed.wait_for(lambda: self._server is None or not mechanism.switches.stalled)
                torn = mechanism.receive(data)
            if torn:
                # A reset, not a goodbye.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return

    def _wait_for_room(self) -> int:
        """Return how many bytes it takes now, at least one."""
        mechanism = self.mechanism
        with mechanism.changed:
            mechanism.changed.wait_for(lambda: self._server is None or mechanism.room_bytes)
            return max(mechanism.room_bytes, 1)

    def _answer(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.sendall(data)


class SimulatedPortPrinter:
    """The same behind a device file: a context, inside of which `link` leads to a pseudo-terminal."""

    def __init__(self, link: Path, paper: Paper = Paper.MM_80, save_dir: Path | None = None) -> None:
        self.link = link
        self.mechanism = Mechanism(paper.dots, save_dir, self._answer)
        self.papers = self.mechanism.papers
        self.switch = self.mechanism.switch
        self._far = self._near = -1

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: there is no pseudo-terminal left, or the link cannot be made.
        """
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        self._near_name = os.ttyname(self._near)
        self.link.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.link.with_name(f".{self.link.name}.part")
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(self._near_name)
        unfinished.replace(self.link)
        self.mechanism.plug_in()
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="simulated-printer")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Pull the plug."""
        os.write(self._wake_write, b".")
        with self.mechanism.changed:
            self.mechanism.switches = Switches()  # nobody waits for a stalled one to go on
            self.mechanism.changed.notify_all()
        self._thread.join()
        for file in (self._wake_read, self._wake_write):
            os.close(file)

    def _serve(self) -> None:
        import select  # noqa: PLC0415

        mechanism = self.mechanism
        try:
            while True:
                ready, _, _ = select.select([self._far, self._wake_read], [], [])
                if self._wake_read in ready:
                    return
                data = os.read(self._far, 4096)
                with mechanism.changed:
                    mechanism.changed.wait_for(lambda: not mechanism.switches.stalled)
                    if mechanism.receive(data):
                        return
        finally:
            with mechanism.changed:
                self.link.unlink(missing_ok=True)
                for file in (self._near, self._far):
                    os.close(file)
                self._far = -1

    def _answer(self, data: bytes) -> None:
        if self._far >= 0:
            os.write(self._far, data)


def switches_of(line: str) -> Switches:
    """Return the switches that a line of words turns on.

    Raises:
        ValueError: there is no such switch.
    """
    known = {field.name for field in fields(Switches) if field.type == "bool"}
    unknown = [name for name in line.split() if name not in known]
    if unknown:
        raise ValueError(f"no such switch: {' '.join(unknown)}; there are: {' '.join(sorted(known))}")
    return replace(Switches(), **dict.fromkeys(line.split(), True))  # type: ignore[arg-type]  # the names were looked up


def main() -> int:
    """Run as a program until killed."""
    parser = argparse.ArgumentParser(description="A receipt printer which prints on pictures.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--link", type=Path, metavar="PATH", help="a device file instead of TCP")
    parser.add_argument("--paper-mm", type=int, choices=[paper.value for paper in Paper], default=80)
    parser.add_argument("--save", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    paper = Paper(options.paper_mm)
    where = str(options.link) if options.link else f"{options.host}:{options.port}"
    printer: SimulatedPrinter | SimulatedPortPrinter = (
        SimulatedPortPrinter(options.link, paper, options.save)
        if options.link
        else SimulatedPrinter(paper, options.host, options.port, options.save)
    )
    try:
        with printer:
            if isinstance(printer, SimulatedPrinter):
                where = f"{printer.host}:{printer.port}"
            print(f"listening on {where}", flush=True)  # noqa: T201  (its starter waits for it)
            _obey(printer)
            threading.Event().wait()
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        print(f"cannot listen on {where}: {reason}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _obey(printer: SimulatedPrinter | SimulatedPortPrinter) -> None:
    """Set the switches by lines of standard input, until it ends."""
    for line in sys.stdin:
        try:
            printer.switch(switches_of(line))
        except ValueError as error:
            print(error, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
