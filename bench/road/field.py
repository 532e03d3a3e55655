"""The roads that are compared, and what two of them need built first. Adapter."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from bench.road import report
from bench.road.roads import HERE, BridgeRoad, GuichetRoad, MemoryRoad, ProgramRoad, Road, RoadError, python_peer

if TYPE_CHECKING:
    from pathlib import Path

# The whole file is written anew at each save: 10,000 records would take minutes.
_SAVING_MAX_RECORDS = 2_000


def field(build: Path) -> list[Road]:
    """Return every road, slowest to understand last.

    Raises:
        RoadError: a peer cannot be built.
    """
    return [
        ProgramRoad(
            report.BARE,
            "one `INSERT` of the JSON a record, SQLite WAL, `synchronous=FULL`; sends nothing: a baseline",
            python_peer("bare_insert"),
            delivers=False,
        ),
        ProgramRoad(
            report.PERSIST_QUEUE,
            "`SQLiteAckQueue`, a flushed commit a record; paho, one record a message, 100 in flight",
            python_peer("persist_queue"),
        ),
        ProgramRoad(
            report.LITE_QUEUE,
            "no flush a record (`synchronous=NORMAL`): a cut of power loses some; paho as above",
            python_peer("lite_queue"),
        ),
        ProgramRoad(
            report.PAHO_C,
            "Paho C 1.3 of Debian, a file a message, no flush; 100 in flight",
            [str(_paho_c(build))],
        ),
        ProgramRoad(
            report.MQTT_JS,
            "MQTT.js 5 with mqtt-level-store 3, no flush; all in flight at once",
            [*_mqtt_js(build)],
        ),
        BridgeRoad(
            report.BRIDGE,
            "a mosquitto on the device, `persistence true`, saved every 30 min as by default; 100 in flight",
            "autosave_interval 1800",
        ),
        BridgeRoad(
            report.BRIDGE_SAVING,
            "the same, `autosave_on_changes`: the whole queue is written anew at each change",
            "autosave_on_changes true\nautosave_interval 1",
            _SAVING_MAX_RECORDS,
        ),
        MemoryRoad(
            report.PAHO,
            "`publish` while offline, nothing on disk; 100 in flight",
            python_peer("paho_memory"),
        ),
        ProgramRoad(
            report.BATCHED,
            "persist-queue with our batching and compression on top: 100 records a zstd message, 4 in flight",
            python_peer("persist_queue_batched"),
        ),
        GuichetRoad(
            report.UNSEALED,
            "our road, records compressed but not encrypted; all else, TLS and signatures too, as it is",
            "bench.road.peers.unsealed",
            sealed=False,
        ),
        GuichetRoad(report.OURS, "`RecordWriter`, `guichet sync`, mutual TLS, `guichet-hub run`"),
    ]


def _paho_c(build: Path) -> Path:
    program = build / "paho_c"
    source = HERE / "peers/paho_c.c"
    _build(["gcc", "-O2", "-o", str(program), str(source), "-lpaho-mqtt3as", "-lpthread"], build)
    return program


def _mqtt_js(build: Path) -> list[str]:
    folder = build / "mqttjs"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "device.js"):
        shutil.copy(HERE / "peers/mqttjs" / name, folder / name)
    if not (folder / "node_modules/mqtt").exists():
        _build(["npm", "ci", "--no-audit", "--no-fund"], folder)
    return ["node", str(folder / "device.js")]


def _build(argv: list[str], folder: Path) -> None:
    try:
        subprocess.run(argv, check=True, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise RoadError(f"{argv[0]!r} is not installed; `demo/install prove` brings it") from error
    except subprocess.CalledProcessError as error:
        raise RoadError(f"{argv[0]!r} refused: {error.stderr.strip()[-300:]}") from error
