"""The operator's folder and the enrolment of devices."""

from __future__ import annotations

import stat

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from fleet.hub.store import HubStore
from fleet.pki import NameRefusedError
from fleet.premises import Listener, PremisesError, enrol, establish, make_publisher
from fleet.settings import HubConfigError, load
from sync import keys
from sync.seal import key_id


@pytest.fixture
def folder(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    return tmp_path / "hub"


def test_a_device_gets_a_certificate_under_its_own_name(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "identity")
    certificate = x509.load_pem_x509_certificate((tmp_path / "identity/device.crt").read_bytes())
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "kiosk-1"
    authority = x509.load_pem_x509_certificate((tmp_path / "identity/ca.crt").read_bytes())
    certificate.verify_directly_issued_by(authority)


def test_the_hub_knows_the_key_that_the_device_signs_with(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "identity")
    store = HubStore.open(load(folder / "hub.toml").database_url)
    assert store.public_key("kiosk-1") == keys.load_signing(tmp_path / "identity/device.key").public_key()
    store.close()


@pytest.mark.parametrize("name", ["kiosk/1", "kiosk-#", "+", "Kiosk", "", "a" * 64, "é", "hub", "hub-1", "hub-12"])
def test_a_name_that_could_be_a_topic_is_refused(folder, tmp_path, name):
    with pytest.raises(NameRefusedError):
        enrol(folder, name, tmp_path / "identity")


def test_each_ingest_process_has_a_name_of_its_own(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"), ingests=2)
    files = [ingest.certificate_file for ingest in load(tmp_path / "hub/hub.toml").ingests]
    found = [x509.load_pem_x509_certificate(file.read_bytes()) for file in files]
    names = [one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for one in found]
    assert names == ["hub-1", "hub-2"]
    access = (tmp_path / "hub/acl").read_text(encoding="ascii").splitlines()
    assert [line for line in access if line.startswith("user")] == [
        "user hub",
        "user hub-1",
        "user hub-2",
        "user hub-publisher",
    ]


def test_a_hub_of_an_older_version_is_given_what_its_publisher_needs(folder):
    settings = (folder / "hub.toml").read_text()
    (folder / "hub.toml").write_text(settings[: settings.index("[publishing]")])
    (folder / "acl").write_text("user hub\n")
    (folder / "hub/tls-publisher.key").unlink()
    assert make_publisher(folder)
    made = load(folder / "hub.toml").publishing
    one = x509.load_pem_x509_certificate(made.certificate_file.read_bytes())
    assert one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "hub-publisher"
    assert stat.S_IMODE(made.key_file.stat().st_mode) == stat.S_IMODE((folder / "acl").stat().st_mode) == 0o600
    assert "user hub-publisher" in (folder / "acl").read_text()
    assert not make_publisher(folder)


def test_the_registry_knows_which_opening_key_a_device_was_given(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "identity")
    store = HubStore.open(load(folder / "hub.toml").database_url)
    given = keys.load_opening_public(tmp_path / "identity/hub-opening.pub")
    assert store.registry.device("kiosk-1").hub_key_id == key_id(given)
    store.close()


def test_a_device_is_given_the_newest_root_once_something_was_published(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "early")
    metadata = folder / "publication/metadata"
    metadata.mkdir(parents=True)
    for version in (1, 9, 10):
        (metadata / f"{version}.root.json").write_text(f"root {version}")
    enrol(folder, "kiosk-2", tmp_path / "late")
    assert not (tmp_path / "early/root.json").exists()
    assert (tmp_path / "late/root.json").read_text() == "root 10"


def test_private_keys_are_for_their_owner_only(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "identity")
    found = [*folder.rglob("*.key"), *(tmp_path / "identity").glob("*.key")]
    assert len(found) == 7
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}


def test_an_existing_hub_is_never_overwritten(folder):
    before = (folder / "hub/opening.key").read_bytes()
    with pytest.raises(PremisesError, match="holds a hub already"):
        establish(folder, Listener("localhost", 8883, "127.0.0.1"))
    assert (folder / "hub/opening.key").read_bytes() == before


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "", "mysql://somewhere", r"sqlite:///hub.db\n"])
def test_a_database_that_forgets_or_is_unknown_is_refused(folder, url):
    settings = (folder / "hub.toml").read_text().splitlines()
    settings = [f'database_url = "{url}"' if line.startswith("database_url") else line for line in settings]
    (folder / "hub.toml").write_text("\n".join(settings))
    with pytest.raises(HubConfigError, match="database_url"):
        load(folder / "hub.toml")


def test_settings_with_an_unknown_key_are_refused(folder):
    (folder / "hub.toml").write_text((folder / "hub.toml").read_text() + "\nwrong = 1\n")
    with pytest.raises(HubConfigError, match="wrong"):
        load(folder / "hub.toml")
