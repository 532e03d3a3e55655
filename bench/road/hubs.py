"""The two hubs: mosquitto and a sink for the peers, mosquitto and `guichet-hub run` for us. Both commit to SQLite.

How far a hub is, is read from its database by a second connection: only what is committed counts.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol

from bench.road.load import DEVICE, SEED
from bench.road.samples import entries
from demo.commands import command, free_ports, mosquitto
from demo.processes import Part
from sync.records import fields

_LOOK_EVERY_S = 0.005
_PLAIN_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_inflight_messages 1000
set_tcp_nodelay true
user root
log_type error
log_type notice
log_type information
"""


def program(name: str) -> Path:
    """Return the path of one of our own programs."""
    return Path(sys.executable).parent / name


class Tally(NamedTuple):
    """What is missing from the hub's database, and what is there more than once."""

    lost: int
    doubled: int


class Hub(Protocol):
    """A broker and what commits behind it."""

    broker: tuple[str, int]

    def start(self) -> None:
        """Start both and wait until they take records."""
        ...

    def committed(self) -> int:
        """Return how many records are committed, doubles included."""
        ...

    def tally(self, count: int) -> Tally:
        """Compare what is committed with the `count` records that were accepted."""
        ...

    def end(self) -> None:
        """End both."""
        ...


class StalledError(Exception):
    """A hub got no further; the message says where it stopped."""


def wait_committed(hub: Hub, count: int, stall_s: float) -> float:
    """Wait until `count` records are committed, and return when that was (monotonic).

    Raises:
        StalledError: nothing more came for `stall_s`.
    """
    reached, moved_s = -1, time.monotonic()
    while (now := hub.committed()) < count:
        if now != reached:
            reached, moved_s = now, time.monotonic()
        elif time.monotonic() - moved_s > stall_s:
            raise StalledError(f"{reached} of {count} records reached the hub")
        time.sleep(_LOOK_EVERY_S)
    return time.monotonic()


@dataclass(slots=True)
class PlainHub:
    """What the peers deliver to: a broker without TLS, and the sink."""

    folder: Path
    broker: tuple[str, int] = ("127.0.0.1", 0)
    _parts: list[Part] = field(default_factory=list)
    _database: sqlite3.Connection | None = None

    def start(self) -> None:
        """Start the broker and the sink."""
        self.folder.mkdir(parents=True)
        self.broker = ("127.0.0.1", free_ports(1)[0])
        conf = self.folder / "mosquitto.conf"
        conf.write_text(_PLAIN_BROKER.format(port=self.broker[1], folder=self.folder), encoding="utf-8")
        sink = [sys.executable, "-m", "bench.road.sink", str(self.broker[1]), str(self.folder / "sink.db")]
        for name, argv, ready in (("broker", [mosquitto(), "-c", str(conf)], "running"), ("sink", sink, "ready")):
            part = Part(name, argv, self.folder / f"{name}.log", ready)
            self._parts.append(part)
            part.wait_ready()
        self._database = sqlite3.connect(self.folder / "sink.db")

    def committed(self) -> int:
        """Return how many records the sink has committed."""
        return _number(self._database, "SELECT coalesce(max(arrival), 0) FROM received")

    def tally(self, count: int) -> Tally:
        """Count by the records' numbers."""
        distinct = _number(self._database, "SELECT count(DISTINCT seq) FROM received")
        return Tally(lost=count - distinct, doubled=self.committed() - distinct)

    def end(self) -> None:
        """End both."""
        _end(self._parts, self._database)


@dataclass(slots=True)
class GuichetHub:
    """Our own: the broker as `guichet-hub init` configures it (mutual TLS), and `guichet-hub run`."""

    folder: Path
    can_open: bool = True  # not where the bench has left out the seal
    broker: tuple[str, int] = ("127.0.0.1", 0)
    _parts: list[Part] = field(default_factory=list)
    _database: sqlite3.Connection | None = None

    def establish(self, identity: Path, host: str) -> None:
        """Make the operator's folder, with a broker which devices reach as `host`, and enrol the device."""
        self.broker = (host, free_ports(1)[0])
        listener = ("--host", host, "--port", str(self.broker[1]), "--listen", host)
        command("guichet-hub", "init", "--hub", str(self.folder), *listener)
        command("guichet-hub", "enrol", DEVICE, "--out", str(identity), "--hub", str(self.folder))

    def start(self) -> None:
        """Start the broker and the hub."""
        hub = [str(program("guichet-hub")), "run", "--hub", str(self.folder)]
        broker = [mosquitto(), "-c", str(self.folder / "mosquitto.conf")]
        for name, argv, ready in (("broker", broker, "running"), ("hub", hub, "link up")):
            part = Part(name, argv, self.folder / f"{name}.log", ready)
            self._parts.append(part)
            part.wait_ready()
        self._database = sqlite3.connect(self.folder / "hub.db")

    def committed(self) -> int:
        """Return how far the streams reach, their opening rows not counted."""
        return _number(self._database, "SELECT coalesce(sum(max(tip_seq - 1, 0)), 0) FROM streams")

    def tally(self, count: int) -> Tally:
        """Open what is stored, and compare the records themselves with those that were accepted."""
        if not self.can_open:
            return Tally(count - self.committed(), doubled=0)
        accepted = Counter(_words(fields(entry.record)) for entry in entries(count, Random(SEED)))
        listed = json.loads(command("guichet-hub", "records", "--json", "--hub", str(self.folder)))
        opened = Counter(_words(found) for found in listed)
        return Tally(lost=(accepted - opened).total(), doubled=(opened - accepted).total())

    def end(self) -> None:
        """End both."""
        _end(self._parts, self._database)


def _words(record: dict[str, object]) -> str:
    names = ("place", "partners", "theme", "channel", "nature", "outcome", "age", "status", "duration_band_min")
    return json.dumps([record[name] for name in names])


def _number(database: sqlite3.Connection | None, query: str) -> int:
    if database is None:
        return 0
    return int(database.execute(query).fetchone()[0])


def _end(parts: list[Part], database: sqlite3.Connection | None) -> None:
    if database is not None:
        database.close()
    for part in reversed(parts):
        part.end()
