"""An X server without a screen, for windows that nobody looks at."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.site import Panel


@contextmanager
def virtual_display(panel: Panel) -> Iterator[str]:
    """Run Xvfb on a free display, and yield its name; windows of our programs open there meanwhile."""
    read, write = os.pipe()
    screen = f"{panel.width_px}x{panel.height_px}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        name = f":{told.readline().strip()}"
    before = {key: os.environ.pop(key, None) for key in ("DISPLAY", "SDL_VIDEODRIVER")}
    os.environ["DISPLAY"] = name
    try:
        yield name
    finally:
        os.environ.pop("DISPLAY")
        os.environ.update({key: value for key, value in before.items() if value is not None})
        server.terminate()
        server.wait()
