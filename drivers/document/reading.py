"""The text of pages, found by tesseract. Adapter (tesseract as a child process).

What it finds comes as a PDF of invisible letters, to be laid over the picture of the page. It runs at the lowest
priority, in memory like everything here, and is killed at its deadline: a PDF without text serves, too.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from drivers.document.child import Child
from drivers.interface import DeviceError

if TYPE_CHECKING:
    import threading
    from pathlib import Path

# A full page takes 2 s on a desktop machine, some 12 s on a small one.
_PAGE_S = 40.0
_BEAT_S = 0.3
_MOST_BYTES = 10_000_000


def can_read() -> bool:
    """Say whether text can be found in pictures here."""
    return shutil.which("tesseract") is not None


def text_of(page: Path, dpi: float, stop: threading.Event, page_s: float = _PAGE_S) -> bytes | None:
    """Return the text of a page (JPEG) as a PDF of its size; None where it cannot be had in time."""
    if not can_read():
        return None
    order = ["tesseract", "stdin", "stdout", "-l", "fra", "--dpi", f"{dpi:.0f}", "-c", "textonly_pdf=1", "pdf"]
    deadline_s, read = time.monotonic() + page_s, b""
    try:
        with page.open("rb") as said, Child(["nice", "-n", "19", *order], page.parent, said) as child:
            while not child.ended:
                # A page that is gone was wiped: the child has it open, and must not keep it.
                given_up = stop.is_set() or not page.exists()
                if given_up or time.monotonic() > deadline_s or len(read) > _MOST_BYTES:
                    return None
                read += child.read(_BEAT_S)[0]
            return read if child.exit_code == 0 and read.startswith(b"%PDF") else None
    except (OSError, DeviceError):  # the page was removed meanwhile; or nothing can be started
        return None
