"""What three NATS servers must be told so that they are one MQTT broker with our access list. No I/O.

Source of the options: docs.nats.io, "MQTT" and "Securing NATS"; nats-server 2.9, which speaks MQTT 3.1.1 only. A
topic's `/` is a subject's `.`, its `+` a `*`; our device names hold neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.topics import EVERY_STATE, EVERY_UP, StateTopic, StoredTopic, UpTopic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The server delivers messages of QoS 1 to an MQTT session through subjects of its own, which its user must be let read.
_INTERNAL = "$MQTT.sub.>"


@dataclass(frozen=True, slots=True)
class Node:
    """One server: its name, the address and the ports it listens on, and where it keeps its streams."""

    name: str
    address: str
    client_port: int
    route_port: int
    mqtt_port: int
    store_dir: Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """The fleet's authority, and the server's own certificate."""

    ca_file: Path
    certificate_file: Path
    key_file: Path


def configuration(node: Node, nodes: Iterable[Node], certificates: Certificates, users_file: str) -> str:
    """Return the configuration of `node`; the users stand in a file of their own, the same for all, beside it."""
    routes = ", ".join(f'"nats://{other.address}:{other.route_port}"' for other in nodes if other != node)
    return f"""\
server_name: {node.name}
listen: "{node.address}:{node.client_port}"
include "{users_file}"
jetstream {{
  store_dir: "{node.store_dir}"
}}
cluster {{
  name: guichet
  listen: "{node.address}:{node.route_port}"
  routes: [{routes}]
}}
mqtt {{
  listen: "{node.address}:{node.mqtt_port}"
  # Said, never left to the default: it counts the servers known when the first client comes, and with two replicas the
  # loss of one stops all.
  stream_replicas: 3
  # Three replicas of what a subscription waits for, too: with one, an ingest whose server dies elsewhere hears nothing
  # any more and is not told. In memory: a clean start forgets it anyway.
  consumer_replicas: 3
  consumer_memory_storage: true
  tls {{
    ca_file: "{certificates.ca_file}"
    cert_file: "{certificates.certificate_file}"
    key_file: "{certificates.key_file}"
    verify_and_map: true
    timeout: 10
  }}
}}
"""


def users(devices: Iterable[str], hubs: Iterable[str]) -> str:
    """Return the access list: the certificate's subject is the user, and each is held to its own topics."""
    lines = [_device(name) for name in devices] + [_hub(name) for name in hubs]
    return "authorization {\n  users = [\n" + "".join(f"    {line}\n" for line in lines) + "  ]\n}\n"


def _device(name: str) -> str:
    up, state, stored = (_subject(str(topic(name))) for topic in (UpTopic, StateTopic, StoredTopic))
    return _user(name, [up, state], [stored])


def _hub(name: str) -> str:
    return _user(name, [_subject(str(StoredTopic("+")))], [_subject(EVERY_UP), _subject(EVERY_STATE)])


def _user(name: str, publish: list[str], subscribe: list[str]) -> str:
    allowed = f"publish: {_list(publish)}, subscribe: {_list([*subscribe, _INTERNAL])}"
    return f'{{user: "CN={name}", permissions: {{{allowed}}}}}'


def _list(subjects: list[str]) -> str:
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"


def _subject(topic: str) -> str:
    return topic.replace("/", ".").replace("+", "*")
