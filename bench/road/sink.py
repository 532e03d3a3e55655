"""The hub of the peers: commits each record that comes, durably, in SQLite: `python -m bench.road.sink PORT DATABASE`.

Commits are grouped as messages arrive, with the flush that ours has (WAL, `synchronous=FULL`). A record is known by
the number in its JSON; nothing is refused, so that doubles can be counted.
"""

from __future__ import annotations

import queue
import sqlite3
import sys

import msgspec
import zstandard
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_GROUP = 1_000
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class _Numbered(msgspec.Struct):
    seq: int


def main() -> None:
    """Take in what comes until killed."""
    arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    database = sqlite3.connect(sys.argv[2], isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
        database.execute(statement)
    database.execute("CREATE TABLE received (arrival INTEGER PRIMARY KEY, seq INTEGER NOT NULL, record BLOB NOT NULL)")
    client = Client(CallbackAPIVersion.VERSION2, client_id="sink", protocol=MQTTProtocolVersion.MQTTv5)
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 3600
    client.on_connect = lambda broker, _data, _flags, _code, _properties: _subscribe(broker)
    client.on_subscribe = lambda _broker, _data, _id, _codes, _properties: print("ready", flush=True)
    client.on_message = lambda _broker, _data, message: arrived.put(bytes(message.payload))
    client.connect("127.0.0.1", int(sys.argv[1]), clean_start=MQTT_CLEAN_START_FIRST_ONLY, properties=properties)
    client.loop_start()
    decoder = msgspec.json.Decoder(_Numbered)
    while True:
        rows = [(decoder.decode(record).seq, record) for record in _gathered(arrived)]
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO received (seq, record) VALUES (?, ?)", rows)
        database.execute("COMMIT")


def _subscribe(broker: Client) -> None:
    broker.subscribe("bench/#", qos=1)


def _gathered(arrived: queue.SimpleQueue[bytes]) -> list[bytes]:
    """Wait for one message, then take what else is there."""
    records = _records(arrived.get())
    try:
        while len(records) < _GROUP:
            records += _records(arrived.get_nowait())
    except queue.Empty:
        pass
    return records


def _records(payload: bytes) -> list[bytes]:
    if payload.startswith(_ZSTD_MAGIC):
        return zstandard.ZstdDecompressor().decompress(payload).split(b"\n")
    return [payload]


if __name__ == "__main__":
    main()
