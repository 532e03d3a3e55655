"""Plugs a device of umockdev in, and says whether the hotplug thread heard of it through udev. For test_hotplug.py.

Its folder holds nothing but udev's control file: by looking, nothing is ever found.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from drivers.hotplug import Hotplug

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-gi, for this child alone
import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402  (its version is chosen first)


def main() -> None:
    testbed = UMockdev.Testbed.new()
    heard = threading.Event()
    hotplug = Hotplug(heard.set, Path(sys.argv[1]))
    hotplug.start()
    listening = hotplug.listening.wait(5)
    testbed.add_device("tty", "ttyUSB0", None, ["dev", "188:0"], ["ID_VENDOR_ID", "05e0"])  # tells of it by itself
    said = ["listening" if listening else "deaf", "heard" if heard.wait(5) else "nothing"]
    hotplug.stop()
    said.append("hangs" if any(thread.name == "hotplug" for thread in threading.enumerate()) else "ended")
    sys.stdout.write(" ".join(said))


main()
