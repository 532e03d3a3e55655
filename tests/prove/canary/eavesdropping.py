"""Two ears on the road: every packet on the broker's port, and every MQTT payload inside the TLS."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sync.tls import client_context

if TYPE_CHECKING:
    from pathlib import Path

_EVERY_PROTOCOL = 3  # linux/if_ether.h, ETH_P_ALL
_ETHERNET_BYTES = 14
_LOOK_S = 0.2
_DEADLINE_S = 10


class Wire:
    """What goes over the loopback interface from or to one TCP port, as bytes. Needs root."""

    def __init__(self, port: int) -> None:
        self.raw = bytearray()
        self._port = port.to_bytes(2, "big")
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_000_000)
        self._socket.bind(("lo", 0))
        self._socket.settimeout(_LOOK_S)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="wire", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                packet = self._socket.recv(65_536)
            except TimeoutError:
                continue
            tcp = _ETHERNET_BYTES + 4 * (packet[_ETHERNET_BYTES] & 15)  # RFC 791: the header's length in words
            if self._port in {packet[tcp : tcp + 2], packet[tcp + 2 : tcp + 4]}:
                self.raw += packet


class Witness:
    """A client that the broker lets read everything, and whose session the broker keeps while it is away."""

    def __init__(self, port: int, identity: Path) -> None:
        self.payloads = bytearray()
        self.messages = 0
        self._heard = threading.Condition()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="witness", protocol=MQTTProtocolVersion.MQTTv5)
        self._client.tls_set_context(
            client_context(identity / "ca.crt", identity / "device.crt", identity / "device.key")
        )
        self._client.on_message = self._hear
        self._subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        keep = Properties(PacketTypes.CONNECT)
        keep.SessionExpiryInterval = 3_600
        self._client.connect("localhost", port, clean_start=False, properties=keep)
        self._client.subscribe("#", qos=1)
        self._client.loop_start()
        assert self._subscribed.wait(_DEADLINE_S)

    def plant(self, topic: str, word: str) -> None:
        """Leave `word` in plain with the broker, and hear it back."""
        self._client.publish(topic, word.encode(), qos=1, retain=True)
        with self._heard:
            assert self._heard.wait_for(lambda: word.encode() in self.payloads, _DEADLINE_S)

    def leave(self) -> None:
        """Go away; the broker keeps what comes from now on."""
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        with self._heard:
            self.payloads += message.topic.encode() + message.payload
            self.messages += 1
            self._heard.notify()
