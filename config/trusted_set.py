"""The metadata that a device has believed, on its disk: adopted whole, or not at all. Adapter: files.

    trusted -> trusted.8/   root_history/2.root.json  timestamp.json  snapshot.json  targets.json  floor.json
    scratch/                where python-tuf works, unless told of another place; what lies there counts for nothing

python-tuf renames its files without a flush. So it works in `scratch/`, on a copy, and what it has accepted is then
adopted as a whole: a cut of power leaves the old set or the new one.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import structlog

from config import trust_floor
from config.trust_floor import NOTHING_SEEN, Floor
from config.trust_mirror import TARGETS_MAX_BYTES
from config.whole_directory import adopt
from config.whole_file import read_plain

if TYPE_CHECKING:
    from pathlib import Path

log = structlog.get_logger()
# Delegated roles are not among them: the snapshot holds their hashes, and the mirror holds them.
_TOP = ("timestamp.json", "snapshot.json", "targets.json")
# Twice, so that one bad block of the card cannot take the floor away.
_FLOORS = ("floor.json", "floor.again")


class TrustedSet:
    """The folder; one process adopts, others may read."""

    def __init__(self, directory: Path, scratch: Path | None = None) -> None:
        self._link = directory / "trusted"
        self.scratch = scratch or directory / "scratch"

    @property
    def floor(self) -> Floor:
        """What was seen; nothing where both notes are damaged, and then the metadata alone holds."""
        noted = [trust_floor.decode(content) for name in _FLOORS if (content := self._read(name)) is not None]
        whole = [each for each in noted if each is not None]
        if len(whole) < len(noted):
            log.error("a note of the trusted versions is damaged", left=len(whole))
        return whole[0] if whole else NOTHING_SEEN

    def lay_out(self) -> None:
        """Put a copy into the empty scratch folder; a file that cannot be read is left out.

        Raises:
            OSError: the disk refuses.
        """
        shutil.rmtree(self.scratch, ignore_errors=True)
        (self.scratch / "root_history").mkdir(parents=True)
        for name in self._names():
            content = self._read(name)
            if content is not None:
                (self.scratch / name).write_bytes(content)

    def adopt_scratch(self, floor: Floor) -> None:
        """Let what is in the scratch folder be the trusted set; nothing is written where it is so already.

        Raises:
            OSError: the disk refuses; the old set stays.
        """
        note = trust_floor.encode(floor)
        roots = sorted((self.scratch / "root_history").glob("*.root.json"))
        files = {f"root_history/{path.name}": path.read_bytes() for path in roots}
        files |= {name: (self.scratch / name).read_bytes() for name in _TOP}
        files |= dict.fromkeys(_FLOORS, note)
        if {name: self._read(name) for name in files} != files:
            adopt(self._link, files)

    def _names(self) -> list[str]:
        roots = sorted(path.name for path in (self._link / "root_history").glob("*.root.json"))
        return [*(f"root_history/{name}" for name in roots), *_TOP]

    def _read(self, name: str) -> bytes | None:
        try:
            return read_plain(self._link / name, TARGETS_MAX_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            log.error("trusted metadata cannot be read", file=name, why=error.strerror)  # noqa: TRY400  (a card's fault, not a bug)
            return None
