"""Document scanners before SANE's own test backend, under names that change: with each plugging, or with an address.

A program in scanimage's place lists what is there and gives all else to the real one; the scanner `busy` is held.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

_PROGRAM = """\
#!/bin/sh
case "$1" in
--formatted-device-list=*)
    sleep "$(cat '{folder}/listing_s')"
    cut -d "$(printf '\\037')" -f 1-3 '{folder}/plugged'
    exit 0;;
esac
name="${{1#--device-name=}}"; shift
real=$(awk -F '\\037' -v name="$name" '$1 == name {{ print $4 }}' '{folder}/plugged')
if [ -z "$real" ]; then echo "scanimage: open of device $name failed: Invalid argument" >&2; exit 1; fi
if [ "$real" = busy ]; then echo "scanimage: open of device $name failed: Device busy" >&2; exit 1; fi
case "$*" in *--batch*) echo "$real" >> '{folder}/scanned';; esac
exec {scanimage} "--device-name=$real" "$@"
"""


class UsbScanners:
    """What is there: `plug` scanners, each a USB number, a model and the one of the test backend that it is."""

    def __init__(self, folder, monkeypatch):
        self._folder = folder / "usb-scanners"
        self.usb = self._folder / "bus"
        (self._folder / "bin").mkdir(parents=True)
        program = self._folder / "bin/scanimage"
        program.write_text(_PROGRAM.format(folder=self._folder, scanimage=shutil.which("scanimage")))
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        self.plug()
        self.list_takes(0)
        (self._folder / "scanned").touch()
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def plug(self, *scanners):
        """Plug in these, and nothing else."""
        shutil.rmtree(self.usb, ignore_errors=True)
        for number, _, _ in scanners:
            node = Path(self.usb, "001", f"{number:03}")
            node.parent.mkdir(parents=True, exist_ok=True)
            node.touch()
        self.offer(*((f"epsonds:libusb:001:{number:03}", model, real) for number, model, real in scanners))

    def offer(self, *scanners):
        """Have these listed and nothing else, each by its name in SANE: nothing is plugged in or out for that."""
        lines = (f"{name}\x1fEPSON\x1f{model}\x1f{real}\n" for name, model, real in scanners)
        (self._folder / "plugged").write_text("".join(lines))

    def list_takes(self, seconds):
        """Have SANE look so long for its scanners."""
        (self._folder / "listing_s").write_text(str(seconds))

    @property
    def scanned(self):
        """The scanners of the test backend that have scanned, in order."""
        return (self._folder / "scanned").read_text().split()
