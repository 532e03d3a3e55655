"""A pad of four keys: a named pipe with the records of /dev/input/event*. Adapter (named pipe).

    python -m drivers.simulated.keypad --path PATH

Obeys one command a line on standard input: `press KEY`, `release KEY`, `tap KEY` with previous, next, choose or back.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from drivers.event_device.records import DOWN, EV_KEY, UP, Record
from drivers.keypad.hid import USUAL_CODES
from drivers.news import Key
from drivers.simulated.input_node import SimulatedInput


class SimulatedKeypad(SimulatedInput):
    """The pad: a context, plugged in at `path` inside of it."""

    def press(self, key: Key) -> None:
        """Push a key down."""
        self.say(Record(EV_KEY, USUAL_CODES[key], DOWN))

    def release(self, key: Key) -> None:
        """Let a key come up."""
        self.say(Record(EV_KEY, USUAL_CODES[key], UP))

    def tap(self, key: Key) -> None:
        """Press a key and let it go."""
        self.press(key)
        self.release(key)


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A pad of four keys on a named pipe.")
    parser.add_argument("--path", type=Path, required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what is plugged in is unplugged
    try:
        with SimulatedKeypad(options.path) as keypad:
            print(f"ready {options.path}", flush=True)  # noqa: T201  (its starter waits for this line)
            for line in sys.stdin:
                _obey(keypad, line.split())
    except OSError as error:
        print(f"cannot make a keypad at {options.path}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _obey(keypad: SimulatedKeypad, words: list[str]) -> None:
    does = {"press": keypad.press, "release": keypad.release, "tap": keypad.tap}
    keys = {key.name.lower(): key for key in Key}
    match words:
        case [verb, key] if verb in does and key in keys:
            does[verb](keys[key])
        case _:
            print(f"unknown command {' '.join(words)!r}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
