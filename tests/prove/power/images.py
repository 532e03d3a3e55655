"""The disk images which a cut of power may leave, from what was asked of the disk until then.

A strict reading of POSIX: what was not flushed may be there in whole, in part or not at all, in any order; a new file's
name is there for sure only once its directory was flushed. SQLite flushes the directory when it first flushes a journal
or log that it has made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.prove.power.recording import Cut, DirectorySynced, Made, Removed, Synced, Wrote

SECTOR_BYTES = 512
# Each is one image a cut, but the last two, of which there may be many.
CERTAIN = ("all written", "nothing unsynced", "torn last write")
CHANCE = ("random sectors", "garbage")


@dataclass
class Disk:
    """What is on the disk for sure, and what may be."""

    durable: dict = field(default_factory=dict)
    pending: dict = field(default_factory=dict)
    # File name to inode: on the disk, in the kernel, and what happened in between.
    names: dict = field(default_factory=dict)
    live: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)
    fresh: set = field(default_factory=set)

    @classmethod
    def holding(cls, files):
        """Return a disk on which `files` (name to bytes) are for sure."""
        disk = cls()
        for inode, (name, data) in enumerate(files.items(), 1):
            disk.names[name] = disk.live[name] = inode
            disk.durable[inode], disk.pending[inode] = bytes(data), []
        return disk

    def take(self, operation):
        """Do what was asked."""
        match operation:
            case Made(name):
                inode = len(self.durable) + 1
                self.live[name] = inode
                self.durable[inode], self.pending[inode] = b"", []
                self.changes.append((name, inode))
                self.fresh.add(name)
            case Wrote(name) | Cut(name):
                self.pending[self.live[name]].append(operation)
            case Synced(name):
                inode = self.live[name]
                self.durable[inode] = applied(self.durable[inode], self.pending[inode])
                self.pending[inode] = []
                if name in self.fresh and name.endswith(("-journal", "-wal")):
                    self._sync_names()
                self.fresh.discard(name)
            case Removed(name, directory_synced):
                self.live.pop(name, None)
                self.changes.append((name, None))
                if directory_synced:
                    self._sync_names()
            case DirectorySynced():
                self._sync_names()

    def image(self, model, rng):
        """Return the files (name to bytes) that a cut now leaves, by one model of what reached the disk."""
        changes = {"nothing unsynced": 0, **dict.fromkeys(CHANCE, rng.randint(0, len(self.changes)))}
        names = self._names_after(changes.get(model, len(self.changes)))
        return {
            name: applied(self.durable[inode], _reached(self.pending[inode], model, rng))
            for name, inode in names.items()
        }

    def _sync_names(self):
        self.names = self._names_after(len(self.changes))
        self.changes = []

    def _names_after(self, count):
        names = dict(self.names)
        for name, inode in self.changes[:count]:
            if inode is None:
                names.pop(name, None)
            else:
                names[name] = inode
        return names


def applied(data, operations):
    """Return a file's bytes after these operations."""
    found = bytearray(data)
    for operation in operations:
        match operation:
            case Wrote(_, offset, written):
                found.extend(bytes(max(0, offset - len(found))))
                found[offset : offset + len(written)] = written
            case Cut(_, size):
                del found[size:]
                found.extend(bytes(size - len(found)))
    return bytes(found)


def _reached(operations, model, rng):
    match model:
        case "all written":
            return operations
        case "nothing unsynced":
            return []
        case "torn last write":
            *before, last = operations or [None]
            if not isinstance(last, Wrote):
                return operations
            return [*before, Wrote(last.file, last.offset, last.data[: rng.randrange(len(last.data) + 1)])]
    return [part for operation in operations for part in _parts(operation, model, rng)]


def _parts(operation, model, rng):
    """Return the sectors of one write that reached the disk, or what came there in their place."""
    if not isinstance(operation, Wrote):
        return [operation] if rng.random() < 0.5 else []
    parts = []
    for at in range(0, len(operation.data), SECTOR_BYTES):
        part = operation.data[at : at + SECTOR_BYTES]
        luck = rng.random()
        if luck < 0.45:
            parts.append(Wrote(operation.file, operation.offset + at, part))
        elif luck < 0.55 and model == "garbage":
            parts.append(Wrote(operation.file, operation.offset + at, rng.randbytes(len(part))))
    return parts
