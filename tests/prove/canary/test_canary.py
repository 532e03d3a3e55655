"""Nothing that citizens type, scan or answer can be read anywhere between the kiosk's disk and the hub."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from eavesdropping import Wire, Witness
from small_disk import small_disk
from words import NAMES, found

from demo import __main__ as demo
from demo.commands import command
from demo.world import World

if TYPE_CHECKING:
    from demo.processes import Part

pytestmark = [pytest.mark.broker]
CITIZENS = Path(__file__).parent / "citizens.py"
DISK_BYTES = 48_000_000
# Planted in plain in every place that is searched: a search that does not find it would prove nothing.
PLANTED = "zyxtémoin-en-clair"


@dataclass(slots=True)
class CanaryWorld(World):
    """A world whose device has all it writes, caches and temporary files too, under one folder."""

    def live(self, sessions: int) -> None:
        """Let citizens live `sessions` sessions, and their records reach the hub."""
        citizens = self._part("citizens", [sys.executable, str(CITIZENS), str(self.site), str(sessions)])
        assert citizens.wait() == 0, citizens.last_words()

    def let_all_arrive(self, count: int) -> None:
        """Wait until the hub has `count` records, and the device knows."""
        assert len(self.wait_for_records(count, deadline_s=60)) == count

    def _part(self, name: str, argv: list[str], *more: object) -> Part:
        device = self.folder.absolute() / "kiosk"
        own = [f"{variable}={device}" for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME")]
        return World._part(self, name, ["env", *own, *argv], *more)


@pytest.fixture
def world(tmp_path):
    small = CanaryWorld(tmp_path / "world", demo.content())
    small.make()
    command("guichet-hub", "enrol", "witness", "--out", str(small.folder / "witness"), "--hub", str(small.hub))
    with (small.hub / "acl").open("a", encoding="ascii") as acl:
        acl.write("\nuser witness\ntopic read #\n")
    yield small
    small.end()


def overhear(world, sessions):
    """Let `sessions` citizens live, and return every MQTT payload."""
    witness = Witness(world.broker_port, world.folder / "witness")
    world.start("hub", "sync")
    last = max(sessions // 10, 1)
    world.live(sessions - last)
    world.let_all_arrive(sessions - last)
    assert witness.messages
    witness.plant("guichet/v1/witness/state", PLANTED)
    witness.leave()
    world.live(last)  # what these leave, the broker writes to its own disk for the witness
    world.let_all_arrive(sessions)
    with socket.create_connection(("localhost", world.broker_port)) as stranger:
        stranger.sendall(PLANTED.encode())
    world.end()
    return bytes(witness.payloads)


def files(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def examine(places, sessions, report):
    """Every place holds the planted word, and none of the citizens'."""
    for raw in places.values():
        assert found(raw, [PLANTED]) == {PLANTED}
    words = {name: found(raw) for name, raw in places.items()}
    sizes = ", ".join(f"{name} {len(raw) // 1000} kB" for name, raw in places.items())
    report(f"{sessions} sessions", f"searched {sizes}", f"{sum(map(len, words.values()))} words found")
    assert not set().union(*words.values()), words


def test_no_word_of_thirty_citizens_is_in_the_files_and_messages_of_the_road(world, report):
    world.start("broker")
    payloads = overhear(world, 30)
    (world.folder / "kiosk/planted").write_text(PLANTED, encoding="utf-8")
    places = {"device": files(world.folder / "kiosk"), "broker": files(world.hub / "broker"), "payloads": payloads}
    examine(places, 30, report)
    assert not found(files(world.folder / "logs"))


@pytest.mark.prove
@pytest.mark.timeout(1_200)
def test_no_word_of_ten_thousand_citizens_is_on_the_disk_or_on_the_wire(world, report, tmp_path):
    device, image = world.folder / "kiosk", tmp_path / "device.img"
    with small_disk(image, device, DISK_BYTES):
        world.start("broker")
        wire = Wire(world.broker_port)
        payloads = overhear(world, 10_000)
        wire.close()
        planted = device / "planted"
        planted.write_text(PLANTED, encoding="utf-8")
        subprocess.run(["sync", "--file-system", str(planted)], check=True)
        planted.unlink()  # what was deleted is on the disk all the same
    places = {
        "disk image": image.read_bytes(),
        "broker": files(world.hub / "broker"),
        "wire": bytes(wire.raw),
        "payloads": payloads,
    }
    examine(places, 10_000, report)
    assert not found(files(world.folder / "logs"))


def test_the_search_finds_a_word_in_any_case_and_encoding():
    for encoding in ("utf-8", "utf-16-le", "latin-1"):
        raw = bytes(100) + NAMES[0].upper().encode(encoding) + bytes(100)
        assert found(raw) == {NAMES[0]}
