"""Three NATS servers as one MQTT broker, as processes on this machine, each on a loopback address of its own.

Devices and ingests know one name for the three, as from a DNS server with three addresses. Here a private /etc/hosts
says it, which only the processes started by `knowing_the_name` see (mount namespace).
"""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from crowd import nats
from crowd.sockets import Door
from demo.commands import free_ports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crowd.premises import Premises

NAME = "broker.guichet.test"
_NODES = 3
_FORMING_S = 30.0


class ClusterError(Exception):
    """The servers do not form a cluster; the message says why."""


class Cluster:
    """The three servers of one operator's folder."""

    def __init__(self, premises: Premises, devices: Sequence[str], ingests: Sequence[str]) -> None:
        """Write the configuration files."""
        self._premises = premises
        folder = premises.folder
        ports = free_ports(2 * _NODES)
        self.nodes = [
            nats.Node(f"n{n}", f"127.0.0.{11 + n}", ports[2 * n], ports[2 * n + 1], premises.port, folder / f"n{n}")
            for n in range(_NODES)
        ]
        certificates = nats.Certificates(
            premises.hub / "authority/ca.crt", premises.hub / "broker/tls.crt", premises.hub / "broker/tls.key"
        )
        (folder / "users.conf").write_text(nats.users(devices, ingests), encoding="ascii")
        for node in self.nodes:
            text = nats.configuration(node, self.nodes, certificates, "users.conf")
            self._file(node).write_text(text, encoding="utf-8")
        self._hosts = folder / "hosts"
        self._hosts.write_text("".join(f"{node.address} {NAME}\n" for node in self.nodes), encoding="ascii")

    @property
    def doors(self) -> tuple[Door, ...]:
        """Where devices connect."""
        return tuple(Door(NAME, node.mqtt_port, node.address) for node in self.nodes)

    def start(self) -> None:
        """Start the servers and wait until they have chosen a leader.

        Raises:
            ClusterError: they did not in time.
        """
        for node in self.nodes:
            self.begin_node(node)
        for node in self.nodes:
            self._premises.parts[node.name].wait_ready(_FORMING_S)
        end_s = time.monotonic() + _FORMING_S
        while not any("metadata leader" in self._log(node) for node in self.nodes):
            if time.monotonic() > end_s:
                raise ClusterError("the NATS servers chose no leader")
            time.sleep(0.1)

    def begin_node(self, node: nats.Node) -> None:
        """Start one server, or start it again, and wait for nothing."""
        self._premises.begin(node.name, [_program(), "-c", str(self._file(node))], "Server is ready")

    def kill_node(self, node: nats.Node) -> None:
        """End one server as a cut of power would."""
        self._premises.parts[node.name].kill()

    def knowing_the_name(self) -> list[str]:
        """Return what to put before a command so that it finds the three servers under their name."""
        rights = [] if os.geteuid() == 0 else ["--map-root-user"]
        script = f'mount --bind "{self._hosts}" /etc/hosts && exec "$@"'
        return ["unshare", "--mount", *rights, "sh", "-c", script, "sh"]

    def _file(self, node: nats.Node) -> Path:
        return self._premises.folder / f"{node.name}.conf"

    def _log(self, node: nats.Node) -> str:
        return (self._premises.folder / f"{node.name}.log").read_text(encoding="utf-8", errors="replace")


def _program() -> str:
    found = shutil.which("nats-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ClusterError("nats-server is not installed")
    return found
