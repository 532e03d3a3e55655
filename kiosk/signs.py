"""What the screen's process says of itself to the keeper of the configuration. Adapter: a thread and a small file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from config import vital_signs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.vital_signs import ScreenSigns

_log = structlog.get_logger(__name__)


class Signs:
    """Writes what `look` returns every two seconds; the thread that paints never touches the file."""

    def __init__(self, run_dir: Path, look: Callable[[], ScreenSigns]) -> None:
        self._run_dir = run_dir
        self._look = look
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signs", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(vital_signs.EVERY_S):
            try:
                vital_signs.write_screen(self._run_dir, self._look())
            except OSError as error:  # the screen lives without it
                _log.warning("cannot say how the screen is", reason=error.strerror)
