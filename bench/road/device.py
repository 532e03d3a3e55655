"""A Python peer's own process: a queue, and paho which brings what it holds to the broker.

    python -m bench.road.peers.PEER enqueue PLACE RECORDS COUNT PRODUCERS …
    python -m bench.road.peers.PEER drain PLACE HOST PORT

`enqueue` prints its figures as JSON. `drain` keeps a window of our own (paho's is ignored on reconnect) and takes a
record off the queue when its PUBACK has come, as every user of such a queue does.
"""

from __future__ import annotations

import itertools
import os
import queue
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
import zstandard
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.road.load import DEVICE, TOPIC
from bench.road.producers import time_producers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Key = TypeVar("_Key")
WINDOW = 100


class Queue(Protocol[_Key]):
    """What the peers' queues have in common."""

    def put(self, payload: bytes) -> object:
        """Accept a record; on return it is as safe as this queue makes it."""
        ...

    def take(self) -> tuple[_Key, bytes] | None:
        """Return the next record to send, which stays in the queue until `done`; None when all are out."""
        ...

    def done(self, keys: list[_Key]) -> None:
        """Forget records which were acknowledged."""
        ...


def serve(open_queue: Callable[[Path], Queue[_Key]], batch: int = 1, window: int = WINDOW) -> None:
    """Do what the command line says, with the queue in PLACE."""
    order, place = sys.argv[1], Path(sys.argv[2])
    box = open_queue(place)
    if order == "enqueue":
        lines = read_lines(Path(sys.argv[3]), int(sys.argv[4]))
        figures = time_producers(box.put, lines, int(sys.argv[5]))
        print(msgspec.json.encode(figures).decode(), flush=True)
        os._exit(0)  # no clean-up after the last record: what is promised by now must be kept by now
    drain(box, sys.argv[3], int(sys.argv[4]), batch, window)


def read_lines(records: Path, count: int) -> list[bytes]:
    """Return the first `count` lines."""
    with records.open("rb") as lines:
        return [line.rstrip(b"\n") for line in itertools.islice(lines, count)]


def drain(box: Queue[_Key], host: str, port: int, batch: int, window: int) -> None:
    """Send what `box` holds, `batch` records a message, until killed."""
    acknowledged: queue.SimpleQueue[int] = queue.SimpleQueue()
    client = new_client()
    client.on_publish = lambda _client, _data, message_id, _code, _properties: acknowledged.put(message_id)
    client.connect(host, port)
    client.loop_start()
    in_flight: dict[int, list[_Key]] = {}
    batches = _batches(box, batch)
    while True:
        for keys, payload in itertools.islice(batches, window - len(in_flight)):
            in_flight[client.publish(TOPIC, payload, qos=1).mid] = keys
        box.done(in_flight.pop(acknowledged.get()))


def new_client() -> Client:
    """Return paho as its users set it up for a queue."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=DEVICE, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(WINDOW)
    client.max_queued_messages_set(0)
    client.reconnect_delay_set(1, 1)
    return client


def _batches(box: Queue[_Key], batch: int) -> Iterator[tuple[list[_Key], bytes]]:
    compressor = zstandard.ZstdCompressor(level=3)
    taken = iter(box.take, None)
    while group := list(itertools.islice(taken, batch)):
        payloads = [payload for _, payload in group]
        yield [key for key, _ in group], payloads[0] if batch == 1 else compressor.compress(b"\n".join(payloads))
