"""Who a client is, to the broker and to the hub: real certificates, a real mosquitto, a real hub."""

from __future__ import annotations

import datetime as dt
import queue
import sys
import time
from pathlib import Path
from random import SystemRandom

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from mqtt_client import Client

from demo.commands import command, free_ports, mosquitto
from demo.processes import Part, ProcessError
from fleet import authority, pki
from fleet.hub.share import Share, group_of
from fleet.premises import Listener, enrol, establish
from sync import keys
from sync.chain import Row
from sync.frame import encode_frame, make_frame
from sync.link import Address, Door, Link, LinkDown, LinkUp
from sync.tls import client_context

pytestmark = pytest.mark.broker

TODAY = dt.datetime.now(dt.UTC)


class Operator:
    """An operator's folder with its broker and its hub, and every device's identity beside it."""

    def __init__(self, folder):
        self.folder, self.hub = folder, folder / "hub"
        [self.port] = free_ports(1)
        establish(self.hub, Listener("localhost", self.port, "127.0.0.1"), ingests=1)
        self.hub_says = queue.SimpleQueue()
        run = [str(Path(sys.executable).parent / "guichet-hub"), "run", "--hub", str(self.hub)]
        self.parts = (
            Part("broker", [mosquitto(), "-c", str(self.hub / "mosquitto.conf")], folder / "broker.log", "running"),
            Part("hub", run, folder / "hub.log", "link up", self.hub_says.put),
        )
        for part in self.parts:
            part.wait_ready()

    def enrol(self, name):
        enrol(self.hub, name, self.folder / name)
        return self.folder / name / "device.crt", self.folder / name / "device.key"

    def certificate(self, name, issued):
        """Issue a certificate on another day than today."""
        key = pki.new_client_key()
        made = pki.client_certificate(authority.load(self.hub), name, key.public_key(), issued)
        return self.write(name, made, key)

    def certificate_of(self, *common_names):
        """Have the authority sign a subject with these names, which `guichet-hub` would never do."""
        signer, key = authority.load(self.hub), pki.new_client_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in common_names])
        builder = x509.CertificateBuilder(signer.certificate.subject, subject, key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(TODAY)
        made = builder.not_valid_after(TODAY + dt.timedelta(days=1)).sign(signer.key, hashes.SHA256())
        return self.write("subject", made, key)

    def write(self, name, made, key):
        files = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        files[0].write_bytes(made.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files

    def revoke(self, name):
        command("guichet-hub", "revoke", name, "--hub", str(self.hub))

    def wait_refused(self, reason):
        """Wait until the hub says that it refused something for that reason."""
        line = ""
        while not ("refused" in line and reason in line):
            line = self.hub_says.get(timeout=10)


@pytest.fixture(scope="module")
def operator(tmp_path_factory):
    made = Operator(tmp_path_factory.mktemp("operator"))
    for name in ("kiosk-a", "kiosk-b"):
        made.enrol(name)
    yield made
    for part in made.parts:
        part.end()


@pytest.fixture
def connect(operator):
    """Connect with a certificate and its key, or as a device that is enrolled; "hub-1" is an ingest process."""
    made = []

    def enter(who, will=None):
        if isinstance(who, str):
            ours = operator.folder / who
            who = (ours / "device.crt", ours / "device.key")
            if ours.name.startswith("hub-"):
                place = operator.hub / "hub" / ours.name.replace("hub-", "tls-")
                who = (place.with_suffix(".crt"), place.with_suffix(".key"))
        made.append(Client(operator.port, operator.hub / "authority/ca.crt", *who, will=will))
        return made[-1]

    yield enter
    for client in made:
        client.close()


@pytest.fixture
def hub(connect):
    """An ingest process' place at the broker, which hears every device."""
    client = connect("hub-1")
    client.subscribe("guichet/v1/+/up")
    client.subscribe("guichet/v1/+/state")
    return client


def test_a_device_speaks_under_its_own_name(hub, connect):
    connect("kiosk-a").publish("guichet/v1/kiosk-a/up", b"a frame")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-a/up", b"a frame")


@pytest.mark.parametrize("kind", ["up", "state"])
def test_a_device_cannot_speak_as_another(hub, connect, kind):
    device = connect("kiosk-a")
    assert device.publish(f"guichet/v1/kiosk-b/{kind}", b"forged").is_failure
    device.publish("guichet/v1/kiosk-a/up", b"own")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-a/up", b"own")


@pytest.mark.parametrize(("named", "heard"), [("kiosk-a", b"the will"), ("kiosk-b", b"afterwards")])
def test_a_device_cannot_leave_a_will_in_the_name_of_another(hub, connect, named, heard):
    connect("kiosk-a", will=f"guichet/v1/{named}/state")
    connect("kiosk-a").publish("guichet/v1/kiosk-a/up", b"afterwards")  # takes the first one's place: its will is read
    assert hub.heard.get(timeout=10)[1] == heard


@pytest.mark.parametrize(
    "topic",
    [
        "guichet/v1/kiosk-b/stored",
        "guichet/v1/kiosk-b/state",
        "guichet/v1/+/stored",
        "guichet/v1/+/up",
        "guichet/#",
        "#",
        "$share/group/guichet/v1/+/up",
        "$share/group/guichet/v1/kiosk-b/stored",
        "$share/kiosk-a/#",
    ],
)
def test_a_device_cannot_hear_another_or_what_is_for_it(hub, connect, topic):
    spy = connect("kiosk-a")
    spy.subscribe(topic)
    spy.subscribe("guichet/v1/kiosk-a/stored")
    connect("kiosk-b").publish("guichet/v1/kiosk-b/up", b"by b")
    hub.publish("guichet/v1/kiosk-b/stored", b"for b")
    hub.publish("guichet/v1/kiosk-a/stored", b"for a")
    heard = spy.heard.get(timeout=10)
    assert heard == ("guichet/v1/kiosk-a/stored", b"for a")


@pytest.mark.parametrize("guessed", ["hub", "hub-1", "guichet"])
def test_a_device_cannot_be_dealt_the_frames_of_others(operator, connect, guessed):
    group = group_of(keys.load_signing(operator.hub / "hub/signing.key"))
    ingest, thief, device = connect("hub-1"), connect("kiosk-a"), connect("kiosk-b")
    ingest.subscribe(Share(1, 1, group).topics()[0])
    thief.subscribe(f"$share/{guessed}/guichet/v1/+/up")
    for number in range(4):
        device.publish("guichet/v1/kiosk-b/up", bytes([number]))
    assert [ingest.heard.get(timeout=10)[1] for _ in range(4)] == [b"\0", b"\1", b"\2", b"\3"]


def test_a_device_cannot_write_the_hubs_word(connect):
    assert connect("kiosk-a").publish("guichet/v1/kiosk-a/stored", b"forged").is_failure


@pytest.mark.parametrize("topic", ["kiosk-a/file", "kiosk-b/file", "kiosk-b/fetch", "tuf/timestamp"])
def test_a_device_cannot_write_the_publishers_word_nor_ask_in_anothers_name(connect, topic):
    assert connect("kiosk-a").publish(f"guichet/v1/{topic}", b"forged").is_failure


@pytest.mark.parametrize("topic", ["guichet/v1/kiosk-b/file", "guichet/v1/+/file", "guichet/v1/+/fetch"])
def test_a_device_does_not_hear_what_another_asks_and_gets(connect, topic):
    publisher, spy = connect("hub-publisher"), connect("kiosk-a")
    spy.subscribe(topic)
    spy.subscribe("guichet/v1/tuf/timestamp")
    connect("kiosk-b").publish("guichet/v1/kiosk-b/fetch", b"by b")
    publisher.publish("guichet/v1/kiosk-b/file", b"for b")
    publisher.publish("guichet/v1/tuf/timestamp", b"for all")
    assert spy.heard.get(timeout=10) == ("guichet/v1/tuf/timestamp", b"for all")


@pytest.mark.parametrize("topic", ["kiosk-a/stored", "kiosk-a/up", "kiosk-a/state"])
def test_the_publisher_speaks_for_nobody_else(connect, topic):
    assert connect("hub-publisher").publish(f"guichet/v1/{topic}", b"forged").is_failure


def test_the_publisher_hears_no_records(connect):
    publisher = connect("hub-publisher")
    publisher.subscribe("guichet/v1/+/up")
    publisher.subscribe("guichet/v1/+/fetch")
    device = connect("kiosk-b")
    device.publish("guichet/v1/kiosk-b/up", b"a frame")
    device.publish("guichet/v1/kiosk-b/fetch", b"a question")
    assert publisher.heard.get(timeout=10) == ("guichet/v1/kiosk-b/fetch", b"a question")


def test_a_device_cannot_take_the_place_of_another_by_its_client_id(hub, connect):
    victim = connect("kiosk-b")
    assert connect("kiosk-a").welcome  # which calls itself kiosk-b, as every client here does
    victim.publish("guichet/v1/kiosk-b/up", b"still here")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-b/up", b"still here")


def test_a_certificate_of_another_authority_is_refused(operator, connect, tmp_path):
    establish(tmp_path / "hub", Listener("localhost", operator.port, "127.0.0.1"))
    enrol(tmp_path / "hub", "kiosk-a", tmp_path / "kiosk-a")
    assert not connect((tmp_path / "kiosk-a/device.crt", tmp_path / "kiosk-a/device.key")).welcome


@pytest.mark.parametrize(("years", "welcome"), [(-3, False), (0, True), (3, False)])
def test_a_certificate_outside_its_dates_is_refused(operator, connect, years, welcome):
    files = operator.certificate("kiosk-dated", TODAY + dt.timedelta(days=365 * years))
    assert connect(files).welcome is welcome


def test_who_shows_no_certificate_is_refused(connect):
    assert not connect(()).welcome


@pytest.mark.parametrize(("names", "welcome"), [((), False), (("kiosk-named",), True)])
def test_a_certificate_without_a_name_is_refused(operator, connect, names, welcome):
    assert connect(operator.certificate_of(*names)).welcome is welcome


@pytest.mark.parametrize("name", ["kiosk-a/#", "+", "#", "kiosk-a/up", "$SYS", "kiosk a", "Kiosk-A", "kiosk-a\n", ""])
def test_the_authority_signs_no_name_that_is_more_than_a_name(operator, name):
    with pytest.raises(pki.NameRefusedError):
        operator.certificate(name, TODAY)


def test_a_revoked_device_is_refused_and_the_others_are_not(operator, connect):
    files = operator.enrol("kiosk-stolen")
    assert connect(files).welcome
    operator.revoke("kiosk-stolen")
    assert not connect(files).welcome
    assert connect("kiosk-a").welcome


def test_a_revoked_live_session_ends_within_five_seconds(operator, connect):
    device = connect(operator.enrol("kiosk-live"))
    began_s = time.monotonic()
    operator.revoke("kiosk-live")
    assert device.answers.get(timeout=5).is_failure
    ended_s = time.monotonic() - began_s
    print(f"a revoked session ended {ended_s:.1f} s after the command began")  # noqa: T201  (a figure to show)
    assert ended_s < 5


def test_a_revoked_device_which_comes_back_at_once_stays_out(operator):
    files = operator.enrol("kiosk-stubborn")
    events = queue.SimpleQueue()
    tls = client_context(operator.hub / "authority/ca.crt", *files)
    address = Address((Door("localhost", operator.port),), "kiosk-stubborn", (), reconnect_max_s=0.01)
    device = Link(address, tls, events.put, SystemRandom())
    device.start()
    assert isinstance(events.get(timeout=10), LinkUp)
    operator.revoke("kiosk-stubborn")
    while not events.empty():
        events.get()
    later = [events.get(timeout=10) for _ in range(5)]
    device.close()
    assert all(isinstance(event, LinkDown) for event in later)


def test_a_device_that_was_enrolled_again_is_let_in_by_its_new_certificate_only(operator, connect):
    first = operator.enrol("kiosk-again")
    (operator.folder / "first").mkdir()
    first = [file.rename(operator.folder / "first" / file.name) for file in first]
    out = str(operator.folder / "kiosk-again")
    command("guichet-hub", "enrol", "kiosk-again", "--out", out, "--hub", str(operator.hub))
    assert connect("kiosk-again").welcome
    assert not connect(first).welcome


def test_a_device_that_was_revoked_and_enrolled_again_is_let_in(operator, connect):
    operator.enrol("kiosk-found")
    operator.revoke("kiosk-found")
    operator.enrol("kiosk-found")
    assert connect("kiosk-found").welcome


def test_where_no_broker_runs_the_operator_is_told_what_is_left_to_do(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    enrol(tmp_path / "hub", "kiosk-1", tmp_path / "kiosk-1")
    with pytest.raises(ProcessError, match=r"no broker runs here .* have it read .*revoked.crl' again"):
        command("guichet-hub", "revoke", "kiosk-1", "--hub", str(tmp_path / "hub"))


def test_who_was_never_enrolled_cannot_be_revoked(operator):
    with pytest.raises(ProcessError, match="no device 'kiosk-none' is enrolled"):
        operator.revoke("kiosk-none")


@pytest.mark.parametrize(("signer", "named", "reason"), [("b", "b", "signature"), ("a", "b", "another device")])
def test_the_hub_refuses_frames_of_another_device(operator, connect, signer, named, reason):
    key = keys.load_signing(operator.folder / f"kiosk-{signer}/device.key")
    frame = make_frame(f"kiosk-{named}", bytes(16), bytes(32), (Row(1, 0, b"sealed"),))
    connect("kiosk-a").publish("guichet/v1/kiosk-a/up", encode_frame(frame, key))
    operator.wait_refused(reason)
