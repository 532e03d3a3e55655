"""A device that is pushed one generated configuration after the other; it must always have one that works."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from config import vital_signs
from config.fault import ConfigError
from config.in_force import number_in_force, read_in_force
from config.keeper import Keeper
from config.offer import Offer
from config.store import load
from config.versions import File
from config.vital_signs import ScreenSigns, write_screen
from tests.config import generated
from tests.config.test_in_force import SITE


@dataclass
class Counts:
    """What was pushed, and what became of it."""

    valid: int = 0
    invalid: int = 0
    hostile: int = 0
    planted: int = 0
    harmed: list = field(default_factory=list)


class Device:
    """A keeper on a real folder; its processes are played, and healthy on whatever is in force."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.site = folder / "site.toml"
        self.site.write_text(SITE.format(folder=folder))
        (folder / "run").mkdir()
        self.now_s = 1_000.0
        monkeypatch.setattr(vital_signs, "now_s", lambda: self.now_s)
        self.offer = None
        self.keeper = Keeper(self.site, load(self.site), self)
        self.counts = Counts()
        self.live()

    def look(self):
        return self.offer

    def live(self):
        """Let the processes run what is in force until it is good."""
        for _ in range(3):
            running = number_in_force(self.folder / "state/config")
            signs = {"busy": False, "records": True, "content": True, "devices": [], "at_s": self.now_s}
            write_screen(self.folder / "run", ScreenSigns(version=running, **signs))
            self.keeper.step()
            self.now_s += 6

    def push(self, content):
        """Push a document; return the problems that the keeper reports, none where it was taken."""
        digest = sha256(content).hexdigest()
        source = self.folder / digest
        source.write_bytes(content)
        self.offer = Offer({"fleet.toml": File(len(content), digest)}, {"fleet.toml": source})
        self.live()
        source.unlink()
        return self.keeper._problems if self.keeper._wanted != self.keeper._running else ()

    def take(self, seed):
        """Push what a seed makes, and note what is wrong with how the device does."""
        counts = self.counts
        if seed % 4 == 3:
            counts.hostile += 1
            self.push(generated.hostile(seed))
            self._must_work(seed)
            return
        document = generated.made(seed)
        problems = self.push(document.text.encode())
        config = self._must_work(seed)
        if document.faults:
            counts.invalid += 1
            counts.planted += len(document.faults)
            told = {problem.partition(": ")[2].partition(": ")[0] for problem in problems}
            unplaced = {problem.partition(": ")[0] for problem in problems}
            if missed := document.faults - told - unplaced:
                counts.harmed.append((seed, "not listed", missed, problems))
            if any(not problem.rpartition("/")[2].startswith("fleet.toml:") for problem in problems):
                counts.harmed.append((seed, "without its place", problems))
        else:
            counts.valid += 1
            if problems:
                counts.harmed.append((seed, "refused", problems))
            for (table, key), value in document.values.items():
                found = getattr(getattr(config, table), key)
                if found != (tuple(value) if isinstance(value, list) else value):
                    counts.harmed.append((seed, "another value", table, key, value, found))

    def _must_work(self, seed):
        try:
            return read_in_force(self.site).config
        except ConfigError as error:
            self.counts.harmed.append((seed, "no working configuration", str(error)))
            return load(self.site)
