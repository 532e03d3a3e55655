"""A receipt printer on TCP, which prints on pictures and tells its state truthfully. Adapter (socket, files).

    python -m drivers.simulated.printer --host 127.0.0.1 --port 9100 --paper-mm 80 --save DIR

Each cut paper is saved as DIR/receipt-NNN.png, whole or not at all. In tests its switches are set from outside.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.printer.layout import Paper
from drivers.simulated.interpreter import EscPosInterpreter
from drivers.simulated.realtime import Ask, ClearBuffers, RealTimeOrders
from drivers.simulated.switches import Switches

if TYPE_CHECKING:
    from drivers.simulated.paper import PaperRoll


class SimulatedPrinter:
    """The printer: a context, listening on `port` inside of it. As many, it serves one connection at a time."""

    def __init__(
        self, paper: Paper = Paper.MM_80, host: str = "127.0.0.1", port: int = 0, save_dir: Path | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.papers: list[PaperRoll] = []
        self._save_dir = save_dir
        self._switches = Switches()
        self._changed = threading.Condition()  # guards all that follows
        self._interpreter = EscPosInterpreter(paper.dots, self._take_cut, self._answer)
        self._received = 0
        self._held = bytearray()
        self._connection: socket.socket | None = None
        self._server: socket.socket | None = None

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: the port is taken, or the address is not ours.
        """
        self._server = socket.create_server((self.host, self.port))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._server,), name="simulated-printer")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Pull the plug."""
        with self._changed:
            server, self._server = self._server, None
            for held in (server, self._connection):
                if held is not None:
                    with suppress(OSError):
                        held.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()
        if server is not None:
            server.close()
        self._thread.join()

    @property
    def unknown(self) -> list[bytes]:
        """The orders that were not understood."""
        return self._interpreter.unknown

    def switch(self, switches: Switches) -> None:
        """Set the state of the hardware; what was held back goes on printing."""
        with self._changed:
            self._switches = switches
            self._received = 0
            self._print()
            self._changed.notify_all()

    def wait_for_papers(self, count: int, patience_s: float = 10) -> bool:
        """Wait until so many papers were cut; say whether they were."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.papers) >= count, patience_s)

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    with self._changed:
                        if self._server is None:
                            return
                        self._connection = connection
                    with suppress(OSError):
                        self._serve(connection)
                    with self._changed:
                        self._connection = None

    def _serve(self, connection: socket.socket) -> None:
        orders = RealTimeOrders()
        torn = False
        while data := connection.recv(4096):
            with self._changed:
                self._changed.wait_for(lambda: self._server is None or not self._switches.stalled)
                limit = self._switches.drop_after_bytes
                if limit is not None:
                    data = data[: limit - self._received]
                    torn = self._received + len(data) >= limit
                self._received += len(data)
                for order in orders.receive(data):
                    match order:
                        case Ask(question):
                            self._answer(bytes([self._switches.status(question)]))
                        case ClearBuffers():
                            self._held.clear()
                            self._interpreter.forget()
                        case _:
                            self._held += order
                            self._print()
            if torn:
                # A reset, not a goodbye.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return

    def _print(self) -> None:
        """Print what was received, as far as there is paper."""
        while self._held and self._switches.prints:
            left_dots = self._switches.paper_left_dots
            before_dots = self._interpreter.printed_dots
            self._interpreter.receive(bytes(self._held[:1]))
            del self._held[:1]
            if left_dots is not None:
                left_dots -= self._interpreter.printed_dots - before_dots
                self._switches = replace(self._switches, paper_left_dots=left_dots, paper_out=left_dots <= 0)

    def _answer(self, data: bytes) -> None:
        if self._connection is not None and not self._switches.mute:
            with suppress(OSError):  # the asker has gone
                self._connection.sendall(data)

    def _take_cut(self, roll: PaperRoll) -> None:
        if self._save_dir is not None:
            save(roll, self._save_dir)
        self.papers.append(roll)
        self._changed.notify_all()


def save(roll: PaperRoll, folder: Path) -> Path:
    """Save a paper's picture under the next number of `folder`, and return where.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(found[1]) for path in folder.iterdir() if (found := re.fullmatch(r"receipt-(\d+)\.png", path.name))]
    finished = folder / f"receipt-{max(numbers, default=0) + 1:03}.png"
    unfinished = folder / f".{finished.name}.part"
    roll.picture().save(unfinished, format="PNG")
    os.replace(unfinished, finished)  # noqa: PTH105  (whole or not at all)
    return finished


def main() -> int:
    """Run as a program until killed."""
    parser = argparse.ArgumentParser(description="A receipt printer which prints on pictures.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--paper-mm", type=int, choices=[paper.value for paper in Paper], default=80)
    parser.add_argument("--save", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    try:
        with SimulatedPrinter(Paper(options.paper_mm), options.host, options.port, options.save) as printer:
            print(f"listening on {printer.host}:{printer.port}", flush=True)  # noqa: T201  (its starter waits for it)
            threading.Event().wait()
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        print(f"cannot listen on {options.host}:{options.port}: {reason}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
