"""What a cut of power may leave of a folder, from what was asked of it until then.

A strict reading of POSIX: a file's bytes are there for sure once it was flushed, a name (made, moved or taken away)
once its folder was; until then each may be there or not, and bytes as anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.config.folder_recording import Flushed, Named

GARBAGE = b"\xa5" * 40
ROOT = 0


@dataclass
class Disk:
    """What a cut after some operations may leave.

    A folder is an inode and the names in it, each of a folder, a file or a link: ("dir", inode), ("file", inode),
    ("link", where to). A change of names is done whole or not at all: pairs of (folder, name) and what is there then.
    """

    durable: dict = field(default_factory=lambda: {ROOT: {}})
    live: dict = field(default_factory=lambda: {ROOT: {}})
    bytes: dict = field(default_factory=dict)
    pending: list = field(default_factory=list)

    @classmethod
    def of(cls, image):
        """Return a disk on which an image is for sure."""
        folders, contents = image
        return cls(_copy(folders), _copy(folders), dict(contents))

    def take(self, operation):
        """Do what was asked."""
        match operation:
            case Named():
                change = self._change(operation)
                _apply(self.live, change)
                self.pending.append(change)
            case Flushed(path, None):
                folder = self._entry(path)[1]
                for change in self.pending:
                    if any(at == folder for at, _ in change):
                        _apply(self.durable, change)
                self.pending = [change for change in self.pending if all(at != folder for at, _ in change)]
            case Flushed(path, content):
                self.bytes[self._entry(path)[1]] = content

    def images(self, chance, count):
        """Yield disks that a cut here may leave: with all names, with only those flushed, and `count` by chance."""
        for share in (1, 0, *(chance.choice((0.2, 0.5, 0.8, 0.95)) for _ in range(count))):
            folders = _copy(self.durable)
            for change in self.pending:
                if chance.random() < share:
                    _apply(folders, change)
            inodes = [entry[1] for names in folders.values() for entry in names.values() if entry[0] == "file"]
            yield folders, {inode: self.bytes.get(inode, chance.choice((b"", GARBAGE))) for inode in inodes}

    def _entry(self, path):
        entry = ("dir", ROOT)
        for name in path.split("/") if path != "." else ():
            entry = self.live[entry[1]][name]
        return entry

    def _at(self, path):
        folder, _, name = path.rpartition("/")
        return self._entry(folder or ".")[1], name

    def _change(self, named):
        at = self._at(named.path)
        match named.do:
            case "mkdir":
                return {at: ("dir", object())}
            case "create":
                return {at: ("file", object())}
            case "symlink":
                return {at: ("link", named.other)}
            case "link":  # from elsewhere, or of a file that is here
                return {at: ("file", named.other) if named.other.startswith("/") else self._entry(named.other)}
            case "rename":
                return {self._at(named.other): None, at: self._entry(named.other)}
            case _:
                return {at: None}


def _copy(folders):
    return {inode: dict(names) for inode, names in folders.items()}


def _apply(folders, change):
    for (folder, name), entry in change.items():
        names = folders.setdefault(folder, {})
        if entry is None:
            names.pop(name, None)
        else:
            names[name] = entry
            if entry[0] == "dir":
                folders.setdefault(entry[1], {})


def lay(root, image, folder=ROOT):
    """Make a real folder of an image."""
    folders, contents = image
    for name, (kind, what) in folders[folder].items():
        match kind:
            case "dir":
                (root / name).mkdir()
                lay(root / name, image, what)
            case "link":
                (root / name).symlink_to(what)
            case "file":
                (root / name).write_bytes(contents[what])
