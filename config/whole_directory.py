"""A folder of small files that is there whole or not at all. Adapter: files.

trusted -> trusted.8/    a link; who follows it, at any moment and after any cut, finds one whole folder
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from config.whole_file import sync_directory, write_new

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def adopt(link: Path, files: Mapping[str, bytes]) -> None:
    """Let `link` lead to a new folder of `files` (by relative path); on return it is on the disk, the old one gone.

    One process writes.

    Raises:
        OSError: the disk refuses; `link` leads where it led.
    """
    link.parent.mkdir(parents=True, exist_ok=True)
    earlier = dict(_made(link))
    made = link.with_name(f"{link.name}.{max(earlier, default=0) + 1}")
    try:
        _fill(made, files)
        sync_directory(link.parent)
        unfinished = link.with_name(f"{link.name}.part")
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(made.name)
        unfinished.replace(link)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sync_directory(link.parent)
    for folder in earlier.values():
        shutil.rmtree(folder, ignore_errors=True)  # one that stays is taken away at the next adoption


def _fill(made: Path, files: Mapping[str, bytes]) -> None:
    made.mkdir()
    for name, content in files.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
    for folder in {made, *((made / name).parent for name in files)}:
        sync_directory(folder)


def _made(link: Path) -> Iterator[tuple[int, Path]]:
    for path in link.parent.iterdir():
        if number := re.fullmatch(re.escape(link.name) + r"\.([0-9]+)", path.name):
            yield int(number[1]), path
