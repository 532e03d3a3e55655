"""A device that was away for six months, while two key holders changed and forty versions were published."""

from __future__ import annotations

import pytest

from config.distrust import Distrust, TrustError
from config.trust import Trust
from fleet.publication.stick import export
from sync.supply.folder import ON_A_STICK, bring
from tests.config.noise import noise
from tests.fleet.supplied import Device
from tests.fleet.workshop import Workshop

SHEETS = noise(300_000)


def push(hub, number):
    changed = SHEETS[:1000] + noise(320, seed=number) + SHEETS[1000 + number :]
    hub.push(
        {
            "fleet.toml": f'[content]\npack = "all.pack"\n# {number}\n'.encode(),
            "group/cantal/group.toml": f"# {number}\n".encode(),
            "content/all.sheets": changed,
        }
    )
    return changed


@pytest.fixture(scope="module")
def years_work(tmp_path_factory):
    """A hub, a device as it was left on the first day, and what the hub's sheets have become."""
    hub = Workshop(tmp_path_factory.mktemp("hub")).establish()
    push(hub, 0)
    left = Device(tmp_path_factory.mktemp("left"), hub.root())
    left.hear(hub)
    left.work(hub)
    Trust(left.folder / "trust", hub.root()).refresh(left.mirror, 0)
    left.supply.close()
    for number in range(1, 41):
        hub.pass_(days=4, hours=12)
        hub.renew()
        if number in {13, 27}:
            hub.change_holder(number % 3)
        last = push(hub, number)
    return hub, left, last


@pytest.fixture
def away(years_work, tmp_path):
    """The device, where it was left."""
    left = years_work[1]
    for path in left.folder.rglob("*"):
        target = tmp_path / path.relative_to(left.folder)
        if path.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path.readlink())
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    device = Device(tmp_path, (left.folder / "trust/trusted/root_history/1.root.json").read_bytes())
    yield device
    device.supply.close()


def test_it_catches_up_by_mqtt(years_work, away):
    hub, _, last = years_work
    away.hear(hub)
    away.work(hub)
    believed = Trust(away.folder / "trust", away.root).refresh(away.mirror, 0)
    assert (away.has(hub), away.content("all.sheets")) == (True, [last])
    assert believed.versions["root"] == 3
    # Two roots, the metadata, two documents, and what is new of the sheets.
    assert away.carried_bytes < 40_000


def test_it_catches_up_by_a_stick(years_work, away, tmp_path):
    hub, _, last = years_work
    export(hub.mirror, tmp_path / "stick")
    assert bring(tmp_path / "stick" / ON_A_STICK, away.shelf)
    Trust(away.folder / "trust", away.root).refresh(away.mirror, 0)
    assert (away.has(hub), away.content("all.sheets")) == (True, [last])


def test_a_stick_of_half_a_year_ago_brings_it_no_further_than_it_was(years_work, away, tmp_path):
    hub, left, last = years_work
    export(hub.mirror, tmp_path / "stick")
    bring(tmp_path / "stick" / ON_A_STICK, away.shelf)
    Trust(away.folder / "trust", away.root).refresh(away.mirror, 0)
    with pytest.raises(TrustError) as raised:
        bring(left.mirror, away.shelf)
    assert raised.value.reason in {Distrust.ROLLBACK, Distrust.EXPIRED}
    assert away.content("all.sheets") == [last]


def test_it_runs_on_what_it_has_while_nothing_comes(years_work, away):
    del years_work
    assert Trust(away.folder / "trust", away.root).refresh(away.mirror, 0).find("fleet.toml").check(away.mirror)
