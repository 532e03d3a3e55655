"""A disk that fails: reads, writes and flushes which end in an I/O error, below SQLite, for a while or for good."""

from __future__ import annotations

import itertools

import apsw
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.outbox import OutboxError, OutboxFault
from sync.outbox.salvage import open_mended
from sync.records import AgentCalled
from sync.writer import RecordWriter
from tests.prove.power.recording import Connection, Mode

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
_names = itertools.count()


class SickFile(apsw.VFSFile):
    """A file on a sick disk."""

    def __init__(self, name, flags, disk):
        super().__init__("unix", name, flags)
        self._disk = disk

    def xRead(self, amount, offset):  # noqa: N802  (SQLite's name)
        self._disk.suffer("read")
        return super().xRead(amount, offset)

    def xWrite(self, data, offset):  # noqa: N802  (SQLite's name)
        self._disk.suffer("write")
        super().xWrite(data, offset)

    def xSync(self, flags):  # noqa: N802  (SQLite's name)
        self._disk.suffer("flush")
        super().xSync(flags)


class SickDisk(apsw.VFS):
    """The file system, but for one kind of operation which fails as often as `fails` says."""

    def __init__(self):
        self.sick, self.fails = None, 0
        self.name = f"sick-{next(_names)}"
        super().__init__(self.name, "unix")

    def xOpen(self, name, flags):  # noqa: N802  (SQLite's name)
        return SickFile(name, flags, self)

    def suffer(self, operation):
        if operation == self.sick and self.fails > 0:
            self.fails -= 1
            error = apsw.IOError("disk I/O error")
            error.result = error.extendedresult = apsw.SQLITE_IOERR
            raise error

    def connect(self, path, **_options):
        return Connection(path, self.name, Mode(checkpoint_pages=8))


@pytest.fixture
def disk():
    made = SickDisk()
    yield made
    made.unregister()


@pytest.fixture
def writer(tmp_path, disk):
    def open_outbox():
        return open_mended(tmp_path / "outbox.db", "kiosk-1", connect=disk.connect)

    made = RecordWriter(open_outbox, "kiosk-1", HUB.public_key(), 10_000_000, tmp_path / "wake.sock")
    yield made
    made.close()


def keep(writer, count):
    """Queue `count` records; return how many were promised, and the faults of the others."""
    faults = []
    for _ in range(count):
        try:
            writer.keep(AgentCalled())
        except OutboxError as error:
            faults.append(error.fault)
    return count - len(faults), faults


@pytest.mark.parametrize("fails", [1, 3, 1_000])
@pytest.mark.parametrize("sick", ["read", "write", "flush"])
def test_what_was_promised_before_and_after_an_io_error_is_all_there(tmp_path, disk, writer, sick, fails):
    promised, _ = keep(writer, 30)
    assert promised == 30
    disk.sick, disk.fails = sick, fails
    more, faults = keep(writer, 10)
    assert set(faults) <= {OutboxFault.IO}
    disk.fails = 0
    last, faults = keep(writer, 10)
    assert (last, faults) == (10, [])
    box = open_mended(tmp_path / "outbox.db", "kiosk-1")
    kept = [row for stream in box.streams() for row in box.rows(stream.stream, 2, 1_000)]
    # One whose outcome nobody could tell may be there besides.
    assert promised + more + last <= len(kept) <= 50
    assert box.lost() == {}
    box.close()


def test_a_disk_that_fails_for_good_refuses_each_record_in_one_sentence(disk, writer):
    keep(writer, 5)
    disk.sick, disk.fails = "write", 1_000_000
    promised, faults = keep(writer, 8)
    assert (promised, set(faults)) == (0, {OutboxFault.IO})


def test_after_several_io_errors_the_file_is_left_for_a_new_one_with_all_its_rows(tmp_path, disk, writer):
    keep(writer, 20)
    disk.sick, disk.fails = "flush", 12
    keep(writer, 8)
    box = open_mended(tmp_path / "outbox.db", "kiosk-1")
    assert box.generation == 2
    assert sum(stream.last.seq - 1 for stream in box.streams()) >= 20
    box.close()
