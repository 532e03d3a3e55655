"""Attacks on what a device believes, each with its name. Real repositories, real files, python-tuf as it is."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256

import pytest
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, TargetFile, Targets

from config.distrust import Distrust, TrustError
from config.trust import Trust
from fleet.publication import draft, roles
from fleet.publication.fault import PublicationError
from fleet.publication.proposal import Proposal
from tests.fleet.workshop import Workshop, new_online, new_signer

FILES = {
    "fleet.toml": b'[structure]\nname = "A"\n',
    "group/rural/group.toml": b"",
    "group/rural/device/bus-1.toml": b"# one\n",
    "group/town/group.toml": b"# town\n",
    "content/pack.db": bytes(5_000),
}
DAY_S = 86_400
EVIL = ["content/evil.db", "group/rural/device/evil.toml", "online/device/evil.toml"]


@pytest.fixture
def hub(tmp_path):
    workshop = Workshop(tmp_path / "hub").establish()
    workshop.push(FILES)
    return workshop


@pytest.fixture
def device(tmp_path, hub):
    return Trust(tmp_path / "device", hub.root())


def refused(device, mirror, hub_time_s=0):
    """Return why the mirror is not believed."""
    with pytest.raises(TrustError) as refusal:
        device.refresh(mirror, hub_time_s)
    return refusal.value.reason


def test_rollback_to_the_whole_repository_of_yesterday_is_refused(tmp_path, hub, device):
    yesterday = hub.copy(tmp_path / "yesterday")
    hub.pass_(days=1)
    hub.push({"fleet.toml": b"# new\n"})
    device.refresh(hub.mirror, 0)
    assert refused(device, yesterday) is Distrust.ROLLBACK
    assert device.refresh(hub.mirror, 0).find("fleet.toml").length_bytes == 6


def test_freeze_by_a_timestamp_that_had_expired_when_the_hub_last_signed_is_refused(tmp_path, hub, device):
    frozen = hub.copy(tmp_path / "frozen")
    device.refresh(hub.mirror, 0)
    assert refused(device, frozen, hub.now_s + 3 * DAY_S) is Distrust.EXPIRED


def test_freeze_is_refused_by_what_the_device_itself_has_seen_of_the_hubs_time(hub, device):
    hub.pass_(days=10)
    hub.renew()
    device.refresh(hub.mirror, 0)
    hub.pass_(days=-8)
    hub.renew()  # a newer version that had expired eight days before: only a thief's, or a hub with a wrong clock
    assert refused(device, hub.mirror) is Distrust.EXPIRED


def test_a_hub_whose_clock_went_back_a_little_does_not_take_the_time_back(hub, device):
    hub.pass_(days=10)
    latest_s = hub.now_s
    for hours in (0, -24, -23):
        hub.pass_(hours=hours)
        hub.renew()
        assert device.refresh(hub.mirror, 0).signed_s == latest_s
    hub.pass_(hours=-2)  # what is signed now ends before the latest time that was seen
    hub.renew()
    assert refused(device, hub.mirror) is Distrust.EXPIRED


def test_a_hub_that_signs_only_the_timestamp_hides_no_expiry(hub, device):
    hub.pass_(days=200)
    hub.renew()  # targets, which key holders sign, have expired by the time that this timestamp tells
    assert refused(device, hub.mirror) is Distrust.EXPIRED


def test_mix_and_match_of_an_old_snapshot_under_a_new_timestamp_is_refused(hub, device):
    hub.push({"fleet.toml": b"# new\n"})
    shutil.copy(hub.metadata / "2.snapshot.json", hub.metadata / "3.snapshot.json")
    assert refused(device, hub.mirror) is Distrust.TAMPERED


def test_mix_and_match_of_old_targets_under_a_new_snapshot_is_refused(hub, device):
    hub.push({"fleet.toml": FILES["fleet.toml"].swapcase()})
    shutil.copy(hub.metadata / "2.targets.json", hub.metadata / "3.targets.json")
    assert refused(device, hub.mirror) is Distrust.TAMPERED


@pytest.mark.parametrize("name", ["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_endless_metadata_is_refused_unread(hub, device, name):
    with (hub.metadata / name).open("wb") as file:
        file.truncate(50_000_000)
    assert refused(device, hub.mirror) is Distrust.TOO_LONG


def test_endless_metadata_is_refused_unread_also_where_a_stolen_key_allows_it(hub, device):
    metadata = Metadata.from_bytes((hub.metadata / "timestamp.json").read_bytes())
    metadata.signed.snapshot_meta.length = 50_000_000
    metadata.sign(hub.online.timestamp)
    (hub.metadata / "timestamp.json").write_bytes(metadata.to_bytes())
    with (hub.metadata / "2.snapshot.json").open("wb") as file:
        file.truncate(50_000_000)
    assert refused(device, hub.mirror) is Distrust.TOO_LONG


def test_endless_content_is_refused_unread(hub, device):
    found = device.refresh(hub.mirror, 0).find("content/pack.db")
    with (hub.mirror / "targets" / found.file).open("ab") as file:
        file.truncate(50_000_000_000)  # a sparse file, as large as a thief likes
    with pytest.raises(TrustError) as refusal:
        found.check(hub.mirror)
    assert refusal.value.reason is Distrust.TOO_LONG


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize("name", ["2.root.json", "timestamp.json", "2.snapshot.json"])
def test_a_pipe_a_folder_or_a_link_in_the_mirror_is_refused_without_waiting(hub, device, make, name):
    (hub.metadata / name).unlink(missing_ok=True)
    make(hub.metadata / name)
    assert refused(device, hub.mirror) is Distrust.UNREADABLE


def test_another_groups_role_under_this_groups_name_is_refused(hub, device):
    shutil.copy(hub.metadata / "1.group-town.json", hub.metadata / "1.group-rural.json")
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, 0).find("group/rural/group.toml")
    assert refusal.value.reason is Distrust.TAMPERED


def test_another_devices_file_under_this_devices_name_is_refused(hub, device):
    hub.push({"group/rural/device/bus-2.toml": b"# two\n"})
    believed = device.refresh(hub.mirror, 0)
    mine, other = (believed.find(f"group/rural/device/bus-{n}.toml") for n in (1, 2))
    shutil.copy(hub.mirror / "targets" / other.file, hub.mirror / "targets" / mine.file)
    with pytest.raises(TrustError) as refusal:
        mine.check(hub.mirror)
    assert refusal.value.reason is Distrust.TAMPERED


def test_a_groups_role_says_nothing_about_another_group(hub, device):
    town = hub.repository.role("group-town")
    town.targets["group/rural/group.toml"] = town.targets["group/town/group.toml"]
    town.version += 1
    del town.targets["group/town/group.toml"]
    with pytest.raises(PublicationError, match="may not name"):
        hub.sign(Proposal({"group-town": Metadata(town)}))
    stolen(hub, hub.holders, "group-town", paths=["group/rural/group.toml"])
    found = device.refresh(hub.mirror, 0).find("group/rural/group.toml")
    assert found.length_bytes == 0


def stolen(hub, signers, name=roles.TARGETS, **changes):
    """Publish a role signed by who has stolen these keys, together with those of the hub."""
    signed: Targets = hub.repository.role(name)
    signed.version += 1
    for path in changes.get("paths", ()):
        signed.targets[path] = hub.repository.role(roles.TARGETS).targets["fleet.toml"]
    metadata = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    hub.repository._publish({name: metadata}, None, hub.now)


def test_one_key_of_two_signs_nothing(hub, device):
    stolen(hub, hub.holders[:1], paths=["content/evil.db"])
    assert refused(device, hub.mirror) is Distrust.SIGNATURES


def test_one_key_twice_is_no_second_signature(hub, device):
    stolen(hub, [hub.holders[0], hub.holders[0]], paths=["content/evil.db"])
    assert refused(device, hub.mirror) is Distrust.SIGNATURES


def test_a_revoked_key_signs_nothing(hub, device):
    device.refresh(hub.mirror, 0)
    thief = hub.change_holder()
    device.refresh(hub.mirror, 0)
    stolen(hub, [thief, hub.holders[1]], paths=["content/evil.db"])
    assert refused(device, hub.mirror) is Distrust.SIGNATURES


def test_what_a_revoked_key_signed_before_is_refused_from_its_revocation_on(tmp_path, hub, device):
    before = hub.copy(tmp_path / "before")
    hub.change_holder()
    shutil.copy(hub.metadata / "2.root.json", before / "metadata/2.root.json")
    assert refused(device, before) is Distrust.SIGNATURES


def test_a_root_that_one_holder_alone_has_signed_is_refused(hub, device):
    root = hub.repository.root
    root.version += 1
    metadata = Metadata(root)
    metadata.sign(hub.holders[0])
    (hub.metadata / "2.root.json").write_bytes(metadata.to_bytes())
    assert refused(device, hub.mirror) is Distrust.SIGNATURES


def test_a_tampered_file_is_refused(hub, device):
    found = device.refresh(hub.mirror, 0).find("content/pack.db")
    path = hub.mirror / "targets" / found.file
    path.write_bytes(b"\x01" + path.read_bytes()[1:])
    with pytest.raises(TrustError) as refusal:
        found.check(hub.mirror)
    assert refusal.value.reason is Distrust.TAMPERED


def test_slow_retrieval_one_file_and_half_a_file_at_a_time_ends_well(tmp_path, hub, device):
    hub.change_holder()
    mirror, paths = tmp_path / "mirror", ("fleet.toml", "group/rural/device/bus-1.toml", "online/rollout.json")
    (mirror / "metadata").mkdir(parents=True)
    brought = []
    while lacking := [name for name in device.wanted(mirror, 0, paths) if here(hub, name) and name not in brought]:
        whole = (hub.metadata / lacking[0]).read_bytes()
        (mirror / "metadata" / lacking[0]).write_bytes(whole[: len(whole) // 2])
        assert lacking[0] in device.wanted(mirror, 0, paths)
        (mirror / "metadata" / lacking[0]).write_bytes(whole)
        brought.append(lacking[0])
    names = [
        "2.root.json",
        "timestamp.json",
        "3.snapshot.json",
        "3.targets.json",
        "2.group-rural.json",
        "1.online.json",
    ]
    assert brought == names
    assert device.refresh(mirror, 0).find("fleet.toml")


def here(hub, name):
    return (hub.metadata / name).exists()


def test_slow_retrieval_is_incomplete_each_time_and_changes_nothing(tmp_path, hub, device):
    mirror = tmp_path / "mirror"
    (mirror / "metadata").mkdir(parents=True)
    for name in ("timestamp.json", "2.snapshot.json", "2.targets.json"):
        assert refused(device, mirror) is Distrust.INCOMPLETE
        whole = (hub.metadata / name).read_bytes()
        (mirror / "metadata" / name).write_bytes(whole[: len(whole) // 2])
        assert refused(device, mirror) is Distrust.INCOMPLETE
        assert not (tmp_path / "device/trusted").exists()
        (mirror / "metadata" / name).write_bytes(whole)
    assert device.refresh(mirror, 0).versions["targets"] == 2


def test_the_online_role_names_no_configuration_and_no_pack(hub, device):
    stolen(hub, [hub.online.online], roles.ONLINE, paths=["fleet.toml", *EVIL])
    believed = device.refresh(hub.mirror, 0)
    assert [believed.find(path) for path in EVIL] == [None] * 3
    assert believed.find("fleet.toml").sha256 == sha256(FILES["fleet.toml"]).hexdigest()


def word_refused(hub, device, length_bytes, digest):
    """Return why the word of a hub whose key was stolen is not believed."""
    signed = hub.repository.role(roles.ONLINE)
    signed.version += 1
    signed.targets["online/rollout.json"] = TargetFile(length_bytes, {"sha256": digest}, "online/rollout.json")
    metadata = Metadata(signed)
    metadata.sign(hub.online.online)
    hub.repository._publish({roles.ONLINE: metadata}, None, hub.now)
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, 0).find("online/rollout.json")
    return refusal.value.reason


@pytest.mark.parametrize("digest", ["../../../etc/passwd", "", "AB" * 32, "ab" * 31])
def test_a_stolen_online_key_does_not_choose_where_a_file_is_written(hub, device, digest):
    assert word_refused(hub, device, 1, digest) is Distrust.MALFORMED


def test_a_stolen_online_key_does_not_fill_the_disk(hub, device):
    assert word_refused(hub, device, 16_001, "ab" * 32) is Distrust.TOO_LONG


def test_the_online_key_cannot_sign_a_groups_role(hub, device):
    stolen(hub, [hub.online.online], "group-rural", paths=["group/rural/device/evil.toml"])
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, 0).find("group/rural/device/evil.toml")
    assert refusal.value.reason is Distrust.SIGNATURES


def test_what_the_online_role_delegates_is_never_asked_for_groups_or_packs(hub, device):
    thief = new_signer()
    evil = Targets(targets=dict.fromkeys(EVIL, hub.repository.role(roles.TARGETS).targets["fleet.toml"]))
    signed = hub.repository.role(roles.ONLINE)
    signed.version += 1
    patterns = ["*", "*/*", "*/*/*", "*/*/*/*"]
    role = DelegatedRole("evil", [], 1, terminating=False, paths=patterns)
    signed.delegations = Delegations({}, {"evil": role})
    signed.add_key(thief.public_key, "evil")
    metadata = {roles.ONLINE: Metadata(signed), "evil": Metadata(evil)}
    metadata[roles.ONLINE].sign(hub.online.online)
    metadata["evil"].sign(thief)
    hub.repository._publish(metadata, None, hub.now)
    believed = device.refresh(hub.mirror, 0)
    assert [believed.find(path) for path in EVIL] == [None] * 3


def test_what_stolen_online_keys_signed_far_ahead_is_taken_back_by_a_new_root(tmp_path, hub, device):
    shutil.copytree(hub.folder, tmp_path / "mended")
    mended = Workshop(tmp_path / "mended", hub.holders, new_online())
    hub.pass_(days=100)
    for _ in range(5):
        hub.renew()
    thief = device.refresh(hub.mirror, 0)
    mended.sign(draft.keys(mended.repository, mended.public(), mended.online, mended.now))
    believed = device.refresh(mended.mirror, 0)
    assert (thief.versions["timestamp"], believed.versions["timestamp"], believed.signed_s) == (7, 3, mended.now_s)


def test_a_timestamp_by_a_key_that_is_not_the_hubs_is_refused(hub, device):
    metadata = Metadata.from_bytes((hub.metadata / "timestamp.json").read_bytes())
    metadata.signed.version += 1
    metadata.sign(new_online().timestamp)
    (hub.metadata / "timestamp.json").write_bytes(metadata.to_bytes())
    assert refused(device, hub.mirror) is Distrust.SIGNATURES
