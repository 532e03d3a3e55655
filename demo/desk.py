"""The desk beside the kiosk: a page on localhost where one is the citizen's hands, and the technician's mishaps.

Codes are scanned there, covers opened, paper runs out, cables are pulled, and the paper that comes out is seen. The
page asks for `/state` every second, and posts `/do` with what was touched. It serves this machine alone.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from demo import around, documents
from demo.processes import ProcessError

if TYPE_CHECKING:
    from demo.processes import Part
    from demo.world import World

_PAGE = Path(__file__).parent / "desk.html"
_MAX_BODY_BYTES = 10_000
_PAPERS_SHOWN = 6
# The switches of `python -m drivers.simulated.printer`.
_SWITCHES = ("paper_near_end", "paper_out", "cover_open", "cutter_jammed", "overheated", "offline", "mute", "garbled")
_PLUGS = ("printer", "scanner", "reader", *around.PARTS, documents.NAME)
_SOUNDS_SHOWN = 3
_PAPERS = ("tax-notice", "tax-notice altered", "tax-notice unknown", "tax-notice expired")
_CARDS = ("badge", "forged", "vitale", "bank", "mute", "none")


class Desk:
    """The hands at the devices of one world; every method may be called from any thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._switches: set[str] = set()
        self._card = "none"
        self._trouble, self._scanned = "none", ""
        self._headphones = "out"
        # One thread does everything, as long as the desk is there: a part ends with the thread that started it.
        self._hands = ThreadPoolExecutor(1, "desk-hands")

    def leave(self) -> None:
        """Do nothing more; what was plugged in at the desk ends with it."""
        self._hands.shutdown()

    def state(self) -> dict[str, Any]:
        """Return all that the page shows."""
        plugged = [name for name in _PLUGS if self._plugged(name)]
        switches = sorted(self._switches)
        papers = sorted(self._world.paper_dir.glob("receipt-*.png"), reverse=True)[:_PAPERS_SHOWN]
        return {
            "plugged": plugged,
            "switches": switches,
            "card": self._card,
            "has_reader": self._world.cards,
            "documents": self._documents(),
            "papers": [path.name for path in papers],
            "devices": self._told(),
            **self._around(),
        }

    def do(self, what: str, value: str) -> None:
        """Do what was touched on the page.

        Raises:
            ProcessError: there is no such thing to do, or it cannot be done now.
        """
        self._hands.submit(self._do, what, value).result()

    def _do(self, what: str, value: str) -> None:  # noqa: C901  (one table of all there is to do)
        match what:
            case "scan":
                self._part("scanner").tell(value.replace("\n", " ").strip())
            case "paper" if value in _PAPERS:
                self._part("scanner").tell(self._world.issue(value))
            case "switch" if value in _SWITCHES:
                self._switches = self._switches ^ {value}
                self._part("printer").tell(" ".join(sorted(self._switches)))
            case "card" if value in _CARDS:
                self._part("reader").tell(value)
                self._card = value
            case "key" if value in around.KEYS:
                self._part("keypad").tell(f"tap {value}")
            case "headphones" if value in {"in", "out"}:
                self._part("sound").tell(f"headphones {value}")
                self._headphones = value
            case "power" if self._world.around is not None:
                self._world.around.feed(value)
            case "plug" if value in _PLUGS:
                self._plug(value)
            case "trouble" if value in documents.TROUBLES:
                self._suffer("none" if self._trouble == value else value)
            case "try" if self._world.documents is not None:
                self._scanned = self._world.documents.try_it(self._world.site)
            case _:
                raise ProcessError(f"there is nothing such at the desk: {what!r} {value!r}")

    def _plug(self, name: str) -> None:
        """Pull a plug, or put it back: what was the matter with the device is the matter still."""
        if self._plugged(name):
            self._world.parts[name].end()
            return
        self._world.start(name)
        match name:
            case "printer":
                self._part(name).tell(" ".join(sorted(self._switches)))
            case documents.NAME:
                self._suffer(self._trouble)

    def _suffer(self, trouble: str) -> None:
        scanner = self._part(documents.NAME)
        assert self._world.documents is not None  # noqa: S101  (or it was never plugged in)
        self._world.documents.suffer(scanner, trouble)
        self._trouble = trouble

    def _documents(self) -> dict[str, Any] | None:
        return {"trouble": self._trouble, "scanned": self._scanned} if self._world.documents else None

    def paper(self, name: str) -> bytes:
        """Return the picture of a paper.

        Raises:
            OSError: there is none of that name.
        """
        if name not in {path.name for path in self._world.paper_dir.glob("receipt-*.png")}:
            raise FileNotFoundError(name)
        return (self._world.paper_dir / name).read_bytes()

    def sound(self, name: str) -> bytes:
        """Return what was heard, as a WAV file.

        Raises:
            OSError: there is none of that name.
        """
        beside = self._world.around
        if beside is None or name not in beside.sounds():
            raise FileNotFoundError(name)
        return (beside.sounds_dir / name).read_bytes()

    def _around(self) -> dict[str, Any]:
        """Return what is around the screen, where this world has it."""
        beside = self._world.around
        if beside is None:
            return {"around": None}
        sounds = beside.sounds()[:_SOUNDS_SHOWN]
        shown = {"headphones": self._headphones, "power": beside.fed_by, "lamp": beside.lamp(), "sounds": sounds}
        return {"around": {**shown, "has_lamp": beside.has_lamp}}

    def _plugged(self, name: str) -> bool:
        return name in self._world.parts and self._world.parts[name].running

    def _part(self, name: str) -> Part:
        if not self._plugged(name):
            raise ProcessError(f"the {name} is unplugged")
        return self._world.parts[name]

    def _told(self) -> list[dict[str, Any]]:
        """Return what the kiosk says of its devices; nothing where none runs."""
        with suppress(OSError, ValueError, KeyError):
            told: list[dict[str, Any]] = json.loads((self._world.run_dir / "devices.json").read_bytes())["devices"]
            return told
        return []


