"""A document scanner: SANE's own test backend, by its settings. Adapter (files).

SANE reads its settings anew in each process, so that what is told here counts from the next `scanimage` on. Whoever is
to find this scanner has `SANE_CONFIG_DIR` set to the folder, and names it `DEVICE`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    """The scanner, whose settings are in `folder`; unplugged at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plugged, self._trouble = False, Trouble.NONE
        folder.mkdir(parents=True)
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
        devices = f"number_of_devices {2 if self._plugged else 1}\n"
        told = f'{devices}{SETTINGS}read-status-code "{self._trouble.value}"\n'
        new = self._folder / "test.conf.new"
        new.write_text(told, encoding="ascii")
        new.replace(self._folder / "test.conf")  # it may be read in this moment
