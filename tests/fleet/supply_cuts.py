"""A cut of power at every step of fetching what is published, and of the fetching after it."""

from __future__ import annotations

import random
import shutil

from config.distrust import TrustError
from config.needs import Needs
from config.trust import Trust
from tests.config.cut_folder import Disk, lay
from tests.config.folder_recording import Flushed, Reached, recording
from tests.config.noise import noise
from tests.fleet.supplied import Device
from tests.fleet.workshop import Workshop

NEEDS = Needs("kiosk-1", "cantal")


class Fetching:
    """A hub, and a device that is supplied with push after push; what it asked of its disk meanwhile."""

    def __init__(self, folder, seed, pushes=4):
        self.folder = folder
        self.chance = random.Random(seed)  # noqa: S311  (cuts to repeat, no secrets)
        self.hub = Workshop(folder / "hub").establish()
        self.root = self.hub.root()
        sheets = noise(150_000, seed=seed)
        (folder / "live/state").mkdir(parents=True)
        device = Device(folder / "live", self.root)
        with recording(folder / "live/state") as recorder:
            for number in range(pushes):
                at = self.chance.randrange(len(sheets))
                sheets = sheets[:at] + noise(320, seed=1000 + number) + sheets[at + 100 :]
                self.hub.push(
                    {
                        "fleet.toml": f'[content]\npack = "all.pack"\n# {number}\n'.encode(),
                        "group/cantal/group.toml": f"# {number}\n".encode(),
                        "content/all.sheets": sheets,
                    }
                )
                device.hear(self.hub)
                device.work(self.hub)
                assert device.has(self.hub)
                recorder.reached(number + 1)
        device.supply.close()
        self.log = recorder.log

    def replay(self, at_each, again, unflushed=None):
        """Cut at every step; return how many images there were, how many went on fetching, and every harm.

        `unflushed`: as if nothing had been asked of "files" or of "folders".
        """
        disk, reached, images, resumed, harmed = Disk(), 0, 0, 0, []
        for operation in self.log:
            if isinstance(operation, Reached):
                reached = operation.what
                continue
            if isinstance(operation, Flushed) and unflushed == ("folders" if operation.content is None else "files"):
                continue
            disk.take(operation)
            for image in disk.images(self.chance, at_each):
                images += 1
                goes_on = self.chance.random() < again
                resumed += goes_on
                harmed += self._look(image, reached, goes_on=goes_on)
        return images, resumed, harmed

    def _look(self, image, reached, *, goes_on):
        root = self.folder / "cut"
        (root / "state").mkdir(parents=True)
        lay(root / "state", image)
        said = [self._harm(root, reached)]
        if goes_on:
            device = Device(root, self.root)
            device.hear(self.hub)
            device.work(self.hub)
            device.supply.close()
            said.append(None if device.has(self.hub) else "it does not go on")
        shutil.rmtree(root)
        return [each for each in said if each]

    def _harm(self, root, reached):
        """Return what is wrong with the mirror, which had all of the push `reached`; None if nothing is."""
        mirror = root / "state/mirror"
        if not (mirror / "metadata/timestamp.json").exists():
            return "nothing is left" if reached else None
        try:
            believed = Trust(root / "judge", self.root).refresh(mirror, 0)
            needed = dict(NEEDS.of(believed, lambda document: document.check(mirror).read_text()))
            for trusted in needed.values():
                trusted.check(mirror)
        except TrustError as error:
            return f"not whole: {error}"
        number = needed["fleet.toml"].check(mirror).read_text().rpartition("# ")[2]
        return None if int(number) + 1 >= reached else f"older: {number} after {reached}"