class _Handler(BaseHTTPRequestHandler):
    desk: ClassVar[Desk]
    server: ThreadingHTTPServer

    def do_GET(self) -> None:
        """Serve the page, its state and its pictures."""
        if not self._is_ours():
            return
        match self.path.partition("?")[0].split("/"):
            case ["", ""]:
                self._send(_PAGE.read_bytes(), "text/html; charset=utf-8")
            case ["", "state"]:
                self._send(json.dumps(self.desk.state()).encode(), "application/json")
            case ["", "papers", name]:
                try:
                    self._send(self.desk.paper(name), "image/png")
                except OSError:
                    self.send_error(HTTPStatus.NOT_FOUND)
            case ["", "sounds", name]:
                try:
                    self._send(self.desk.sound(name), "audio/wav")
                except OSError:
                    self.send_error(HTTPStatus.NOT_FOUND)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Do what was touched."""
        if not self._is_ours() or self.path != "/do":
            return
        length = min(int(self.headers.get("Content-Length", "0")), _MAX_BODY_BYTES)
        try:
            said = json.loads(self.rfile.read(length))
            self.desk.do(str(said["do"]), str(said["value"]))
        except (ValueError, KeyError, TypeError):
            self.send_error(HTTPStatus.BAD_REQUEST)
        except ProcessError as error:
            self._send(json.dumps({"refused": str(error)}).encode(), "application/json", HTTPStatus.CONFLICT)
        else:
            self._send(b"{}", "application/json")

    def log_message(self, *_: object) -> None:
        """Say nothing: what is scanned is nobody's business."""

    def _is_ours(self) -> bool:
        """Refuse what another page's script or name asks for (DNS rebinding, cross-site requests)."""
        host = f"127.0.0.1:{self.server.server_port}"
        theirs = self.headers.get("Origin", f"http://{host}")
        if self.headers.get("Host") == host and theirs == f"http://{host}":
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _send(self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with suppress(OSError):  # the page was closed
            self.wfile.write(data)


class DeskServer:
    """The page: a context, at `address` inside of it."""

    def __init__(self, world: World, port: int = 0) -> None:
        self._desk = Desk(world)
        handler = type("Handler", (_Handler,), {"desk": self._desk})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> DeskServer:  # noqa: PYI034  (not inherited from)
        """Begin to serve."""
        self._thread = threading.Thread(target=self._server.serve_forever, name="desk", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._desk.leave()
