"""Power cuts on real ext4: the file system is shut down under the writer without flushing its journal (root)."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import struct
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.outbox.salvage import open_mended

# linux/fs/ext4/ext4.h: EXT4_IOC_SHUTDOWN, and the flag that leaves the journal unflushed.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2
_WRITER = Path(__file__).with_name("ext4_writer.py")
pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system"),
]


@pytest.fixture
def image(tmp_path):
    """An ext4 file system in a file."""
    made = tmp_path / "disk-0.img"
    with made.open("wb") as file:
        file.truncate(64_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(made)], check=True)
    return made


@contextmanager
def mounted(image):
    folder = image.with_suffix("")
    folder.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def copied(image, number):
    """Return the disk as the cut left it, under a name of its own.

    A file system that was shut down stays so for as long as anybody, in a mount namespace of theirs, holds it.
    """
    copy = image.with_name(f"disk-{number}.img")
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    image.unlink()
    return copy


def write_until_cut(folder, synchronous, acknowledgements):
    """Let the writer work, stop it and cut the power; return what it had acknowledged."""
    command = [sys.executable, str(_WRITER), str(folder), synchronous]
    root = Path(__file__).parents[3]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)})
    said = [writer.stdout.readline() for _ in range(acknowledgements)]
    os.kill(writer.pid, signal.SIGSTOP)
    os.waitpid(writer.pid, os.WUNTRACED)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    os.close(descriptor)
    writer.kill()
    said += writer.stdout.read().splitlines(keepends=True)
    writer.wait()
    writer.stdout.close()
    return {line.decode().strip() for line in said if line.endswith(b"\n")}


def play(image, cuts, synchronous):
    """Cut the power so often; return how many rows were acknowledged and how many lost, and the generation."""
    rng = random.Random(cuts)  # noqa: S311  (repeatable moments)
    acknowledged, lost, generation = set(), set(), 1
    for cut in range(cuts + 1):
        with mounted(image) as folder:
            box = open_mended(folder / "outbox.db", "kiosk-1")
            there = {row.sealed.decode() for stream in box.streams() for row in box.rows(stream.stream, 1, 1_000_000)}
            generation = box.generation
            box.close()
            lost |= acknowledged - there
            if cut < cuts:
                acknowledged |= write_until_cut(folder, synchronous, rng.randint(1, 120))
        image = copied(image, cut + 1)
    return len(acknowledged), len(lost), generation


def test_300_cuts_on_ext4_lose_no_acknowledged_row(image, report):
    rows, lost, generation = play(image, 300, "FULL")
    report("300 cuts on ext4", f"{rows:,} acknowledged rows", f"{lost} lost")
    assert (lost, generation) == (0, 1)


def test_a_log_that_is_not_flushed_does_lose_rows_on_ext4(image, report):
    rows, lost, _ = play(image, 40, "NORMAL")
    report("control WAL/NORMAL, 40 cuts on ext4", f"{rows:,} acknowledged rows", f"{lost} lost")
    assert lost > 0
