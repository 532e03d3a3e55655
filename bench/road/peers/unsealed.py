"""Our own road without its seal: rows hold the compressed record as it is. Only the bench has such a writer."""

from __future__ import annotations

from bench.road.peers.ours import main
from sync.chain import Row
from sync.seal import StreamSeal
from sync.writer import RecordWriter
