"""A cut of power at every step of adopting what is believed: the old set or the new one, and never a lower version."""

from __future__ import annotations

import random
import shutil

import pytest

from config.distrust import TrustError
from config.trust import Trust
from config.trusted_set import TrustedSet
from tests.config.cut_folder import Disk, lay
from tests.config.folder_recording import Flushed, Named, Reached, recording
from tests.fleet.workshop import Workshop


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    return three_days(tmp_path_factory.mktemp("cuts"))


def three_days(folder):
    """Return a hub, and its repository as it was on three days."""
    hub = Workshop(folder / "hub").establish()
    mirrors = []
    for day in range(3):
        hub.pass_(days=1)
        hub.push({"fleet.toml": b"# day %d\n" % day})
        if day == 1:
            hub.change_holder()
        mirrors.append(hub.copy(folder / f"day-{day}"))
    return hub, mirrors


def harm(folder, hub, mirrors, reached):
    """Return what is wrong with a trusted set after a cut, when the mirror of the day `reached` had been believed."""
    versions = TrustedSet(folder).floor.versions
    device = Trust(folder, hub.root())
    if reached >= 0 and not versions:
        return "nothing is trusted any more"
    if reached > 0:
        try:
            device.refresh(mirrors[reached - 1], 0)
        except TrustError:
            pass
        else:
            return f"the day before {reached} is believed again"
    try:
        device.refresh(mirrors[-1], 0)
    except TrustError as error:
        return f"the newest is refused: {error}"
    return None


def replay(tmp_path, days, seed=1, unflushed=None):
    """Cut three adoptions at every step; yield what is wrong with each image, or None.

    `unflushed`: as if nothing had been asked of "files" or of "folders".
    """
    hub, mirrors = days
    live, chance = tmp_path / "live", random.Random(seed)  # noqa: S311  (cuts to repeat, no secrets)
    live.mkdir()
    with recording(live) as recorder:
        device = Trust(live, hub.root())
        for day, mirror in enumerate(mirrors):
            device.refresh(mirror, 0)
            recorder.reached(day)
    disk, reached = Disk(), -1
    for operation in recorder.log:
        if isinstance(operation, Reached):
            reached = operation.what
        elif not operation.path.startswith("scratch") and not is_dropped(operation, unflushed):
            disk.take(operation)
            for image in disk.images(chance, 12 if is_turn(operation) else 1):
                cut = tmp_path / "cut"
                cut.mkdir()
                lay(cut, image)
                yield harm(cut, hub, mirrors, reached)
                shutil.rmtree(cut)
    shutil.rmtree(live)


def is_turn(operation):
    """Tell whether the link is led to the new set: of what is not flushed then, any part may be lost."""
    return isinstance(operation, Named) and operation.path == "trusted"


def is_dropped(operation, unflushed):
    return isinstance(operation, Flushed) and unflushed == ("folders" if operation.content is None else "files")


def test_no_cut_of_power_loses_what_is_trusted_or_brings_back_what_was(tmp_path, days):
    said = list(replay(tmp_path, days))
    assert (len(said) > 250, [each for each in said if each][:3]) == (True, [])


@pytest.mark.parametrize("unflushed", ["files", "folders"])
def test_a_device_that_does_not_flush_is_harmed(tmp_path, days, unflushed):
    assert any(replay(tmp_path, days, unflushed=unflushed))
