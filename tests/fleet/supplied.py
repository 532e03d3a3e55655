"""A device that is supplied by a hub over a line that a test may cut, slow down, or tamper with; time is a number."""

from __future__ import annotations

from collections import deque

from config.needs import Needs
from config.trust import Trust
from fleet.publication.giving import Giver
from sync.budget import Budget
from sync.supply.asking import Asking
from sync.supply.message import decode_fetch, decode_given, encode_given
from sync.supply.shelf import Shelf
from sync.supply.supply import Announced, Answered, Connected, Supply

BYTES_PER_S = 125_000


class Line:
    """What lies between a device and the hub: keeps fetches until they are answered."""

    def __init__(self):
        self.waiting = deque()
        self.up = True

    def publish(self, topic, payload, *, retain=False):
        del topic, retain
        if self.up:
            self.waiting.append(payload)
        return self.up

    def renew(self):
        raise NotImplementedError


class Device:
    """One kiosk of the group `cantal`; `carried_bytes` is all that has come to it."""

    def __init__(self, folder, root, budget=None):
        self.folder = folder
        self.mirror = folder / "state/mirror"
        self.root = root
        self.budget = budget or Budget()
        self.carried_bytes = 0
        self.now_s = 0.0
        self.supply = None
        self.start()

    def start(self):
        """Begin anew, as after a restart."""
        if self.supply is not None:
            self.supply.close()
        trust = Trust(self.folder / "trust", self.root, self.folder / "scratch")
        self.shelf = Shelf(self.folder / "state/incoming", self.mirror, trust, Needs("kiosk-1", "cantal"))
        self.line = Line()
        self.supply = Supply("kiosk-1", self.line, self.budget, Asking(BYTES_PER_S), lambda: self.shelf)
        self.supply.handle(Connected(up=True), self.now_s)

    def hear(self, hub):
        self.supply.handle(Announced((hub.metadata / "timestamp.json").read_bytes()), self.now_s)

    def answer(self, hub, change=lambda given: given):
        """Answer the oldest fetch; what `change` returns goes back, None is lost."""
        fetch = decode_fetch(self.line.waiting.popleft())
        given = change(Giver(hub.mirror).answer(fetch))
        if given is not None:
            payload = encode_given(given)
            self.carried_bytes += len(payload)
            assert decode_given(payload) == given
            self.supply.handle(Answered(payload), self.now_s)

    def wait(self):
        """Let time pass until there is something to do; return whether there was."""
        due_s = self.supply.next_deadline_s(self.now_s)
        if due_s is None:
            return False
        self.now_s = max(self.now_s + 0.01, due_s)  # as the thread does
        self.supply.handle(None, self.now_s)
        return True

    def work(self, hub, change=lambda given: given, answers=10_000):
        """Answer and wait until nothing is left to do; return how many answers it took."""
        for count in range(answers):
            while not self.line.waiting:
                if not self.wait():
                    return count
            self.answer(hub, change)
        return answers

    def has(self, hub):
        """Return whether the mirror is what the hub has published, for this device."""
        here = self.mirror / "metadata/timestamp.json"
        return here.exists() and here.read_bytes() == (hub.metadata / "timestamp.json").read_bytes()

    def content(self, name):
        found = list(self.mirror.glob(f"targets/content/*.{name}"))
        return [path.read_bytes() for path in found]
