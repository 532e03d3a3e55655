"""Whether a folder is in memory. Adapter (/proc).

tmpfs ends with the power. Its pages may be swapped out, though: on a machine with swap space on a disk that is said.
"""

from __future__ import annotations

from pathlib import Path

_IN_MEMORY = {"tmpfs", "ramfs"}


def holds(folder: Path, mounts: str | None = None) -> bool:
    """Say whether a folder lies in a file system that ends with the power; `mounts` is as in /proc/mounts."""
    mounts = Path("/proc/mounts").read_text(encoding="utf-8") if mounts is None else mounts
    folder = folder.resolve()
    rows = (line.split() for line in mounts.splitlines())
    points = [(_point(point), kind) for _, point, kind, *_ in rows]
    # What is mounted last at a place hides what was there: the last of the longest counts.
    here = [(len(point.parts), at, kind) for at, (point, kind) in enumerate(points) if folder.is_relative_to(point)]
    return bool(here) and max(here)[2] in _IN_MEMORY


def swaps_to_disk(swaps: str | None = None) -> bool:
    """Say whether memory may be written to a disk; `swaps` is as in /proc/swaps. Compressed memory (zram) is none."""
    swaps = Path("/proc/swaps").read_text(encoding="utf-8") if swaps is None else swaps
    return any(not line.startswith("/dev/zram") for line in swaps.splitlines()[1:] if line.strip())


def _point(escaped: str) -> Path:
    """Return a mount point; the kernel writes a space in it as a backslash and 040."""
    return Path(escaped.encode("latin-1", errors="replace").decode("unicode_escape"))
