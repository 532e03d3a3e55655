"""Single bits of the pages on which an outbox says what it is, and what its tables are."""

from __future__ import annotations

import shutil

from sync.outbox import OutboxFault
from sync.outbox.file import PAGE_BYTES
from tests.sync.day import check_nothing_changed, live_with

# The file format's version for writing (sqlite.org/fileformat2.html, section 1.3): of a later one SQLite only reads.
_WRITE_VERSION_AT = 18


def places(data):
    """Return the place of each byte on those pages: the first, which begins with the header, and the definitions'."""
    pages = {0} | {at // PAGE_BYTES for at in range(len(data)) if data.startswith(b"CREATE ", at)}
    return [page * PAGE_BYTES + at for page in sorted(pages) for at in range(PAGE_BYTES)]


def harm_of_a_bit(folder, data, at, bit):
    """Flip one bit of an outbox that a day left, and live with it; return what harm was done, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "outbox.db"
    flipped = bytearray(data)
    flipped[at] ^= 1 << bit
    path.write_bytes(flipped)
    try:
        if at == _WRITE_VERSION_AT and flipped[at] > data[at]:  # as on a sick disk, the third fault leads to a salvage
            box, waiting = live_with(path, tries=4, fault=OutboxFault.IO)
        else:
            box, waiting = live_with(path)
        try:
            check_nothing_changed(box, waiting)
        finally:
            box.close()
    except AssertionError as error:
        return f"byte {at % PAGE_BYTES} of page {at // PAGE_BYTES + 1}, bit {bit}: {error}"
    return None
