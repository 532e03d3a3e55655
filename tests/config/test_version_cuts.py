"""A cut of power at every step of making, trying, keeping and putting back a version, and of the recovery after it."""

from __future__ import annotations

import random
import shutil

import pytest

from config.trial import Lack, Refused, Standing, Trial
from config.versions import VersionError, VersionStore
from config.whole_file import sync_directory, write_whole
from tests.config.cut_folder import Disk, lay
from tests.config.folder_recording import Flushed, Reached, recording


def unpack(stream, pack):
    """Make a pack, whole and flushed, as devices do."""
    write_whole(pack, stream.read_bytes()[::-1])
    sync_directory(pack.parent)


def life(folder, sources, chance, reached):
    """Make, try, keep and put back versions as a device does; say what may be relied on from when on."""
    store = VersionStore(folder, unpack)
    for _ in range(6):
        files = {name: chance.choice(sources) for name in ("fleet.toml", "files/x.sheets", "files/more/theme.ttf")}
        number, digest = store.make(files)
        before = store.standing
        store.note(
            Standing(
                before.good,
                before.digest,
                Trial(number, digest, content=True, records=True, devices=frozenset(), hub=True),
            )
        )
        store.note(
            Standing(
                before.good,
                before.digest,
                Trial(number, digest, content=True, records=True, devices=frozenset(), hub=True, starts={"kiosk": 1}),
            )
        )
        if chance.random() < 0.6:
            store.note(Standing(number, digest))
            reached(number)
        else:
            store.note(Standing(before.good, before.digest, None, Refused(digest, (Lack.HUB,), 1)))
        store.forget_others()


def harm(folder, good):
    """Return what is wrong with a folder after a cut, at which version `good` had passed; None if nothing is."""
    current = folder / "current"
    try:
        store = VersionStore(folder)
        if current.is_symlink() != bool(store.standing.in_force):
            return "current leads nowhere"
        if store.standing.in_force:
            store.check(store.standing.in_force)
        if store.standing.good:
            store.check(store.standing.good)
    except (OSError, ValueError, VersionError) as error:
        return f"unreadable: {error!r}"
    return None if store.standing.good >= good else f"older: {store.standing.good} after {good}"


def harm_before_recovery(folder):
    """Return what a process would meet that starts before the recovery."""
    current = folder / "current"
    if current.is_symlink() and not (current / "version.json").is_file():
        return "current leads to no whole version"
    return None


def replay(tmp_path, seed, at_each=4, again=0.05, unflushed=None):
    """Cut one life at every step; return how many images there were, how many of a cut recovery, and every harm.

    `unflushed`: as if nothing had been asked of "files" or of "folders".
    """
    chance = random.Random(seed)  # noqa: S311  (cuts to repeat, no secrets)
    sources = []
    for name in "abcde":
        path = tmp_path / "mirror" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(chance.randbytes(chance.randrange(1, 3_000)))
        sources.append(path)
    (tmp_path / "live").mkdir()
    with recording(tmp_path / "live") as recorder:
        life(tmp_path / "live", sources, chance, recorder.reached)
    disk, good, images, recoveries, harmed = Disk(), 0, 0, 0, []
    for operation in recorder.log:
        if isinstance(operation, Reached):
            good = operation.what
            continue
        if isinstance(operation, Flushed) and unflushed == ("folders" if operation.content is None else "files"):
            continue
        disk.take(operation)
        for image in disk.images(chance, at_each):
            images += 1
            said, log = look(tmp_path / "cut", image, good)
            harmed += said
            if chance.random() < again:
                for second in cut_again(image, log, chance):
                    recoveries += 1
                    harmed += look(tmp_path / "again", second, good)[0]
    shutil.rmtree(tmp_path / "live")
    return images, recoveries, harmed


def look(root, image, good):
    """Lay the image, and let a device start on it; return what is wrong, and what its recovery asked of the disk."""
    root.mkdir()
    lay(root, image)
    said = [harm_before_recovery(root)]
    with recording(root) as recorder:
        said.append(harm(root, good))
    shutil.rmtree(root)
    return [each for each in said if each], recorder.log


def cut_again(image, log, chance):
    """Yield what a cut during the recovery from `image` may leave."""
    disk = Disk.of(image)
    for operation in log:
        disk.take(operation)
        yield from disk.images(chance, 2)


def test_no_cut_of_power_leaves_an_unreadable_or_an_older_version(tmp_path):
    images, recoveries, harmed = replay(tmp_path, seed=1)
    assert (images > 500, recoveries > 20, harmed[:3]) == (True, True, [])


@pytest.mark.parametrize("unflushed", ["files", "folders"])
def test_a_program_that_does_not_flush_is_harmed(tmp_path, unflushed):
    assert replay(tmp_path, seed=1, at_each=1, again=0, unflushed=unflushed)[2]
