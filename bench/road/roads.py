"""Every road that is measured: how its programs are called, and which hub they deliver to."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from bench.road.hubs import GuichetHub, Hub, PlainHub, program
from bench.road.load import DEVICE, Enqueued, Load, Way
from demo.commands import free_ports, mosquitto
from demo.processes import Part

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_ENQUEUE_DEADLINE_S = 120


class RoadError(Exception):
    """A peer's program refused; the message is what it said."""


class Road(Protocol):
    """A way from a record to a hub's commit. `place` is its folder on the device."""

    name: str
    how: str
    # Beyond it this road's own design makes the bench too long; 0 is no limit.
    max_records: int
    delivers: bool

    def new_hub(self, folder: Path, place: Path, way: Way) -> Hub:
        """Return the hub that this road delivers to, not started; and prepare `place`."""
        ...

    def enqueue(self, place: Path, load: Load, way: Way) -> Enqueued:
        """Accept `load` while nothing listens at the other end of `way`."""
        ...

    def drain(self, place: Path, way: Way) -> Part:
        """Return the process that delivers what was accepted; start it where none runs."""
        ...

    def end(self) -> None:
        """Kill whatever still runs on the device."""
        ...


@dataclass(slots=True)
class ProgramRoad:
    """A program with two orders: `enqueue PLACE RECORDS COUNT PRODUCERS HOST PORT` and `drain PLACE HOST PORT`."""

    name: str
    how: str
    argv: list[str]
    max_records: int = 0
    delivers: bool = True
    _part: Part | None = None

    def new_hub(self, folder: Path, place: Path, way: Way) -> Hub:  # noqa: ARG002  (nobody needs enrolment here)
        """Return a hub without certificates."""
        place.mkdir(parents=True)
        return PlainHub(folder)

    def enqueue(self, place: Path, load: Load, way: Way) -> Enqueued:
        """Run the program to its end: it may kill itself, as the surest way to leave nothing to a clean exit."""
        return run_enqueue([*way.inside, *self.argv, "enqueue", str(place), *_words(load), *way.words])

    def drain(self, place: Path, way: Way) -> Part:
        """Start the program."""
        self._part = Part(
            "device", [*way.inside, *self.argv, "drain", str(place), *way.words], place.parent / "device.log"
        )
        return self._part

    def end(self) -> None:
        """Kill the program."""
        _kill(self._part)


@dataclass(slots=True)
class MemoryRoad:
    """A program which keeps everything in memory: the process that accepted is the one that delivers."""

    name: str
    how: str
    argv: list[str]
    max_records: int = 0
    delivers: bool = True
    _part: Part | None = None

    def new_hub(self, folder: Path, place: Path, way: Way) -> Hub:  # noqa: ARG002  (as above)
        """Return a hub without certificates."""
        place.mkdir(parents=True)
        return PlainHub(folder)

    def enqueue(self, place: Path, load: Load, way: Way) -> Enqueued:
        """Start the program, and read its figures while it goes on."""
        said: list[str] = []
        argv = [*way.inside, *self.argv, "enqueue", str(place), *_words(load), *way.words]
        self._part = Part("device", argv, place.parent / "device.log", '"rate_per_s"', said.append)
        self._part.wait_ready(120)
        return msgspec.json.decode(said[-1], type=Enqueued)

    def drain(self, place: Path, way: Way) -> Part:
        """Return the running program; once killed, another, which has nothing."""
        if self._part is None or not self._part.running:
            self._part = Part(
                "device", [*way.inside, *self.argv, "drain", str(place), *way.words], place.parent / "device.log"
            )
        return self._part

    def end(self) -> None:
        """Kill the program."""
        _kill(self._part)


_BRIDGE = """\
listener {local_port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {place}/
{saving}
max_queued_messages 0
max_inflight_messages 100
set_tcp_nodelay true
user root
connection up
address {host}:{port}
topic bench/# out 1
cleansession false
remote_clientid {device}
local_clientid bridge
restart_timeout 1
bridge_protocol_version mqttv311
"""


