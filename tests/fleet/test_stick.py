"""The same publication on a USB stick: it is believed as if it had come by MQTT, and nothing else on the stick is."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from config.distrust import Distrust, TrustError
from fleet.publication.fault import PublicationError
from fleet.publication.stick import export
from sync.supply.folder import ON_A_STICK, bring
from sync.supply.gathering import GatheringError
from tests.config.noise import noise
from tests.fleet.supplied import Device
from tests.fleet.workshop import Workshop

SHEETS = noise(200_000)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    hub = Workshop(tmp_path_factory.mktemp("hub")).establish()
    hub.push({"fleet.toml": b'[content]\npack = "all.pack"\n', "content/all.sheets": SHEETS})
    return hub


@pytest.fixture
def hub(published, tmp_path):
    shutil.copytree(published.folder, tmp_path / "hub")
    return replace(published, folder=tmp_path / "hub")


@pytest.fixture
def device(hub, tmp_path):
    device = Device(tmp_path / "device", hub.root())
    yield device
    device.supply.close()


@pytest.fixture
def stick(hub, tmp_path):
    export(hub.mirror, tmp_path / "stick")
    return tmp_path / "stick" / ON_A_STICK


def test_a_stick_brings_what_mqtt_would_have(hub, device, stick):
    assert bring(stick, device.shelf)
    assert device.has(hub)
    assert device.content("all.sheets") == [SHEETS]


def test_the_same_stick_again_brings_nothing(device, stick):
    bring(stick, device.shelf)
    assert not bring(stick, device.shelf)


def test_a_stick_goes_on_where_the_network_was_cut(hub, device, stick):
    device.hear(hub)
    device.work(hub, answers=8)
    assert bring(stick, device.shelf)
    assert device.has(hub)


def test_a_stick_that_lacks_a_file_brings_nothing_and_names_it(hub, device, stick):
    next(stick.glob("targets/content/*.all.sheets")).unlink()
    with pytest.raises(GatheringError, match=r"all\.sheets"):
        bring(stick, device.shelf)
    assert not device.has(hub)


def test_a_stick_that_was_tampered_with_brings_nothing(hub, device, stick):
    path = next(stick.glob("targets/content/*.all.sheets"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(GatheringError, match="not what was signed"):
        bring(stick, device.shelf)
    assert not device.has(hub)


def test_a_stick_of_another_fleet_brings_nothing(device, tmp_path):
    stranger = Workshop(tmp_path / "stranger").establish()
    stranger.push({"fleet.toml": b"# theirs\n"})
    with pytest.raises(TrustError) as raised:
        bring(stranger.mirror, device.shelf)
    assert raised.value.reason is Distrust.SIGNATURES
    assert not device.mirror.exists()


@pytest.mark.parametrize("name", ["metadata/timestamp.json", "metadata/2.snapshot.json"])
def test_a_pipe_or_a_link_on_a_stick_is_not_followed(hub, device, stick, tmp_path, name):
    (tmp_path / "secret").write_bytes((stick / name).read_bytes())
    (stick / name).unlink()
    (stick / name).symlink_to(tmp_path / "secret")
    with pytest.raises((OSError, GatheringError)):
        bring(stick, device.shelf)
    (stick / name).unlink()
    os.mkfifo(stick / name)
    with pytest.raises((OSError, GatheringError)):
        bring(stick, device.shelf)
    assert not device.has(hub)


def test_an_empty_stick_is_one_sentence(device, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        bring(tmp_path, device.shelf)


def test_an_export_that_is_repeated_brings_the_stick_up_to_date(hub, stick, tmp_path):
    hub.push({"fleet.toml": b"# newer\n"})
    export(hub.mirror, tmp_path / "stick")
    for path in hub.mirror.rglob("*.json"):
        assert (stick / path.relative_to(hub.mirror)).read_bytes() == path.read_bytes()


def test_nothing_published_is_said(tmp_path):
    with pytest.raises(PublicationError, match="nothing is published yet"):
        export(tmp_path, tmp_path / "stick")
