"""`config.json`: what the keeper says of the device's configuration, for the hub. Adapter: one small file in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.whole_file import read_plain
from sync.configuration import read_kept

if TYPE_CHECKING:
    from pathlib import Path

    from sync.configuration import Configuration

# The keeper names every problem of a configuration; more than this it does not find in the 256 kB of a document.
_MAX_BYTES = 1_000_000


class ConfigurationReport:
    """Reads the file again when another stands in its place."""

    def __init__(self, path: Path, group: str) -> None:
        self._path = path
        self._group = group
        self._seen: object = None
        self._found: Configuration | None = None

    def look(self) -> Configuration | None:
        """Return what the keeper says now; None where the file is absent or damaged. Unchanged, it takes one stat."""
        try:
            now = self._path.stat()
            seen = now.st_ino, now.st_mtime_ns, now.st_size
            if seen != self._seen:
                self._found = read_kept(read_plain(self._path, _MAX_BYTES), self._group)
                self._seen = seen
        except OSError:
            self._seen, self._found = None, None
        return self._found
