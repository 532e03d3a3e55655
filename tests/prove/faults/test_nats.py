"""A broker of another make, which knows neither MQTT 5 nor shared subscriptions: NATS with JetStream, one server."""

from __future__ import annotations

import shutil

import pytest
from fault_world import FaultWorld

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(300)]

# docs.nats.io, "MQTT": a topic's "/" is a subject's "."; QoS 1 reaches a session through subjects of the server's own.
SERVER = """\
listen: "127.0.0.1:-1"
server_name: guichet
jetstream {{ store_dir: "{folder}/nats" }}
mqtt {{
  listen: "127.0.0.1:{port}"
  tls {{
    ca_file: "{hub}/authority/ca.crt"
    cert_file: "{hub}/broker/tls.crt"
    key_file: "{hub}/broker/tls.key"
    verify_and_map: true
    timeout: 10
  }}
}}
authorization {{
  users = [
    {{user: "CN=kiosk-demo", permissions: {{
      publish: ["guichet.v1.kiosk-demo.up", "guichet.v1.kiosk-demo.state"],
      subscribe: ["guichet.v1.kiosk-demo.stored", "$MQTT.sub.>"]
    }}}}
    {{user: "CN=hub", permissions: {{
      publish: ["guichet.v1.*.stored"], subscribe: ["guichet.v1.*.up", "guichet.v1.*.state", "$MQTT.sub.>"]
    }}}}
  ]
}}
"""


class NatsWorld(FaultWorld):
    """The small world with another broker; nothing else is told of it."""

    def _broker(self):
        server = shutil.which("nats-server", path="/usr/sbin:/usr/bin")
        conf = self.folder / "nats.conf"
        told = SERVER.format(folder=self.folder, port=self.broker_port, hub=self.hub)
        conf.write_text(told, encoding="ascii")
        return self._part("broker", [server, "-c", str(conf)], "Server is ready")


@pytest.fixture
def world(tmp_path):
    small = NatsWorld(tmp_path / "world", tmp_path / "no.pack")
    small.make()
    yield small
    small.end()


@pytest.mark.parametrize("killed", [False, True])
def test_an_older_broker_of_another_make_carries_every_record_once(world, report, killed):
    with world.flowing("broker", "hub", "sync"):
        if killed:
            world.pause(2)
            world.parts["broker"].kill()
        tally = world.settle(deadline_s=120)
    report("broker killed" if killed else "broker left alone", tally)
    assert (tally.kept, tally.lost, tally.double) == (world.count, 0, 0)
    assert "Unsupported protocol version" in (world.folder / "logs/hub.log").read_text(encoding="utf-8")
