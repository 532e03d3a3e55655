"""How a process learns that another version is in force. Adapter: a thread that looks at one link each second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from config.fault import ConfigError
from config.in_force import folder, number_in_force, read_in_force

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.in_force import InForce

log = structlog.get_logger()
# Reading a link takes 2 µs.
_LOOK_EVERY_S = 1.0


class Watching:
    """Tells `changed` of each version that comes in force after `known`, on a thread of its own."""

    def __init__(self, site: Path, known: InForce, changed: Callable[[InForce], None]) -> None:
        self._site = site
        self._directory = folder(known.config)
        self._told = known.version
        self._changed = changed
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="configuration", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_EVERY_S):
            if number_in_force(self._directory) == self._told:
                continue
            try:
                found = read_in_force(self._site)
            except ConfigError as error:
                # The keeper takes it back; until then this process goes on as it is.
                log.warning("the version in force cannot be used", reason=str(error))
                continue
            self._told = found.version
            self._changed(found)
