"""persist-queue with our own batching and compression on top: 100 records a message, zstd, four in flight."""

from __future__ import annotations

from bench.road.device import serve
from bench.road.peers.persist_queue import PersistQueue

if __name__ == "__main__":
    serve(PersistQueue, batch=100, window=4)
