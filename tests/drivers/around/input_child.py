"""Opens the input device of umockdev's, and says what a pad and a socket tell of it. For test_input_device.py."""

from __future__ import annotations

import sys
import threading

from drivers.interface import DeviceName
from drivers.keypad.hid import HidKeypad
from drivers.sound.jack import HeadphoneSocket

DEVICE = "/dev/input/event5"


def main() -> None:
    for driver, last in ((HeadphoneSocket, "JackChanged"), (HidKeypad, "KeyReleased")):
        said = threading.Event()

        def tell(event, last=last, said=said):
            value = getattr(event, "key", None) or getattr(event, "jack", None)
            sys.stdout.write(f"{type(event).__name__} {value.name if value else ''}\n")
            if type(event).__name__ == last:
                said.set()

        driver(DeviceName("device"), DEVICE).run(tell, said)


main()
