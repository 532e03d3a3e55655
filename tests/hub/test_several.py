"""Four ingest processes on one database and one real broker; one is killed while frames flow."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from pathlib import Path
from random import SystemRandom

import pytest
from sqlalchemy import func, select

from demo.commands import free_ports, mosquitto
from demo.processes import Part
from fleet.hub.account import account
from fleet.hub.schema import rows
from fleet.hub.store import HubStore
from fleet.premises import Listener, enrol, establish
from sync import keys
from sync.budget import Budget
from sync.delivery import DeviceEnd, Ticked
from sync.framing import Identity
from sync.link import AT_MOST_ONCE, Address, Door, Link, Subscription
from sync.outbox import Batch, Outbox
from sync.pace import Pace
from sync.seal import StreamSeal
from sync.tls import client_context
from sync.topics import StoredTopic

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]
DEVICES = [f"kiosk-{number}" for number in range(6)]
RECORDS = 2_000
DEADLINE_S = 60
LANE = "kiosk.ordinary"


class Device(threading.Thread):
    """A device's end over a real link, with its outbox full from the start; ends once all of it is confirmed."""

    def __init__(self, name, identity_dir, port, folder):
        super().__init__(name=name, daemon=True)
        self._identity_dir = identity_dir
        self._port = port
        self._file = folder / f"{name}.db"
        self.failure = None

    def run(self):
        try:
            self._deliver()
        except Exception as error:  # noqa: BLE001  (a thread's failure must reach the test)
            self.failure = error

    def _deliver(self):
        place = self._identity_dir
        key = keys.load_signing(place / "device.key")
        identity = Identity(self.name, key, keys.load_signing_public(place / "hub-signing.pub"))
        outbox = Outbox.open(self._file, self.name)
        seal = StreamSeal(self.name, os.urandom(16), os.urandom(32), LANE, "b00t")
        sealed = [seal.opening(keys.load_opening_public(place / "hub-opening.pub"), None)]
        sealed += [
            seal.seal(seq, b"what happened at the kiosk, in a hundred bytes or so" * 2) for seq in range(2, RECORDS + 1)
        ]
        outbox.append([Batch(seal.stream, LANE, sealed)], 64_000_000)
        events = queue.SimpleQueue()
        tls = client_context(place / "ca.crt", place / "device.crt", place / "device.key")
        listens = (Subscription(str(StoredTopic(self.name)), AT_MOST_ONCE),)
        address = Address((Door("localhost", self._port),), self.name, listens, reconnect_max_s=1.0)
        link = Link(address, tls, events.put, SystemRandom())
        end = DeviceEnd(identity, outbox, link, 0, Pace(), Budget())
        link.start()
        give_up_s = time.monotonic() + DEADLINE_S
        while outbox.unsent_streams() and time.monotonic() < give_up_s:
            try:
                event = events.get(timeout=0.2)
            except queue.Empty:
                event = Ticked()
            end.handle(event, time.monotonic())
        link.close()
        assert not outbox.unsent_streams(), f"{self.name} was not answered for all"
        outbox.close()


@pytest.fixture
def crowd(tmp_path, database_url):
    crowd = Crowd(tmp_path, database_url)
    yield crowd
    crowd.end()


class Crowd:
    """A broker, the operator's folder, and ingest processes that start and are killed one by one."""

    def __init__(self, folder, database_url):
        self.folder = folder
        self.hub = folder / "premises"
        (self.port,) = free_ports(1)
        establish(self.hub, Listener("localhost", self.port, "127.0.0.1"), ingests=4)
        settings = self.hub / "hub.toml"
        lines = settings.read_text(encoding="utf-8").splitlines()
        lines = [f'database_url = "{database_url}"' if line.startswith("database_url") else line for line in lines]
        settings.write_text("\n".join(lines), encoding="utf-8")
        for name in DEVICES:
            enrol(self.hub, name, folder / name)
        self.store = HubStore.open(database_url)
        self.parts = {
            "broker": Part(
                "broker", [mosquitto(), "-c", str(self.hub / "mosquitto.conf")], folder / "broker.log", "running"
            )
        }
        self.parts["broker"].wait_ready()

    def start(self, number, *options):
        command = [str(Path(sys.executable).parent / "guichet-hub"), "run", "--hub", str(self.hub), *options]
        self.parts[number] = Part(f"ingest-{number}", command, self.folder / f"ingest-{number}.log", "link up")
        self.parts[number].wait_ready()

    def stored(self):
        with self.store.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(rows))

    def wait_for(self, count):
        pause, give_up_s = threading.Event(), time.monotonic() + DEADLINE_S
        while self.stored() < count:
            assert time.monotonic() < give_up_s, f"{self.stored()} rows of {count}"
            pause.wait(0.02)

    def devices(self):
        found = [Device(name, self.folder / name, self.port, self.folder) for name in DEVICES]
        for device in found:
            device.start()
        return found

    def assert_whole(self, devices):
        for device in devices:
            device.join(DEADLINE_S)
            assert device.failure is None
            assert account(self.store, device.name).whole
        assert self.stored() == len(DEVICES) * RECORDS

    def end(self):
        self.store.close()
        for part in reversed(self.parts.values()):
            part.end()


def test_one_of_four_killed_while_the_broker_deals_frames_out_loses_and_doubles_nothing(crowd):
    for number in (1, 2, 3, 4):
        crowd.start(number, "--ingest", str(number))
    devices = crowd.devices()
    crowd.wait_for(RECORDS)
    crowd.parts[2].kill()
    assert crowd.stored() < len(DEVICES) * RECORDS
    crowd.assert_whole(devices)


def test_one_of_four_killed_where_devices_are_split_is_waited_for_and_loses_nothing(crowd):
    for number in (1, 2, 3, 4):
        crowd.start(number, "--split", f"{number}/4")
    devices = crowd.devices()
    crowd.wait_for(RECORDS)
    crowd.parts[2].kill()
    assert crowd.stored() < len(DEVICES) * RECORDS
    crowd.start(2, "--split", "2/4")
    crowd.assert_whole(devices)
