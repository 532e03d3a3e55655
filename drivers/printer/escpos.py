"""Opens the door to python-escpos, late and clean. Adapter (files).

Its import takes a third of a second, so the printer's thread does it and not the screen's. It also writes a pickle
of its tables and would load one it finds: in a shared directory that is code which anyone can leave for us, so it
gets a private one, gone afterwards.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from escpos.printer import Dummy

_PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_importing = threading.Lock()


def dummy_printer() -> Dummy:
    """Return python-escpos' printer that only keeps its bytes."""
    with _importing:
        if "escpos.printer" not in sys.modules:
            _import_privately()
    from escpos.printer import Dummy  # noqa: PLC0415  (late: see above)

    return Dummy(profile="default")


def _import_privately() -> None:
    with tempfile.TemporaryDirectory(prefix="guichet-escpos-") as private:
        os.environ[_PICKLE_DIR] = private
        # It also makes a temporary directory that it neither uses nor removes: inside ours it goes with it.
        before, tempfile.tempdir = tempfile.tempdir, private
        try:
            import escpos.printer  # noqa: F401, PLC0415  (late: see above)
        finally:
            tempfile.tempdir = before
            del os.environ[_PICKLE_DIR]
