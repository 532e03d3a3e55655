"""A code scanner on a pseudo-terminal. Adapter (pty).

    python -m drivers.simulated.scanner --link PATH [--make honeywell]

Makes PATH a link to the serial port and sends each line of standard input as one scanned code, followed by CR. One of
a make obeys its commands and answers them as its manual says.
"""

from __future__ import annotations

import argparse
import os
import queue
import select
import signal
import sys
import threading
import tty
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from drivers.scanner.model import MODELS, Make
from drivers.simulated.scanner_mind import ScannerMind


class SimulatedScanner:
    """The scanner: a context, plugged in at `link` inside of it.

    `obeyed` are the commands it was told, by their names in `Model`; while `mute` is set it obeys and says nothing.
    `late_s` is what it takes to answer.
    """

    def __init__(self, link: Path, make: Make = Make.OTHER, late_s: float = 0.0) -> None:
        self._link = link
        self._far = -1
        self._near = -1
        self._mind = ScannerMind(MODELS[make]) if make is not Make.OTHER else None
        self._late_s = late_s
        self._ending = ExitStack()
        self._unplugged = threading.Event()
        self.obeyed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.mute = threading.Event()

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: there is no pseudo-terminal left, or the link cannot be made.
        """
        self._far, self._near = os.openpty()
        # Kept open here, or the line hangs up whenever nobody else has it open.
        tty.setraw(self._near)
        self._link.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._link.with_name(f".{self._link.name}.part")
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(os.ttyname(self._near))
        unfinished.replace(self._link)
        if self._mind:
            self._unplugged.clear()
            thread = threading.Thread(target=self._obey, args=(self._mind,), name="simulated scanner")
            thread.start()
            self._ending.callback(thread.join)
            self._ending.callback(self._unplugged.set)
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
        self._ending.close()
        self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)

    def scan(self, code: bytes) -> None:
        """Hold a code before it."""
        self.send(code + b"\r")

    def send(self, data: bytes) -> None:
        """Put raw bytes on the line."""
        while data:
            data = data[os.write(self._far, data) :]

    def _obey(self, mind: ScannerMind) -> None:
        while not self._unplugged.is_set():
            ready, _, _ = select.select([self._far], [], [], 0.02)
            for name, answer in mind.hear(os.read(self._far, 4096)) if ready else []:
                self.obeyed.put(name)
                self._unplugged.wait(self._late_s)
                if not self.mute.is_set():
                    self.send(answer)


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A code scanner on a pseudo-terminal.")
    parser.add_argument("--link", type=Path, required=True, metavar="PATH")
    parser.add_argument(
        "--make", choices=[make.name.lower() for make in Make], default="other", help="whose commands it obeys"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what is plugged in is unplugged
    try:
        with SimulatedScanner(options.link, Make[options.make.upper()]) as scanner:
            print(f"ready {options.link}", flush=True)  # noqa: T201  (its starter waits for this line)
            for line in sys.stdin.buffer:
                scanner.scan(line.rstrip(b"\r\n"))
    except OSError as error:
        print(f"cannot make a serial line at {options.link}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
