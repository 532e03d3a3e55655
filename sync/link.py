"""The link to the MQTT broker: connect, keep connected, tell what comes.

Both the device and the hub use it. It decides nothing: it reports `LinkUp`, `LinkDown` and `Heard` through `emit`,
from a thread of its own, and sends what it is given. Nothing is ever queued inside paho: with no link, `publish`
answers False and the ledger sends again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from random import Random

    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

AT_MOST_ONCE = 0
AT_LEAST_ONCE = 1
# Half-open connections are the rule on a bus: the broker is asked for a sign of life this often.
_KEEPALIVE_S = 20
_CONNECT_TIMEOUT_S = 5.0
_FIRST_WAIT_S = 0.25


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The broker has accepted us and our subscriptions were asked for."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The broker is out of reach; the link is already looking for it again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A message came; `retained` ones were kept by the broker and may be old."""

    topic: str
    payload: bytes
    retained: bool = False


LinkEvent = LinkUp | LinkDown | Heard


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says in our name when we fall silent (retained)."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """One address of the broker."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the door that "host:port" spells; the configuration's own check has been passed."""
        host, port = text.rsplit(":", 1)
        return cls(host, int(port))


@dataclass(frozen=True, slots=True)
class Subscription:
    """What we listen to, and how surely: answers that are retained and cumulative may be lost, frames may not."""

    topic: str
    qos: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is (doors tried by turns), who we are to it, and what we listen to."""

    doors: tuple[Door, ...]
    client_id: str
    subscriptions: tuple[Subscription, ...]
    reconnect_max_s: float
    will: Will | None = None
    mqtt: Literal["auto", "5", "3.1.1"] = "auto"


class Link:
    """One connection to the broker, opened again with back-off and jitter until closed."""

    def __init__(
        self, address: Address, tls: ssl.SSLContext, emit: Callable[[LinkEvent], None], random: Random
    ) -> None:
        self._address = address
        self._emit = emit
        self._random = random
        self._stop = threading.Event()
        self._was_up = False
        self._ended = threading.Event()
        self._reason = ""
        self._tls = tls
        self._client: Client | None = None
        self._door = 0
        self._version = MQTTProtocolVersion.MQTTv311 if address.mqtt == "3.1.1" else MQTTProtocolVersion.MQTTv5
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin to look for the broker."""
        self._thread.start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send `payload` at QoS 1; return whether it went out (which is no promise that it was stored)."""
        client = self._client
        if client is None or not client.is_connected():
            return False
        sent = client.publish(topic, payload, qos=AT_LEAST_ONCE, retain=retain)
        return sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def renew(self) -> None:
        """Drop the connection and make another, by the next door: this one is open, but nobody answers."""
        self._door += 1
        if self._client is not None:
            self._client.disconnect()

    def close(self) -> None:
        """Say goodbye to the broker, leaving the will as our last word, and end the thread."""
        self._stop.set()
        if self._address.will is not None:
            self.publish(self._address.will.topic, self._address.will.payload, retain=True)
        if self._client is not None:
            self._client.disconnect()
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stop.is_set():
            self._was_up = False
            reason = self._connect_once()
            if self._stop.is_set():
                return
            wait_s = _FIRST_WAIT_S if self._was_up else min(wait_s * 2, self._address.reconnect_max_s)
            self._emit(LinkDown(reason))
            # Jitter: a thousand devices must not come back in step when the broker returns.
            self._stop.wait(wait_s * self._random.uniform(0.5, 1.0))

    def _connect_once(self) -> str:
        """Connect and stay until the connection ends; return why it did."""
        self._ended.clear()
        self._reason = ""
        client = self._client = self._new_client()
        if self._stop.is_set():  # `close` may have come between the last look and the line above
            return ""
        door = self._address.doors[self._door % len(self._address.doors)]
        clean_start = True if self._version == MQTTProtocolVersion.MQTTv5 else MQTT_CLEAN_START_FIRST_ONLY
        try:
            client.connect(door.host, door.port, keepalive=_KEEPALIVE_S, clean_start=clean_start)
        except (OSError, ValueError) as error:
            self._door += 1
            return str(error)
        # paho's own thread, and not `loop_forever` in ours: only then does `publish` from another thread leave the
        # socket to it. Two threads on one TLS connection break it ("bad record mac") under load.
        client.loop_start()
        self._ended.wait()
        client.loop_stop()
        if not self._was_up:
            self._try_otherwise()
        return self._reason

    def _try_otherwise(self) -> None:
        """The broker took the connection but not us: it may be another's turn, or speak another version only."""
        self._door += 1
        if self._address.mqtt == "auto" and self._door % len(self._address.doors) == 0:
            older = self._version == MQTTProtocolVersion.MQTTv5
            self._version = MQTTProtocolVersion.MQTTv311 if older else MQTTProtocolVersion.MQTTv5

    def _new_client(self) -> Client:
        """Return a client for one connection: an old one would send again what it never saw answered."""
        # MQTT 5 for its reason codes; nothing that must be right depends on it.
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.client_id,
            clean_session=True if self._version == MQTTProtocolVersion.MQTTv311 else None,
            protocol=self._version,
            reconnect_on_failure=False,
        )
        client.tls_set_context(self._tls)
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._heard
        if self._address.will:
            client.will_set(self._address.will.topic, self._address.will.payload, qos=AT_LEAST_ONCE, retain=True)
        return client

    def _connected(
        self, client: Client, _data: object, _flags: object, code: ReasonCode, _props: Properties | None
    ) -> None:
        if code.is_failure:
            self._reason = str(code)
            client.disconnect()
            self._ended.set()
            return
        self._was_up = True
        for subscription in self._address.subscriptions:
            client.subscribe(subscription.topic, qos=subscription.qos)
        self._emit(LinkUp())

    def _disconnected(
        self, _client: Client, _data: object, _flags: object, code: ReasonCode, _props: Properties | None
    ) -> None:
        self._reason = self._reason or str(code)  # a refusal says more than the goodbye after it
        self._ended.set()

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._emit(Heard(message.topic, bytes(message.payload), message.retain))
