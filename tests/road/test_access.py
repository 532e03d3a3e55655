"""Who may say what on the broker: a real mosquitto, real certificates."""

from __future__ import annotations

import queue

import paho.mqtt.client as mqtt
import pytest

from demo.processes import Part
from demo.world import free_ports, mosquitto
from fleet.premises import Listener, enrol, establish
from sync.tls import client_context

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def premises(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operator")
    [port] = free_ports(1)
    establish(folder / "hub", Listener("localhost", port, "127.0.0.1"))
    for name in ("kiosk-a", "kiosk-b"):
        enrol(folder / "hub", name, folder / name)
    broker = Part("broker", [mosquitto(), "-c", str(folder / "hub/mosquitto.conf")], folder / "broker.log", "running")
    broker.wait_ready()
    yield folder, port
    broker.end()


class Client:
    """A client that keeps what it hears and what the broker answers."""

    def __init__(self, port, ca, certificate, key, client_id):
        self.heard, self.answers = queue.Queue(), queue.Queue()
        self.paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self.paho.tls_set_context(client_context(ca, certificate, key))
        self.paho.on_message = lambda *a: self.heard.put((a[2].topic, a[2].payload))
        self.paho.on_connect = lambda *a: self.answers.put(a[3])
        self.paho.on_subscribe = lambda *a: self.answers.put(a[3])
        self.paho.on_publish = lambda *a: self.answers.put(a[3])
        self.paho.on_disconnect = lambda *a: self.answers.put(a[3])
        self.paho.connect("localhost", port)
        self.paho.loop_start()
        self.welcome = not self.answers.get(timeout=10).is_failure

    def subscribe(self, topic):
        self.paho.subscribe(topic, qos=1)
        self.answers.get(timeout=10)

    def publish(self, topic, payload):
        self.paho.publish(topic, payload, qos=1)
        return self.answers.get(timeout=10)

    def close(self):
        self.paho.disconnect()
        self.paho.loop_stop()


@pytest.fixture
def clients(premises):
    folder, port = premises
    made = []

    def connect(name, client_id=None):
        ours = folder / "hub/hub" if name == "hub" else folder / name
        files = (ours / "tls.crt", ours / "tls.key") if name == "hub" else (ours / "device.crt", ours / "device.key")
        made.append(Client(port, folder / "hub/authority/ca.crt", *files, client_id or name))
        assert made[-1].welcome
        return made[-1]

    yield connect
    for client in made:
        client.close()


def test_the_hub_hears_a_device_under_its_own_name(clients):
    hub = clients("hub")
    hub.subscribe("guichet/v1/+/up")
    clients("kiosk-a").publish("guichet/v1/kiosk-a/up", b"a frame")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-a/up", b"a frame")


def test_a_device_cannot_speak_as_another(clients):
    hub = clients("hub")
    hub.subscribe("guichet/v1/+/up")
    device = clients("kiosk-a")
    assert device.publish("guichet/v1/kiosk-b/up", b"forged").is_failure
    device.publish("guichet/v1/kiosk-a/up", b"own")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-a/up", b"own")


@pytest.mark.parametrize("topic", ["guichet/v1/kiosk-b/stored", "guichet/v1/+/stored", "guichet/v1/+/up", "#"])
def test_a_device_cannot_hear_what_is_for_another(clients, topic):
    spy, hub = clients("kiosk-a"), clients("hub")
    spy.subscribe(topic)
    spy.subscribe("guichet/v1/kiosk-a/stored")
    hub.publish("guichet/v1/kiosk-b/stored", b"for b")
    hub.publish("guichet/v1/kiosk-a/stored", b"for a")
    heard = spy.heard.get(timeout=10)
    assert heard == ("guichet/v1/kiosk-a/stored", b"for a")


def test_a_device_cannot_write_the_hubs_word(clients):
    assert clients("kiosk-a").publish("guichet/v1/kiosk-a/stored", b"forged").is_failure


def test_a_device_cannot_take_the_place_of_another_by_its_client_id(clients):
    hub, victim = clients("hub"), clients("kiosk-b")
    hub.subscribe("guichet/v1/+/up")
    clients("kiosk-a", client_id="kiosk-b")
    victim.publish("guichet/v1/kiosk-b/up", b"still here")
    assert hub.heard.get(timeout=10) == ("guichet/v1/kiosk-b/up", b"still here")


def test_a_certificate_of_another_authority_is_refused(premises, tmp_path):
    folder, port = premises
    establish(tmp_path / "hub", Listener("localhost", port, "127.0.0.1"))
    enrol(tmp_path / "hub", "kiosk-a", tmp_path / "kiosk-a")
    ours = tmp_path / "kiosk-a"
    stranger = Client(port, folder / "hub/authority/ca.crt", ours / "device.crt", ours / "device.key", "kiosk-a")
    stranger.close()
    assert not stranger.welcome
