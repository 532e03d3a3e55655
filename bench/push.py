"""How long a push takes from the hub's disk to the kiosk's screen: `python bench/push.py [PUSHES]` (5 unless told).

In the small world of `make run`: broker, publisher, sync service, keeper and a kiosk that paints, all real. Each push
is signed by two holders and published; the clock starts when the hub's `timestamp.json` is replaced. Beside it stands a
bare message: published, retained, to a client of the same broker that does nothing else.
"""

from __future__ import annotations

import json
import queue
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path(__file__).parents[1]))

from demo.__main__ import content
from demo.commands import command
from demo.display import virtual_display
from demo.publishing import Publishing
from demo.site import TEN_INCH
from demo.world import EVERY_PART, World
from sync.link import AT_MOST_ONCE, Address, Door, Heard, Link, Subscription
from sync.tls import client_context

_TARGET_S = 5.0
_PATIENCE_S = 60.0
_ACCENTS = ("#1B4B8A", "#5A2D6E", "#7A2E1D", "#17574C")
_STAGES = ("at the device", "in force", "on the screen")


def main() -> int:
    """Run the bench; the exit code says whether the target is met."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pack = content()
    with tempfile.TemporaryDirectory(prefix="guichet-") as folder, virtual_display(TEN_INCH):
        world = World(Path(folder) / "world", pack)
        world.make()
        publishing = Publishing(world)
        try:
            world.start(*EVERY_PART)
            world.show()
            _wait(lambda: _said(world, "screen.json").get("content", False))
            bare_s = statistics.median(_bare(world, count))
            took = [_push(world, publishing, number) for number in range(1, count + 1)]
        finally:
            world.end()
    for place, stage in enumerate(_STAGES):
        each = sorted(times[place] for times in took)
        middle_s = statistics.median(each)
        print(
            f"{stage}: {middle_s:.2f} s (from {each[0]:.2f} to {each[-1]:.2f}), {middle_s / bare_s:.0f} bare messages"
        )
    print(f"a bare retained message: {1000 * bare_s:.1f} ms")
    slowest_s = max(times[-1] for times in took)
    print(f"target: on the screen within {_TARGET_S:.0f} s; the slowest of {count} took {slowest_s:.2f} s")
    return 0 if slowest_s <= _TARGET_S else 1


def _push(world: World, publishing: Publishing, number: int) -> tuple[float, ...]:
    """Push another theme and another partner; return when it was at each stage, in seconds after it was published."""
    folder = world.folder / f"push-{number}"
    folder.mkdir()
    theme = f'[theme]\naccent = "{_ACCENTS[number % len(_ACCENTS)]}"\n'
    partner = f'[[partners]]\nname = "Partenaire {number}"\nabout = "Ce qu’il fait"\n'
    (folder / "fleet.toml").write_text(theme + partner, encoding="utf-8")
    timestamp = world.hub / "publication/metadata/timestamp.json"
    seen: queue.SimpleQueue[float] = queue.SimpleQueue()
    stopped = threading.Event()
    before = timestamp.stat().st_mtime

    def watch() -> None:
        mirrored = world.state_dir / "mirror/metadata/timestamp.json"
        steps = (
            lambda: timestamp.stat().st_mtime > before,
            lambda: mirrored.exists() and mirrored.read_bytes() == timestamp.read_bytes(),
            (world.state_dir / f"config/versions/{number}").exists,
            lambda: _said(world, "screen.json").get("version") == number,
        )
        for step in steps:
            while not step() and not stopped.is_set():
                time.sleep(0.005)
            seen.put(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        publishing.push(folder)
        watcher.join(_PATIENCE_S)
    finally:
        stopped.set()
        watcher.join()
    published_s, *stages = (seen.get() for _ in range(4))
    # The next push must not meet a trial.
    _wait(lambda: _said(world, "config.json").get("on_trial") is False)
    return tuple(stage_s - published_s for stage_s in stages)


def _bare(world: World, count: int) -> list[float]:
    """Return how long a retained message takes by the same broker, in seconds."""
    hub = world.hub
    authority, place = hub / "authority/ca.crt", hub / "hub"
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    tls = client_context(authority, place / "tls-1.crt", place / "tls-1.key")
    door = Door("localhost", world.broker_port)
    topic = "guichet/v1/bench/state"
    listener = Link(
        Address((door,), "hub-1", (Subscription(topic, AT_MOST_ONCE),), 2.0), tls, heard.put, SystemRandom()
    )
    speaker_place = world.folder / "kiosk/bench"
    command("guichet-hub", "enrol", "bench", "--out", str(speaker_place), "--hub", str(hub))
    own = client_context(authority, speaker_place / "device.crt", speaker_place / "device.key")
    speaker = Link(Address((door,), "bench", (), 2.0), own, lambda _: None, SystemRandom())
    listener.start()
    speaker.start()
    took = []
    try:
        for number in range(count + 1):
            _wait(lambda number=number: speaker.publish(topic, bytes([number]), retain=True))
            begun_s = time.monotonic()
            while not isinstance(heard.get(timeout=10), Heard):
                begun_s = time.monotonic()
            took.append(time.monotonic() - begun_s)
    finally:
        listener.close()
        speaker.close()
    return took[1:]  # the first may have waited for the subscription


def _said(world: World, name: str) -> dict[str, object]:
    try:
        said: dict[str, object] = json.loads((world.folder / "kiosk/run" / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said


def _wait(seen: Callable[[], object]) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while not seen():
        if time.monotonic() > end_s:
            raise TimeoutError("the small world did not get ready")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
