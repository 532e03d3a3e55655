"""The small world: broker, hub, and one kiosk with its sync service, printer and scanner.

<folder>/hub/     the operator's side: keys, settings, database, broker files
<folder>/kiosk/   the device's side: identity, site.toml, state (outbox), run
<folder>/paper/   what the simulated printer has printed, a picture a receipt
<folder>/logs/    what each part said
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from demo import badge, documents
from demo.commands import BIN, command, free_ports, mosquitto
from demo.documents import Documents
from demo.processes import LineListener, Part, ProcessError
from demo.site import DEVICE, TEN_INCH, Panel, Site

if TYPE_CHECKING:
    from pathlib import Path

    from demo.around import Around

# What records travel by, and all but the kiosk: pushes come with holders' keys (`demo.publishing`).
ROAD = ("broker", "hub", "sync", "printer", "scanner")
EVERY_PART = ("broker", "hub", "publisher", "sync", "keeper", "printer", "scanner", "authority")


@dataclass(slots=True)
class World:
    """One small world in `folder`; every part is started and ended on its own."""

    folder: Path
    pack: Path
    panel: Panel = TEN_INCH
    fullscreen: bool = False
    paper_mm: int = 80
    idle_warning_s: float = 60
    cards: bool = False
    papers_in: bool = False
    documents: Documents | None = None
    around: Around | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    broker_port: int = 0
    printer_port: int = 0
    _issued: SimpleQueue[str] = field(default_factory=SimpleQueue)

    @property
    def site(self) -> Path:
        """The device's configuration."""
        return self.folder / "kiosk/site.toml"

    @property
    def hub(self) -> Path:
        """The operator's folder."""
        return self.folder / "hub"

    @property
    def state_dir(self) -> Path:
        """What the device keeps."""
        return self.folder / "kiosk/state"

    @property
    def badge_key(self) -> Path:
        """The private key in the demo agent's badge."""
        return self.folder / "kiosk/badge.pem"

    @property
    def run_dir(self) -> Path:
        """What the device keeps in memory."""
        return self.folder / "kiosk/run"

    @property
    def paper_dir(self) -> Path:
        """Where printed receipts appear."""
        return self.folder / "paper"

    def make(self) -> None:
        """Make the folders, the keys and the settings, anew.

        Raises:
            ProcessError: a command of ours refused.
        """
        Documents.forget(self.folder / "kiosk")
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("kiosk/state", "paper", "logs"):
            (self.folder / name).mkdir(parents=True)
        if self.papers_in:
            self.documents = Documents(self.folder / "kiosk")
        else:
            self.run_dir.mkdir()
        self.broker_port, self.printer_port = free_ports(2)
        listener = ("--host", "localhost", "--port", str(self.broker_port), "--listen", "127.0.0.1")
        command("guichet-hub", "init", "--hub", str(self.hub), *listener)
        command("guichet-hub", "enrol", DEVICE, "--out", str(self.folder / "kiosk/identity"), "--hub", str(self.hub))
        if self.around is not None:
            self.around.feed("mains")
        self.site.write_text(self._site().toml(), encoding="utf-8")

    def start(self, *names: str) -> None:
        """Start the parts named, each once the one before is ready; those of the road where none is named.

        Raises:
            ProcessError: one did not get ready.
        """
        for name in names or ROAD:
            self.parts[name] = getattr(self, f"_{name.replace('-', '_')}")()
            self.parts[name].wait_ready()

    def play(self, script: Path, pictures: Path, on_line: LineListener = str) -> Part:
        """Start the kiosk off-screen with a citizen who touches what `script` says."""
        pictures.mkdir(parents=True, exist_ok=True)
        orders = ("--play", str(script), "--pictures", str(pictures))
        self.parts["kiosk"] = self._part("kiosk", [*self._kiosk_command(), *orders], on_line=on_line)
        return self.parts["kiosk"]

    def show(self) -> Part:
        """Start the kiosk in a window."""
        self.parts["kiosk"] = self._part("kiosk", self._kiosk_command())
        return self.parts["kiosk"]

    def end(self) -> None:
        """End every part, last started first."""
        for part in reversed(self.parts.values()):
            part.end()
        self.parts.clear()
        Documents.forget(self.folder / "kiosk")

    def records(self) -> list[dict[str, Any]]:
        """Return what the hub has, opened."""
        found: list[dict[str, Any]] = json.loads(command("guichet-hub", "records", "--json", "--hub", str(self.hub)))
        return found

    def outbox(self) -> dict[str, Any]:
        """Return what waits on the device."""
        found: dict[str, Any] = json.loads(command("guichet", "outbox", "--json", "--config", str(self.site)))
        return found

    def wait_for_records(self, count: int, deadline_s: float = 10) -> list[dict[str, Any]]:
        """Wait until the hub has `count` records, and return what it has then, or at the deadline."""
        end_s = time.monotonic() + deadline_s
        while len(found := self.records()) < count and time.monotonic() < end_s:
            time.sleep(0.1)
        return found

    def _broker(self) -> Part:
        return self._part("broker", [mosquitto(), "-c", str(self.hub / "mosquitto.conf")], "running")

    def _hub(self) -> Part:
        return self._part("hub", [str(BIN / "guichet-hub"), "run", "--hub", str(self.hub)], "link up")

    def _sync(self) -> Part:
        return self._part("sync", [str(BIN / "guichet"), "sync", "--config", str(self.site)], '"link"')

    def _publisher(self) -> Part:
        return self._part(
            "publisher", [str(BIN / "guichet-hub"), "publisher", "run", "--hub", str(self.hub)], "link up"
        )

    def _keeper(self) -> Part:
        return self._part(
            "keeper", [str(BIN / "guichet"), "config", "keep", "--config", str(self.site)], "keeping watch"
        )

    def _printer(self) -> Part:
        simulator = [sys.executable, "-m", "drivers.simulated.printer", "--host", "127.0.0.1"]
        paper = ["--port", str(self.printer_port), "--paper-mm", str(self.paper_mm), "--save", str(self.paper_dir)]
        return self._part("printer", [*simulator, *paper], "listening")

    def issue(self, paper: str) -> str:
        """Have the demo's authority seal a paper, such as `tax-notice` or `tax-notice altered`; return its code.

        Raises:
            ProcessError: there is no authority, or no such paper.
        """
        if "authority" not in self.parts:
            raise ProcessError("nobody issues papers here")
        self.parts["authority"].tell(f"issue {paper}")
        try:
            kind, _, text = self._issued.get(timeout=10).partition(" ")
        except Empty as error:
            raise ProcessError("the authority does not answer") from error
        if kind != "code":
            raise ProcessError(f"no such paper: {text}")
        return bytes.fromhex(text).decode("ascii")

    def _authority(self) -> Part:
        program = [sys.executable, "-m", "drivers.simulated.two_d_doc_authority"]
        folder = ["--certificates", str(self.folder / "kiosk/certificates")]

        def said(line: str) -> None:
            if not line.startswith("ready"):
                self._issued.put(line)

        return self._part("authority", [*program, *folder], "ready", said)

    def _reader(self) -> Part:
        return self._part("reader", badge.simulator(self.badge_key), "ready")

    def _scanner(self) -> Part:
        simulator = [sys.executable, "-m", "drivers.simulated.scanner", "--link", str(self.folder / "kiosk/scanner")]
        return self._part("scanner", simulator, "ready")

    def _document_scanner(self) -> Part:
        if self.documents is None:
            raise ProcessError(f"there is no {documents.NAME} here")
        return self._part(documents.NAME, self.documents.simulator(), "ready", self.documents.said)

    def _keypad(self) -> Part:
        return self._beside("keypad")

    def _sound(self) -> Part:
        return self._beside("sound")

    def _lamp(self) -> Part:
        return self._beside("lamp")

    def _beside(self, name: str) -> Part:
        if self.around is None:
            raise ProcessError(f"there is no {name} here")
        return self._part(name, self.around.simulator(name), "ready", self.around.lamp_said)

    def _kiosk_command(self) -> list[str]:
        sane = self.documents.environment if self.documents else []
        arguments = ["kiosk", "--config", str(self.site)]
        kiosk = [str(BIN / "guichet"), *arguments] if self.around is None else self.around.kiosk(arguments)
        return [*sane, *kiosk]

    def _part(self, name: str, argv: list[str], ready_when: str = "", on_line: LineListener = str) -> Part:
        return Part(name, argv, self.folder / f"logs/{name}.log", ready_when, on_line)

    def _site(self) -> Site:
        return Site(
            device=self.folder.absolute() / "kiosk",
            pack=self.pack.absolute(),
            panel=self.panel,
            fullscreen=self.fullscreen,
            idle_warning_s=self.idle_warning_s,
            printer_port=self.printer_port,
            paper_mm=self.paper_mm,
            broker_port=self.broker_port,
            beside=(
                # A machine has one pcscd, so that one world has the reader.
                badge.make(self.badge_key) if self.cards else "",
                Documents.settings if self.documents else "",
                self.around.site() if self.around is not None else "",
            ),
        )
