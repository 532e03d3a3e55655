"""The world's document scanner, and the kiosk's folder in memory, without which no paper is scanned."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from drivers.simulated.document_scanner import DEVICE, SimulatedDocumentScanner

_GUICHET = Path(sys.executable).parent / "guichet"
_PATIENCE_S = "10"


class Documents:
    """A scanner beside the kiosk in the folder `kiosk`, plugged in; what is put before a command is `environment`."""

    settings = f'[document_scanner]\ndevice = "{DEVICE}"\n'

    def __init__(self, kiosk: Path) -> None:
        sane = kiosk.absolute() / "sane.d"
        (kiosk / "run").symlink_to(tempfile.mkdtemp(dir="/dev/shm", prefix="guichet-demo-"))
        self.scanner = SimulatedDocumentScanner(sane)
        self.scanner.plug()
        # So that this scanner is found, and no real one.
        self.environment = ["env", f"SANE_CONFIG_DIR={sane}"]

    def try_it(self, site: Path) -> str:
        """Scan the sheet on its glass, as a technician does; return what comes of it, in one sentence."""
        order = [str(_GUICHET), "devices", "try", "document-scanner", "--config", str(site), "--for", _PATIENCE_S]
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
