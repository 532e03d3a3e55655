"""What a device believes, and by which time: the hub's, whatever its own clock says."""

from __future__ import annotations

import datetime as dt
import shutil
import socket

import pytest
from tuf.ngclient import Updater
from tuf.ngclient._internal import trusted_metadata_set

from config import trust as trust_module
from config.distrust import Distrust, TrustError
from config.trust import Trust
from config.trust_floor import Floor, decode, encode
from config.trust_mirror import ADDRESS, Mirror, limit_of_file_bytes
from fleet.publication import draft
from tests.fleet.workshop import Workshop, new_online

FILES = {"fleet.toml": b"# fleet\n", "group/rural/device/bus-1.toml": b"# bus\n"}


@pytest.fixture
def hub(tmp_path):
    workshop = Workshop(tmp_path / "hub").establish()
    workshop.push(FILES)
    return workshop


@pytest.fixture
def device(tmp_path, hub):
    return Trust(tmp_path / "device", hub.root())


@pytest.fixture(params=[1970, 2040])
def clock(request, monkeypatch):
    """Set python-tuf's clock to another year."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(request.param, 1, 1, 0, 0, 20, tzinfo=tz)

    monkeypatch.setattr(trusted_metadata_set.datetime, "datetime", Clock)
    return request.param


def test_a_file_is_found_with_its_size_and_digest_and_where_it_lies(hub, device):
    found = device.refresh(hub.mirror, 0).find("group/rural/device/bus-1.toml")
    assert (found.length_bytes, found.check(hub.mirror).read_bytes()) == (6, b"# bus\n")


def test_what_nobody_signed_is_not_found(hub, device):
    believed = device.refresh(hub.mirror, 0)
    assert [believed.find(path) for path in ("group/town/group.toml", "online/rollout.json", "", "../x")] == [None] * 4


def test_a_refresh_tells_the_hubs_time_and_the_versions(hub, device):
    believed = device.refresh(hub.mirror, 0)
    assert believed.signed_s == hub.now_s
    assert believed.versions == {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2}


def test_whatever_the_clock_says_what_the_hub_has_just_signed_is_believed(hub, device, clock):
    assert device.refresh(hub.mirror, 0).find("fleet.toml"), clock


def test_whatever_the_clock_says_what_had_expired_for_the_hub_is_refused(hub, device, clock):
    device.refresh(hub.mirror, 0)
    with pytest.raises(TrustError, match="leads to what had expired when the hub last signed") as refusal:
        device.refresh(hub.mirror, hub.now_s + 200_000)
    assert refusal.value.reason is Distrust.EXPIRED, clock


def test_the_latest_time_that_the_hub_signed_is_kept_over_a_restart(tmp_path, hub, device):
    hub.pass_(days=30)
    hub.renew()
    device.refresh(hub.mirror, 0)
    hub.pass_(days=-29)
    hub.renew()
    with pytest.raises(TrustError, match="expired"):
        Trust(tmp_path / "device", hub.root()).refresh(hub.mirror, 0)


def test_a_device_that_was_away_for_six_months_follows_two_new_roots_and_40_versions(tmp_path, hub, device):
    device.refresh(hub.mirror, 0)
    for week in range(40):
        hub.pass_(days=4.5)
        hub.push({"fleet.toml": b"# version %d\n" % week})
        if week in {10, 30}:
            hub.change_holder(week // 20)
    believed = Trust(tmp_path / "device", hub.root()).refresh(hub.mirror, 0)
    assert (believed.versions["root"], believed.versions["targets"]) == (3, 44)
    assert believed.find("fleet.toml").check(hub.mirror).read_bytes() == b"# version 39\n"


def test_a_hub_put_back_from_a_backup_is_believed_again_under_new_keys_of_its_own(tmp_path, hub, device):
    shutil.copytree(hub.folder, tmp_path / "backup")
    hub.push({"fleet.toml": b"# lost\n"})
    device.refresh(hub.mirror, 0)
    back = Workshop(tmp_path / "backup", hub.holders, new_online(), hub.now)
    with pytest.raises(TrustError):
        device.refresh(back.mirror, 0)
    back.sign(draft.keys(back.repository, back.public(), back.online, back.now))
    assert device.refresh(back.mirror, 0).find("fleet.toml").check(back.mirror).read_bytes() == b"# fleet\n"


def test_a_refresh_that_brings_nothing_new_writes_nothing(tmp_path, hub, device):
    device.refresh(hub.mirror, 0)
    before = (tmp_path / "device/trusted").readlink()
    device.refresh(hub.mirror, 0)
    assert (tmp_path / "device/trusted").readlink() == before


def test_a_carrier_in_another_process_asks_what_is_wanted_and_disturbs_nobody(tmp_path, hub, device):
    believed = device.refresh(hub.mirror, 0)
    carrier = Trust(tmp_path / "device", hub.root(), scratch=tmp_path / "run")
    before = sorted((tmp_path / "device").rglob("*"))
    assert carrier.wanted(hub.mirror, 0, FILES) == ("2.root.json", "timestamp.json")
    assert sorted((tmp_path / "device").rglob("*")) == before
    assert believed.find("fleet.toml")


def test_the_network_is_never_asked(hub, device, monkeypatch):
    def no_network(*_arguments):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_network)
    assert device.refresh(hub.mirror, 0).find("fleet.toml")


def test_python_tuf_takes_its_time_where_we_set_it(tmp_path, hub):
    updater = Updater(str(tmp_path), ADDRESS, fetcher=Mirror(hub.mirror), bootstrap=hub.root())
    assert isinstance(updater._trusted_set.reference_time, dt.datetime)
    updater._trusted_set.reference_time = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(trusted_metadata_set.exceptions.ExpiredMetadataError):
        updater.refresh()


def test_a_python_tuf_that_hides_its_time_is_not_used(hub, device, monkeypatch):
    class Renamed(Updater):
        _trusted_set = property(lambda self: self.renamed, lambda self, value: setattr(self, "renamed", NoTime(value)))

    class NoTime:
        def __init__(self, trusted):
            self.root = trusted.root

    monkeypatch.setattr(trust_module, "Updater", Renamed)
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, hub.now_s)
    assert refusal.value.reason is Distrust.LIBRARY


def test_a_root_of_the_enrolment_that_is_no_root_is_named(tmp_path, hub):
    with pytest.raises(TrustError, match="the root of the enrolment cannot be used") as refusal:
        Trust(tmp_path / "device", b"{}").refresh(hub.mirror, 0)
    assert refusal.value.reason is Distrust.ENROLMENT


def test_a_disk_that_refuses_is_named(tmp_path, hub):
    (tmp_path / "device").write_bytes(b"")
    with pytest.raises(TrustError) as refusal:
        Trust(tmp_path / "device", hub.root()).refresh(hub.mirror, 0)
    assert refusal.value.reason is Distrust.DISK


@pytest.mark.parametrize(
    "signed_at", [None, 7, "", "tomorrow", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_timestamp_without_the_time_of_its_signature_is_refused(hub, device, signed_at):
    metadata = trusted_metadata_set.Metadata.from_bytes((hub.metadata / "timestamp.json").read_bytes())
    metadata.signed.unrecognized_fields["signed_at"] = signed_at
    metadata.sign(hub.online.timestamp)
    (hub.metadata / "timestamp.json").write_bytes(metadata.to_bytes())
    with pytest.raises(TrustError) as refusal:
        device.refresh(hub.mirror, 0)
    assert refusal.value.reason is Distrust.MALFORMED


def test_a_flipped_bit_in_a_floor_is_seen():
    floor = Floor({"root": 3, "timestamp": 70}, 1_772_431_200, ("ab", "cd"))
    content = encode(floor)
    assert decode(content) == floor
    flipped = [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(len(content))]
    assert all(decode(each) in (None, floor) for each in flipped)


@pytest.mark.parametrize("name", ["../x.json", "a/b.json", "x", "7.snapshot.json\n", ""])
def test_no_metadata_has_a_name_that_leads_elsewhere(name):
    assert limit_of_file_bytes(name) is None