@dataclass(slots=True)
class BridgeRoad:
    """A mosquitto on the device, with a bridge to the operator's; producers wait for its PUBACK."""

    name: str
    how: str
    saving: str
    max_records: int = 0
    delivers: bool = True
    _broker: Part | None = None
    _local_port: int = 0

    def new_hub(self, folder: Path, place: Path, way: Way) -> Hub:
        """Return a hub without certificates, and configure the bridge to it."""
        place.mkdir(parents=True)
        (self._local_port,) = free_ports(1)
        conf = _BRIDGE.format(
            local_port=self._local_port, place=place, saving=self.saving, host=way.host, port=way.port, device=DEVICE
        )
        (place / "bridge.conf").write_text(conf, encoding="utf-8")
        return PlainHub(folder)

    def enqueue(self, place: Path, load: Load, way: Way) -> Enqueued:
        """Start the broker and feed it."""
        self.drain(place, way).wait_ready()
        producer = [*way.inside, sys.executable, "-m", "bench.road.peers.mosquitto_bridge", "enqueue", str(place)]
        return run_enqueue([*producer, *_words(load), str(self._local_port)])

    def drain(self, place: Path, way: Way) -> Part:
        """Return the running broker, or start it."""
        if self._broker is None or not self._broker.running:
            argv = [*way.inside, mosquitto(), "-c", str(place / "bridge.conf")]
            self._broker = Part("device", argv, place.parent / "device.log", "running")
        return self._broker

    def end(self) -> None:
        """Kill the device's broker."""
        _kill(self._broker)


_SITE = """\
[device]
name = "{device}"
state_dir = "{place}/state"
run_dir = "{place}/run"

[content]
pack = "{place}/none.pack"

[outbox]
limit_bytes = 1000000000

[broker]
host = "{host}"
port = {port}
ca_file = "{place}/identity/ca.crt"
certificate_file = "{place}/identity/device.crt"
key_file = "{place}/identity/device.key"

[hub]
opening_key_file = "{place}/identity/hub-opening.pub"
signing_key_file = "{place}/identity/hub-signing.pub"
"""


@dataclass(slots=True)
class GuichetRoad:
    """Our own: `RecordWriter` in a producer's process, `guichet sync`, mutual TLS, `guichet-hub run`."""

    name: str
    how: str
    writer: str = "bench.road.peers.ours"
    sealed: bool = True
    max_records: int = 0
    delivers: bool = True
    _part: Part | None = None

    def new_hub(self, folder: Path, place: Path, way: Way) -> Hub:
        """Make a hub of the operator's, and enrol the device with it."""
        for name in ("state", "run"):
            (place / name).mkdir(parents=True)
        hub = GuichetHub(folder, can_open=self.sealed)
        hub.establish(place / "identity", way.host)
        site = _SITE.format(device=DEVICE, place=place, host=way.host, port=way.port)
        (place / "site.toml").write_text(site, encoding="utf-8")
        return hub

    def enqueue(self, place: Path, load: Load, way: Way) -> Enqueued:  # noqa: ARG002  (site.toml says where)
        """Queue the records as a kiosk does."""
        site = str(place / "site.toml")
        argv = [sys.executable, "-m", self.writer, "enqueue", site, str(load.count), str(load.producers)]
        return run_enqueue(argv)

    def drain(self, place: Path, way: Way) -> Part:
        """Start the sync service."""
        argv = [*way.inside, str(program("guichet")), "sync", "--config", str(place / "site.toml")]
        self._part = Part("device", argv, place.parent / "device.log")
        return self._part

    def end(self) -> None:
        """Kill the service."""
        _kill(self._part)


def run_enqueue(argv: list[str]) -> Enqueued:
    """Run a producer's program and return the figures it prints.

    Raises:
        RoadError: it printed none, or did not end.
    """
    try:
        ran = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT, timeout=_ENQUEUE_DEADLINE_S)
    except subprocess.TimeoutExpired as error:
        raise RoadError(f"{argv!r} had not ended after {_ENQUEUE_DEADLINE_S} s: {error.stderr!r}") from error
    try:
        return msgspec.json.decode(ran.stdout.strip().rpartition("\n")[2], type=Enqueued)
    except msgspec.MsgspecError as error:
        raise RoadError(f"{argv!r}: {ran.stderr.strip()[-500:] or ran.stdout[-500:]!r}") from error


def _words(load: Load) -> list[str]:
    return [str(load.records), str(load.count), str(load.producers)]


def _kill(part: Part | None) -> None:
    if part is not None and part.running:
        part.kill()


def python_peer(module: str) -> list[str]:
    """Return the command of a peer in Python."""
    return [sys.executable, "-m", f"bench.road.peers.{module}"]
