"""A mirror and a trusted set with any bytes in them: a refusal in one sentence, and never an older version."""

from __future__ import annotations

import shutil
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.distrust import Distrust, TrustError
from config.trust import Trust
from fleet.publication import draft
from tests.fleet.workshop import Workshop, new_online

PATHS = ("fleet.toml", "group/rural/group.toml", "online/rollout.json")
MIRROR = ["timestamp.json", "2.root.json", "4.snapshot.json", "3.targets.json", "2.group-rural.json", "1.online.json"]
TRUSTED = [
    "root_history/1.root.json",
    "root_history/2.root.json",
    "timestamp.json",
    "snapshot.json",
    "targets.json",
    "floor.json",
    "floor.again",
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    workshop = Workshop(folder / "hub").establish()
    workshop.push({"fleet.toml": b"# fleet\n", "group/rural/group.toml": b""})
    workshop.change_holder()
    workshop.copy(folder / "old")
    workshop.pass_(hours=1)
    workshop.repository.tell({"online/rollout.json": b"{}"}, workshop.now)
    return workshop


def state_of(hub, tmp_path):
    """Return a device that has believed the newest, and its trusted set."""
    shutil.rmtree(tmp_path, ignore_errors=True)
    device = Trust(tmp_path, hub.root())
    device.refresh(hub.mirror, 0)
    return device, (tmp_path / "trusted").resolve()


def flipped(content, at, bit):
    at %= len(content)
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def cut(content, at):
    return content[: at % len(content)]


def replaced(_content, noise):
    return noise


AT = st.integers(0, 10_000)
NOISE = st.binary(max_size=200) | st.sampled_from([b"[" * 3_000, b'{"signed":1}', b'{"a":1e999}', b"9" * 5_000])
DAMAGE = (
    st.builds(partial, st.just(flipped), at=AT, bit=st.integers(0, 7))
    | st.builds(partial, st.just(cut), at=AT)
    | st.builds(partial, st.just(replaced), noise=NOISE)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(MIRROR), damage=DAMAGE)
def test_whatever_lies_in_the_mirror_nothing_but_a_refusal_comes_of_it(tmp_path, hub, name, damage):
    mirror = tmp_path / "mirror"
    shutil.rmtree(mirror, ignore_errors=True)
    shutil.copytree(hub.mirror, mirror)
    path = mirror / "metadata" / name
    path.write_bytes(damage(path.read_bytes()))
    shutil.rmtree(tmp_path / "device", ignore_errors=True)
    device = Trust(tmp_path / "device", hub.root())
    found, refusal = look(device, mirror)
    if refusal is None:
        assert [each.length_bytes for each in found] == [8, 0, 2]  # a bit that nobody signed, and nobody reads
    else:
        assert "\n" not in str(refusal)
        assert refusal.reason not in {Distrust.DISK, Distrust.LIBRARY}


def look(device, mirror):
    """Return what a device finds, or why it believes nothing."""
    device.wanted(mirror, 0, PATHS)
    try:
        believed = device.refresh(mirror, 0)
        return [believed.find(each) for each in PATHS], None
    except TrustError as refusal:
        return None, refusal


# Never both notes: for that there is a test of its own below.
DAMAGED = st.sets(st.sampled_from(TRUSTED), min_size=1, max_size=3).filter(
    lambda names: not {"floor.json", "floor.again"} <= names
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=DAMAGED, damage=DAMAGE)
def test_a_damaged_trusted_set_recovers_from_a_good_mirror_and_believes_no_older_one(tmp_path, hub, names, damage):
    device, trusted = state_of(hub, tmp_path / "device")
    for name in names:
        (trusted / name).write_bytes(damage((trusted / name).read_bytes()))
    with pytest.raises(TrustError):
        device.refresh(hub.folder.parent / "old", 0)
    believed = device.refresh(hub.mirror, 0)
    assert (believed.versions["timestamp"], believed.signed_s) == (4, hub.now_s)
    with pytest.raises(TrustError):
        Trust(tmp_path / "device", hub.root()).refresh(hub.folder.parent / "old", 0)


def test_a_mirror_without_the_root_that_is_damaged_here_is_told_so(tmp_path, hub):
    device, trusted = state_of(hub, tmp_path / "device")
    (trusted / "root_history/2.root.json").write_bytes(b"")
    mirror = hub.copy(tmp_path / "mirror")
    (mirror / "metadata/2.root.json").unlink()
    with pytest.raises(TrustError) as refusal:
        device.refresh(mirror, 0)
    assert (refusal.value.reason, refusal.value.file) == (Distrust.INCOMPLETE, "2.root.json")


def test_a_damaged_root_is_asked_for_also_where_the_hubs_keys_changed_with_it(tmp_path):
    hub = Workshop(tmp_path / "hub").establish()
    hub.online = new_online()
    hub.sign(draft.keys(hub.repository, hub.public(), hub.online, hub.now))
    device, trusted = state_of(hub, tmp_path / "device")
    (trusted / "root_history/2.root.json").write_bytes(b"")
    (hub.metadata / "2.root.json").unlink()
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, 0)
    assert (refusal.value.reason, refusal.value.file) == (Distrust.INCOMPLETE, "2.root.json")


def test_where_both_notes_are_damaged_the_metadata_itself_still_holds(tmp_path, hub):
    device, trusted = state_of(hub, tmp_path / "device")
    for name in ("floor.json", "floor.again"):
        (trusted / name).write_bytes(b"")
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.folder.parent / "old", 0)
    assert refusal.value.reason is Distrust.ROLLBACK
