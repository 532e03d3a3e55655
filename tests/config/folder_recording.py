"""What a program asks of a folder, noted while it really does it: names made, moved and taken away, and flushes."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock


@dataclass(frozen=True)
class Named:
    """A change of names: `do` is mkdir, rmdir, create, unlink, symlink, link or rename, on paths within the folder."""

    do: str
    path: str
    other: str = ""


@dataclass(frozen=True)
class Flushed:
    """A file's bytes, or a folder's names, were made durable."""

    path: str
    content: bytes | None = None


@dataclass(frozen=True)
class Reached:
    """The program may rely on this much from here on."""

    what: object


@dataclass
class Recorder:
    """Notes what is asked of the folder `root`, through the functions of `os` that it stands before."""

    root: Path
    log: list = field(default_factory=list)

    def reached(self, what):
        """Note that something was promised."""
        self.log.append(Reached(what))

    def changed(self, do, path, other=""):
        """Note a change of names, where it is in the folder."""
        if (name := self._name(path)) is not None:
            self.log.append(Named(do, name, other))

    def around(self, do, real):
        """Return `real`, a function of one path, which notes what it does."""

        def call(path, *arguments, **options):
            real(path, *arguments, **options)
            self.changed(do, path)

        return call

    def around_two(self, do, real):
        """Return `real`, a function of two paths, which notes what it does."""

        def call(source, target, **options):
            real(source, target, **options)
            self.changed(do, target, self._name(source) or str(source))

        return call

    def symlink(self, real):
        """Return `os.symlink`, which notes what it does; where a link leads is a word, not a path."""

        def call(target, path, *_is_folder):
            real(target, path)
            self.changed("symlink", path, str(target))

        return call

    def open(self, real):
        """Return `os.open`, which notes the files that it makes."""

        def call(path, flags, *arguments, **options):
            new = flags & os.O_CREAT and not os.path.lexists(path)
            descriptor = real(path, flags, *arguments, **options)
            if new:
                self.changed("create", path)
            return descriptor

        return call

    def fsync(self, real):
        """Return `os.fsync`, which notes what it made durable."""

        def call(descriptor):
            real(descriptor)
            path = Path(f"/proc/self/fd/{descriptor}").resolve()
            if (name := self._name(path)) is not None:
                self.log.append(Flushed(name, None if path.is_dir() else path.read_bytes()))

        return call

    def _name(self, path):
        """Return the path within the folder, or None where it is elsewhere."""
        full = Path(os.path.normpath(path))
        return str(full.relative_to(self.root)) if full.is_relative_to(self.root) else None


@contextmanager
def recording(root):
    """Note all that this process asks of `root`."""
    recorder = Recorder(root)
    changed = {name: recorder.around(name, getattr(os, name)) for name in ("mkdir", "rmdir", "unlink")}
    changed |= {"link": recorder.around_two("link", os.link), "symlink": recorder.symlink(os.symlink)}
    changed |= {name: recorder.around_two("rename", getattr(os, name)) for name in ("rename", "replace")}
    changed |= {"open": recorder.open(os.open), "fsync": recorder.fsync(os.fsync)}
    with ExitStack() as stack:
        for name, call in changed.items():
            stack.enter_context(mock.patch.object(os, name, call))
        stack.enter_context(mock.patch.object(shutil, "rmtree", _remove_tree))
        yield recorder


def _remove_tree(path, *, ignore_errors=False):
    """Do what `shutil.rmtree` does, by paths: its own way by descriptors cannot be followed."""
    if ignore_errors and not os.path.lexists(path):
        return
    for folder, folders, files in os.walk(path, topdown=False):
        for name in files:
            Path(folder, name).unlink()
        for name in folders:
            Path(folder, name).rmdir()
    Path(path).rmdir()
