"""A code scanner that pretends to be a keyboard, on a named pipe. Adapter (fifo).

    python -m drivers.simulated.hid_scanner --pipe PATH [--layout french]

Makes PATH a named pipe that carries what /dev/input/event* would, and types each line of standard input as one scanned
code, followed by Enter.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Self

from drivers.scanner.keys import EV_KEY, EV_SYN, KEY_ENTER, SYN_DROPPED, SYN_REPORT, record, typed
from drivers.scanner.layouts import Layout


class SimulatedHidScanner:
    """The scanner: a context, plugged in at `pipe` inside of it."""

    def __init__(self, pipe: Path, layout: Layout = Layout.FRENCH) -> None:
        self._pipe = pipe
        self._layout = layout
        self._fd = -1

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: the pipe cannot be made.
        """
        self._pipe.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._pipe.with_name(f".{self._pipe.name}.part")
        unfinished.unlink(missing_ok=True)
        os.mkfifo(unfinished)
        # Both ends, or it could not be opened before a reader is there. Nothing is ever read here.
        self._fd = os.open(unfinished, os.O_RDWR | os.O_CLOEXEC)
        unfinished.replace(self._pipe)
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
        self._pipe.unlink(missing_ok=True)
        os.close(self._fd)

    def scan(self, code: bytes) -> None:
        """Hold a code before it."""
        self.press(typed(code, self._layout))
        self.press([(EV_KEY, KEY_ENTER, 1), (EV_KEY, KEY_ENTER, 0), (EV_SYN, SYN_REPORT, 0)])

    def overrun(self) -> None:
        """Say what the kernel says when it had to drop events."""
        self.press([(EV_SYN, SYN_DROPPED, 0), (EV_SYN, SYN_REPORT, 0)])

    def press(self, events: list[tuple[int, int, int]]) -> None:
        """Give events as they are."""
        self.send(b"".join(record(*event) for event in events))

    def send(self, data: bytes) -> None:
        """Put raw bytes in the pipe."""
        while data:
            data = data[os.write(self._fd, data) :]


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A code scanner that types, on a named pipe.")
    parser.add_argument("--pipe", type=Path, required=True, metavar="PATH")
    parser.add_argument("--layout", choices=[layout.name.lower() for layout in Layout], default="french")
    options = parser.parse_args()
    try:
        with SimulatedHidScanner(options.pipe, Layout[options.layout.upper()]) as scanner:
            print(f"ready {options.pipe}", flush=True)  # noqa: T201  (its starter waits for this line)
            for line in sys.stdin.buffer:
                scanner.scan(line.rstrip(b"\r\n"))
    except OSError as error:
        print(f"cannot make a pipe at {options.pipe}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
