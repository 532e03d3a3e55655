"""A publication as a folder: the hub's own, or a copy on a stick. Adapter: files.

Whoever has had the stick may have put anything there: nothing is followed, nothing is waited for, and what is read is
judged like what comes by MQTT.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from config.mirror import TIMESTAMP
from config.trust_mirror import TIMESTAMP_MAX_BYTES
from config.whole_file import open_plain, read_plain
from sync.supply.message import Part, is_name

if TYPE_CHECKING:
    from pathlib import Path

    from sync.supply.gathering import Gathering
    from sync.supply.message import Range
    from sync.supply.shelf import Shelf


ON_A_STICK = "guichet/publication"


def read_part(folder: Path, wanted: Range) -> Part:
    """Return a part of a file; a file that cannot be read, or that no publication has, is not there."""
    try:
        if not is_name(wanted.name):
            return Part(wanted.name, wanted.first, None, b"")
        with open_plain(folder / wanted.name) as file:
            content = os.pread(file.fileno(), wanted.length, wanted.first)
            return Part(wanted.name, wanted.first, os.fstat(file.fileno()).st_size, content)
    except OSError:
        return Part(wanted.name, wanted.first, None, b"")


def bring(folder: Path, shelf: Shelf) -> bool:
    """Bring to the mirror what `folder` has and this device lacks; return whether there was anything new.

    Raises:
        TrustError: what lies there cannot be believed.
        GatheringError: some of it is missing, or is not what was signed.
        OSError: there is nothing, or the disk refuses.
    """
    if not shelf.announce(read_plain(folder / TIMESTAMP, TIMESTAMP_MAX_BYTES)):
        return False
    while gatherings := shelf.lacking():
        for gathering in gatherings:
            try:
                _gather(folder, gathering, shelf)
            finally:
                gathering.close()
    return True


def _gather(folder: Path, gathering: Gathering, shelf: Shelf) -> None:
    wishes = gathering.begin()
    while wishes:
        part = read_part(folder, wishes.pop())
        if part.total is None and shelf.may_lack(part.name):
            return
        wishes += gathering.take(part)
