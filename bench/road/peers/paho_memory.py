"""paho-mqtt alone: `publish` while offline, kept in memory and sent on connect.

Accepting and sending happen in one process, for memory is all there is: it prints its figures once all is accepted,
and goes on until killed. Started again (`drain`), it has nothing.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import msgspec

from bench.road.device import new_client, read_lines
from bench.road.load import TOPIC
from bench.road.producers import time_producers


def main() -> None:
    """Accept if told to, then send."""
    client = new_client()
    if sys.argv[1] == "enqueue":
        lines = read_lines(Path(sys.argv[3]), int(sys.argv[4]))
        figures = time_producers(lambda line: client.publish(TOPIC, line, qos=1), lines, int(sys.argv[5]))
        print(msgspec.json.encode(figures).decode(), flush=True)
    client.connect_async(sys.argv[-2], int(sys.argv[-1]))
    client.loop_start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
