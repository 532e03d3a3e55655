"""A code scanner on a pseudo-terminal. Adapter (pty).

    python -m drivers.simulated.scanner --link PATH

Makes PATH a link to the serial port and sends each line of standard input as one scanned code, followed by CR.
"""

from __future__ import annotations

import argparse
import os
import sys
import tty
from pathlib import Path
from typing import Self


class SimulatedScanner:
    """The scanner: a context, plugged in at `link` inside of it."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._far = -1
        self._near = -1

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
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
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


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A code scanner on a pseudo-terminal.")
    parser.add_argument("--link", type=Path, required=True, metavar="PATH")
    options = parser.parse_args()
    try:
        with SimulatedScanner(options.link) as scanner:
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
