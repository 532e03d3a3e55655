"""`python -m demo run | tour | pictures | content | push FOLDER`: what the Makefile's targets call, and a push."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from demo import badge, documents, pictures, tour, world
from demo.around import Around
from demo.commands import command
from demo.desk import DeskServer
from demo.processes import ProcessError
from demo.publishing import Publishing

_BUILD = Path("build")
_SHEETS = Path("demo/content/sheets")
_EXAMPLE = Path("demo/pushes/autumn")


def content() -> Path:
    """Build the shipped pack if it is absent or older than what it is made of; return its path."""
    pack = _BUILD / "content.pack"
    sources = [*_SHEETS.rglob("*"), *Path("fleet/content").rglob("*"), *Path("catalogue").rglob("*.py")]
    newest_s = max(path.stat().st_mtime for path in sources if path.is_file())
    if not pack.exists() or pack.stat().st_mtime < newest_s:
        _BUILD.mkdir(exist_ok=True)
        print("==> content pack from", _SHEETS)
        command("guichet-hub", "content", "build", str(_SHEETS), "-o", str(pack))
        os.utime(pack)
    return pack


def run() -> None:
    """Start the small world with the kiosk in a window, until its window is closed or Ctrl-C."""
    folder = _BUILD / "world"
    cards, papers_in = badge.can_read_cards(), documents.can_scan()
    beside = Around(folder / "kiosk")
    small = world.World(folder, content(), cards=cards, papers_in=papers_in, around=beside)
    small.make()
    Publishing(small)
    ending = ExitStack()
    try:
        reader = ("reader",) if cards else ()
        document_scanner = (documents.NAME,) if papers_in else ()
        small.start(*world.EVERY_PART, *reader, *document_scanner, *beside.parts)
        kiosk = small.show()
        print(f"==> the small world runs; receipts appear in {small.paper_dir}, logs in {small.folder / 'logs'}")
        desk = ending.enter_context(DeskServer(small))
        print(f"==> the desk, where you scan, pull plugs and see the paper: {desk.address}")
        print(f"==> in another terminal, to push a theme and a partner: python -m demo push {_EXAMPLE}")
        print("==> Ctrl-C ends it")
        kiosk.wait()
    finally:
        ending.close()
        small.end()


def push(folder: Path) -> None:
    """Sign and publish `folder` for the world that `run` shows."""
    small = world.World(_BUILD / "world", _BUILD / "content.pack")
    if not small.hub.exists():
        raise ProcessError("there is no small world yet: make run")
    Publishing(small).push(folder)
    print(f"==> published; the kiosk tries it: {small.folder / 'kiosk/run/config.json'}")


def main() -> int:
    """Do what the first argument says; an error that its reader can mend is one sentence."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    try:
        match sys.argv[1:]:
            case ["push", folder]:
                push(Path(folder))
            case ["content"]:
                content()
            case ["tour"]:
                tour.play(_BUILD / "tour-world", content(), Path("tour"))
            case ["pictures"]:
                pictures.make()
            case ["run"] if display:
                run()
            case ["run"]:
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
