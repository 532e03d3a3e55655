"""Cuts the power at every operation of a recorded workload and opens what is left with the real outbox.

Harm: an acknowledged row missing or altered, a commit half there, rows that nobody offered, a chain that is not ours,
an outbox that cannot be opened or go on, or one set aside as damaged though only the power was cut. A row which the hub
had confirmed and the device forgotten may come back: the hub knows it.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sync.chain import Row
from sync.outbox import Batch, OutboxError
from sync.outbox.salvage import open_mended
from tests.prove.power.images import CERTAIN, CHANCE, Disk
from tests.prove.power.recording import DirectorySynced, Mode, Recorder
from tests.prove.power.workload import DEVICE, PLENTY, Forgetting, Kept, Offered, chains, record

LATER = b"after the cut"


@dataclass
class Found:
    """What a campaign came to."""

    images: int = 0
    cut_again: int = 0
    harm: Counter = field(default_factory=Counter)

    def add(self, other):
        self.images += other.images
        self.cut_again += other.cut_again
        self.harm += other.harm
        return self


@dataclass
class Promises:
    """What the device owes at one moment."""

    tips: dict
    kept: dict = field(default_factory=dict)
    offered: tuple = ()
    forgotten: dict = field(default_factory=dict)

    def take(self, event):
        match event:
            case Offered(batches):
                self.offered = batches
            case Kept(batches):
                self.offered = ()
                for stream, rows in batches:
                    self.kept.setdefault(stream, {}).update({row.seq: row for row in rows})
            case Forgetting(through):
                for stream, seq in through.items():
                    self.forgotten[stream] = max(seq, self.forgotten.get(stream, 0))


def campaign(seed, transactions, *, mode=None, chances=1, again=0.0):
    """Record one workload and replay it; `again` is the share of images whose recovery is recorded and cut too."""
    found, rng = Found(), random.Random(seed)  # noqa: S311  (repeatable cuts)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108
        folder = Path(name)
        (folder / "work").mkdir()
        log = record(folder / "work", mode or Mode(), seed, transactions)
        promises, disk = Promises(chains(log)), Disk()
        for event in log:
            if isinstance(event, Offered | Kept | Forgetting):
                promises.take(event)
                continue
            disk.take(event)
            for model in (*CERTAIN, *CHANCE):
                for _ in range(chances if model in CHANCE else 1):
                    image = disk.image(model, rng)
                    if rng.random() < again:
                        found.add(_cut_recovery(folder, image, promises, rng))
                    _judge(found, folder, image, promises, model)
    return found


def _judge(found, folder, image, promises, model):
    place = _lay(folder, image)
    said = harm(place, promises)
    found.images += 1
    if said:
        found.harm[f"{model}: {said}"] += 1


def _cut_recovery(folder, image, promises, rng):
    """Record how the outbox gets going again on `image`, and cut that at each operation."""
    found = Found()
    place = _lay(folder, image)
    recorder = Recorder()
    live(place, promises, recorder.connect)
    recorder.close()
    disk = Disk.holding(image)
    for event in (*recorder.log, DirectorySynced()):
        disk.take(event)
        for model in (*CERTAIN, *CHANCE):
            _judge(found, folder, disk.image(model, rng), promises, f"cut again, {model}")
            found.cut_again += 1
    return found


def _lay(folder, image):
    place = folder / "cut"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, data in image.items():
        (place / name).write_bytes(data)
    return place / "outbox.db"


def harm(path, promises):
    """Return what harm the cut did, or None."""
    try:
        return live(path, promises)
    except OutboxError as error:
        return f"cannot go on: {error.fault.name}"


def live(path, promises, connect=None):
    """Open the outbox and go on, as the services do after a cut; return what harm was found."""
    box = open_mended(path, DEVICE, **({"connect": connect} if connect else {}))
    try:
        if box.generation != 1:
            return "set aside"
        said = _compare(box, promises)
        before = box.last_of("kiosk.ordinary")
        later = LATER + os.urandom(3)
        box.append([Batch(later, "kiosk.ordinary", [Row(1, 0, b"opening"), Row(2, 1, b"row")], before)], PLENTY)
        box.settle(max(1, box.epoch()), {later: box.tip_before(later, 3)})
        if box.stream(later).stored.seq != 2:
            return "cannot go on"
        return said
    finally:
        box.close()


def _compare(box, promises):
    streams = {stream.stream: stream for stream in box.streams() if not stream.stream.startswith(LATER)}
    maybe = dict(promises.offered)
    there = set()
    for name, kept in promises.kept.items():
        owed = [row for seq, row in kept.items() if seq > promises.forgotten.get(name, 0)]
        if owed and name not in streams:
            return "a stream is gone"
    for name, stream in streams.items():
        expected = {**promises.kept.get(name, {}), **{row.seq: row for row in maybe.get(name, ())}}
        found = {row.seq: row for row in box.rows(name, 1, 1_000_000)}
        if any(expected.get(seq) != row for seq, row in found.items()):
            return "a row is altered, or nobody's"
        owed = {seq for seq in promises.kept.get(name, {}) if seq > promises.forgotten.get(name, 0)}
        if not owed <= set(found):
            return "an acknowledged row is missing"
        if (
            promises.tips[name][stream.last.seq] != stream.last
            or promises.tips[name][stream.stored.seq] != stream.stored
        ):
            return "the chain is broken"
        there |= {(name, seq) for seq in found}
    new = {(name, row.seq) for name, rows in maybe.items() for row in rows}
    if new & there and not new <= there:
        return "half a commit"
    return None
