"""A document scanner: SANE's own test backend, by its settings. Adapter (files).

SANE reads its settings anew in each process, so that what is told here counts from the next `scanimage` on. Whoever is
to find this scanner has `SANE_CONFIG_DIR` set to the folder, and names it `DEVICE`. As a program it is plugged in while
it runs, and takes on standard input what is the matter with it: `jammed`, `out_of_paper`, `cover_open` or `none`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from enum import Enum
from pathlib import Path

# The backend always has one device; the second is the one that is plugged in and out.
DEVICE = "test:1"
# sane-test(5); the bed of the backend is 200 mm wide and long at most.
SETTINGS = """\
mode Gray
depth 8
resolution_min 1.0
resolution_max 1200.0
resolution_quant 1.0
resolution 50.0
test-picture "Grid"
geometry_min 0.0
geometry_max 200.0
geometry_quant 1.0
tl_x 0.0
tl_y 0.0
br_x 80.0
br_y 100.0
"""


class Trouble(Enum):
    """What it says of every page: the words are SANE's."""

    NONE = "Default"
    JAMMED = "SANE_STATUS_JAMMED"
    OUT_OF_PAPER = "SANE_STATUS_NO_DOCS"
    COVER_OPEN = "SANE_STATUS_COVER_OPEN"


class SimulatedDocumentScanner:
    """The scanner, whose settings are in `folder`; unplugged at first. One plug may have several: `test:1` and on."""

    def __init__(self, folder: Path, count: int = 1) -> None:
        self._folder = folder
        self._count = count
        self._plugged, self._trouble = False, Trouble.NONE
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dll.conf").write_text("test\n", encoding="ascii")
        self._tell()

    @property
    def plugged(self) -> bool:
        """Whether it is plugged in."""
        return self._plugged

    @property
    def trouble(self) -> Trouble:
        """What it says of every page."""
        return self._trouble

    def plug(self) -> None:
        """Plug it in."""
        self._plugged = True
        self._tell()

    def unplug(self) -> None:
        """Pull its plug."""
        self._plugged = False
        self._tell()

    def suffer(self, trouble: Trouble) -> None:
        """Say this of every page from now on."""
        self._trouble = trouble
        self._tell()

    def _tell(self) -> None:
        devices = f"number_of_devices {1 + self._count if self._plugged else 1}\n"
        told = f'{devices}{SETTINGS}read-status-code "{self._trouble.value}"\n'
        new = self._folder / "test.conf.new"
        new.write_text(told, encoding="ascii")
        new.replace(self._folder / "test.conf")  # it may be read in this moment


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A document scanner in a folder of SANE's settings.")
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what is plugged in is unplugged
    try:
        scanner = SimulatedDocumentScanner(folder)
    except OSError as error:
        print(f"cannot make a document scanner in {folder}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    try:
        scanner.plug()
        print(f"ready {DEVICE}", flush=True)  # noqa: T201  (its starter waits for this line)
        _obey(scanner)
    except KeyboardInterrupt:
        pass
    finally:
        scanner.unplug()
    return 0


def _obey(scanner: SimulatedDocumentScanner) -> None:
    """Be in trouble by lines of standard input, until it ends."""
    for line in sys.stdin:
        try:
            scanner.suffer(Trouble[line.strip().upper()])
        except KeyError:
            print(f"unknown trouble {line.strip()!r}", file=sys.stderr)  # noqa: T201
        else:
            print(f"trouble {scanner.trouble.name.lower()}", flush=True)  # noqa: T201  (from now on: its starter waits)


if __name__ == "__main__":
    sys.exit(main())
