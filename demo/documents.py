"""The world's document scanner, and the kiosk's folder in memory, without which no paper is scanned."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from demo.commands import BIN
from demo.processes import ProcessError

if TYPE_CHECKING:
    from pathlib import Path

    from demo.processes import Part

# The part of the world, and the device as the kiosk calls it.
NAME = "document-scanner"
# What is said to `python -m drivers.simulated.document_scanner`.
TROUBLES = ("none", "jammed", "out_of_paper", "cover_open")
_PATIENCE_S = "10"


class Documents:
    """A scanner beside the kiosk in the folder `kiosk`; what is put before a command is `environment`."""

    # What the simulator calls itself.
    settings = '[document_scanner]\ndevice = "test:1"\n'

    def __init__(self, kiosk: Path) -> None:
        self._sane = kiosk.absolute() / "sane.d"
        self._said: SimpleQueue[str] = SimpleQueue()
        (kiosk / "run").symlink_to(tempfile.mkdtemp(dir="/dev/shm", prefix="guichet-demo-"))
        # So that this scanner is found, and no real one.
        self.environment = ["env", f"SANE_CONFIG_DIR={self._sane}"]

    def simulator(self) -> list[str]:
        """Return the command of the simulator: the scanner is plugged in while it runs."""
        return [sys.executable, "-m", "drivers.simulated.document_scanner", "--folder", str(self._sane)]

    def said(self, line: str) -> None:
        """Take a line of the simulator."""
        if line.startswith("trouble"):
            self._said.put(line)

    def suffer(self, scanner: Part, trouble: str) -> None:
        """Have the scanner say this of every page from now on.

        Raises:
            ProcessError: it does not answer.
        """
        scanner.tell(trouble)
        try:
            self._said.get(timeout=10)
        except Empty as error:
            raise ProcessError(f"the {NAME} does not answer") from error

    def try_it(self, site: Path) -> str:
        """Scan the sheet on its glass, as a technician does; return what comes of it, in one sentence."""
        order = [str(BIN / "guichet"), "devices", "try", NAME, "--config", str(site), "--for", _PATIENCE_S]
        ran = subprocess.run([*self.environment, *order], capture_output=True, text=True, check=False)
        return (ran.stderr or ran.stdout).strip().split("\n")[-1]

    @staticmethod
    def forget(kiosk: Path) -> None:
        """Wipe the kiosk's folder in memory, of this world or of one that was killed."""
        run_dir = kiosk / "run"
        if run_dir.is_symlink():
            shutil.rmtree(run_dir.resolve(), ignore_errors=True)
            run_dir.unlink()


def can_scan() -> bool:
    """Say whether SANE's program is here; its test backend comes with it."""
    return shutil.which("scanimage") is not None
