"""The small world under faults: a producer instead of the screen, and a keeper which starts again what has ended."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from demo.commands import command, free_ports
from demo.processes import LineListener, Part, ProcessError
from demo.site import DEVICE
from demo.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRODUCER = Path(__file__).parent / "producer.py"
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Tally:
    """What one fault came to."""

    kept: int  # records acknowledged to their producer
    at_hub: int  # records in the hub's database, opened
    lost: int  # acknowledged, and not there
    double: int  # there more than once
    unpromised: int  # there, though their producer died before it was told
    refused: int  # refused to the producer with a sentence
    refused_at_hub: int  # refused, and there all the same

    def __str__(self) -> str:
        """Return the figures in a line."""
        more = f", {self.unpromised} stored but not yet acknowledged when killed" if self.unpromised else ""
        more += f", {self.refused} refused with a sentence" if self.refused else ""
        return f"{self.kept} acknowledged, {self.at_hub} at the hub, {self.lost} lost, {self.double} double{more}"


@dataclass(slots=True)
class FaultWorld(World):
    """A world without screen: `producer`, `sync`, `broker`, `hub`, and what stands between them."""

    count: int = 5_000
    per_second: float = 1_000
    # What each part is started through: another clock.
    through: dict[str, list[str]] = field(default_factory=dict)
    deaths: Counter[str] = field(default_factory=Counter)
    _bad_link: list[str] = field(default_factory=list)
    _share: tuple[str, int] = ("--ingest", 0)
    _kept: set[str] = field(default_factory=set)
    _refused: dict[str, str] = field(default_factory=dict)
    _lives: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _finished: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def flowing(self, *names: str) -> Iterator[None]:
        """Start the parts named and the producer, and keep every one of them running until the end.

        Raises:
            ProcessError: a part did not get ready at first.
        """
        self.start(*names)
        self.launch("producer")
        keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            self._stop.set()
            keeper.join()
            self.end()

    def put_between(self, side: Path, *bad: str) -> None:
        """Let the broker be reached over a `link` (demo.bad_link) by the side whose settings file is `side`."""
        [port] = free_ports(1)
        settings = side.read_text(encoding="utf-8")
        side.write_text(settings.replace(f"port = {self.broker_port}\n", f"port = {port}\n"), encoding="utf-8")
        to = f"127.0.0.1:{self.broker_port}"
        self._bad_link = [sys.executable, "-m", "demo.bad_link", "--listen", str(port), "--to", to, *bad]

    def share(self, way: str, ingests: int) -> None:
        """Make the hub anew for several ingest processes; `way` is the option by which each takes its share."""
        shutil.rmtree(self.hub)
        listener = ("--host", "localhost", "--port", str(self.broker_port), "--listen", "127.0.0.1")
        command("guichet-hub", "init", "--hub", str(self.hub), *listener, "--ingests", str(ingests))
        command("guichet-hub", "enrol", DEVICE, "--out", str(self.folder / "kiosk/identity"), "--hub", str(self.hub))
        self._share = (way, ingests)

    def launch(self, name: str) -> None:
        """Start a part, and do not wait for it."""
        self.parts[name] = getattr(self, f"_{name}")()

    def pause(self, seconds: float) -> None:
        """Let the records flow for so long: the fault's own timetable, not a guess at anybody's readiness."""
        self._stop.wait(seconds)

    @property
    def flow_ended(self) -> bool:
        """Whether the producer holds an acknowledgement for each of `count` records."""
        return self._finished.is_set()

    @property
    def kept(self) -> int:
        """How many records are acknowledged so far."""
        return len(self._kept)

    @property
    def refusals(self) -> list[str]:
        """The sentences with which records were refused."""
        return list(self._refused.values())

    def settle(self, deadline_s: float = 120) -> Tally:
        """Wait until every record is kept and nothing waits on the device, then count at the hub.

        Raises:
            ProcessError: something still waits at the deadline.
        """
        end_s = time.monotonic() + deadline_s
        if not self._finished.wait(deadline_s):
            raise ProcessError(f"{self.kept} of {self.count} records kept: {self.parts['producer'].last_words()}")
        while waiting := self._waiting():
            if time.monotonic() > end_s:
                raise ProcessError(f"{waiting} records still wait: {self.parts['sync'].last_words()}")
            self.pause(0.5)
        return self._tally()

    def _waiting(self) -> int:
        return int(self.outbox()["waiting"])

    def _tally(self) -> Tally:
        there = Counter(record["sheet"] for record in self.records())
        return Tally(
            kept=len(self._kept),
            at_hub=there.total(),
            lost=len(self._kept - there.keys()),
            double=there.total() - len(there),
            unpromised=len(there.keys() - self._kept - self._refused.keys()),
            refused=len(self._refused),
            refused_at_hub=len(there.keys() & self._refused.keys()),
        )

    def _keep(self) -> None:
        """Start again whatever has ended, as systemd would, until the world stops."""
        while not self._stop.wait(_LOOK_S):
            for name, part in list(self.parts.items()):
                if part.running:
                    continue
                if name == "producer" and part.wait() == 0:
                    self._finished.set()
                else:
                    self.deaths[name] += 1
                    self.launch(name)

    def _producer(self) -> Part:
        self._lives += 1
        left = max(self.count - len(self._kept), 1)
        told = [str(self.site), f"life{self._lives}", str(left), str(self.per_second)]
        return self._part("producer", [sys.executable, str(_PRODUCER), *told], on_line=self._told)

    def _ingest_1(self) -> Part:
        return self._ingest(1)

    def _ingest_2(self) -> Part:
        return self._ingest(2)

    def _ingest(self, number: int) -> Part:
        way, ingests = self._share
        told = f"{number}/{ingests}" if way == "--split" else str(number)
        run = [str(Path(sys.executable).parent / "guichet-hub"), "run", "--hub", str(self.hub), way, told]
        return self._part(f"ingest_{number}", run, "link up")

    def _link(self) -> Part:
        return self._part("link", self._bad_link, "listening")

    def _told(self, line: str) -> None:
        match line.split(maxsplit=2):
            case ["kept", name]:
                self._kept.add(name)
            case ["refused", name, sentence]:
                self._refused[name] = sentence

    def _part(self, name: str, argv: list[str], ready_when: str = "", on_line: LineListener = str) -> Part:
        return World._part(self, name, [*self.through.get(name, []), *argv], ready_when, on_line)
