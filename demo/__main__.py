"""`python -m demo run | tour | pictures | content`: what the Makefile's targets call."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from demo import pictures, tour, world
from demo.processes import ProcessError

_BUILD = Path("build")
_SHEETS = Path("demo/content/sheets")


def content() -> Path:
    """Build the shipped pack if it is absent or older than what it is made of; return its path."""
    pack = _BUILD / "content.pack"
    sources = [*_SHEETS.rglob("*"), *Path("fleet/content").rglob("*"), *Path("catalogue").rglob("*.py")]
    newest_s = max(path.stat().st_mtime for path in sources if path.is_file())
    if not pack.exists() or pack.stat().st_mtime < newest_s:
        _BUILD.mkdir(exist_ok=True)
        print("==> content pack from", _SHEETS)
        world.command("guichet-hub", "content", "build", str(_SHEETS), "-o", str(pack))
        os.utime(pack)
    return pack


def run() -> None:
    """Start the small world with the kiosk in a window, until its window is closed or Ctrl-C."""
    small = world.World(_BUILD / "world", content())
    small.make()
    try:
        small.start()
        kiosk = small.show()
        print(f"==> the small world runs; receipts appear in {small.paper_dir}, logs in {small.folder / 'logs'}")
        print("==> Ctrl-C ends it")
        kiosk.wait()
    finally:
        small.end()


def main() -> int:
    """Do what the first argument says; an error that its reader can mend is one sentence."""
    order = sys.argv[1] if len(sys.argv) == 2 else "help"  # noqa: PLR2004  (the program and its order)
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    try:
        match order:
            case "content":
                content()
            case "tour":
                tour.play(_BUILD / "tour-world", content(), Path("tour"))
            case "pictures":
                pictures.make()
            case "run" if display:
                run()
            case "run":
                print("==> no display: a citizen's journey is played off-screen")
                tour.play(_BUILD / "tour-world", content(), Path("tour"))
            case _:
                print(__doc__)
                return 2
    except ProcessError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("==> ended")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
