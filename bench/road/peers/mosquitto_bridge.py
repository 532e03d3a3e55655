"""A producer beside a mosquitto bridge: one PUBACK of the local broker a record.

`python -m bench.road.peers.mosquitto_bridge enqueue PLACE RECORDS COUNT PRODUCERS LOCAL_PORT`
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.road.device import read_lines
from bench.road.load import TOPIC
from bench.road.producers import time_producers


class Producer:
    """An application which waits for the PUBACK of each record."""

    def __init__(self, port: int) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="app", protocol=MQTTProtocolVersion.MQTTv311)
        connected = threading.Event()
        self._client.on_connect = lambda *_: connected.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        connected.wait()

    def put(self, line: bytes) -> None:
        """Publish, and wait for the broker's PUBACK."""
        self._client.publish(TOPIC, line, qos=1).wait_for_publish()


if __name__ == "__main__":
    producer = Producer(int(sys.argv[6]))
    figures = time_producers(producer.put, read_lines(Path(sys.argv[3]), int(sys.argv[4])), int(sys.argv[5]))
    print(msgspec.json.encode(figures).decode(), flush=True)
