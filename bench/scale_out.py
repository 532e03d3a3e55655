"""Runs the hub on PostgreSQL with four ingest processes, then behind three NATS servers, and kills parts on the way.

    python bench/scale_out.py [--devices 400] [--records 500] [--only NAME]

Each trial has its own folder, keys, database and simulated devices. `lost` and `doubled` compare the opened records
with those sent, by each record's own time; `silence` is the longest time in which no device heard of progress.
docs/scale-out.md says how an operator sets the same up.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from crowd import postgres, trial
from crowd.cluster import NAME, Cluster
from crowd.codec import Version
from crowd.enrolment import enrol
from crowd.premises import Premises, rss_mib
from crowd.sockets import Door

if TYPE_CHECKING:
    from crowd.enrolment import Enrolled
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_INGESTS = 4


def main() -> int:
    """Run the trials; the exit code says whether nothing was lost and nothing doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=400)
    parser.add_argument("--records", type=int, default=500)
    parser.add_argument("--only", choices=_TRIALS)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args()
    found = {}
    for name in [given.only] if given.only else _TRIALS:
        with tempfile.TemporaryDirectory(prefix="guichet-") as folder:
            found[name] = _TRIALS[name](Path(folder), given.devices, given.records)
        print(f"{name}:")
        for figure, value in found[name].items():
            print(f"    {figure}: {value}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    whole = all(one["lost"] == one["doubled"] == 0 and one["served"] == one["devices"] for one in found.values())
    return 0 if whole else 1


def _one_ingest(folder: Path, devices: int, records: int) -> dict[str, object]:
    return _behind_mosquitto(folder, devices, records, ingests=1, killed=False)


def _four_ingests(folder: Path, devices: int, records: int) -> dict[str, object]:
    return _behind_mosquitto(folder, devices, records, ingests=_INGESTS, killed=False)


def _four_ingests_one_killed(folder: Path, devices: int, records: int) -> dict[str, object]:
    return _behind_mosquitto(folder, devices, records, ingests=_INGESTS, killed=True)


def _behind_mosquitto(folder: Path, devices: int, records: int, *, ingests: int, killed: bool) -> dict[str, object]:
    premises = Premises(folder)
    premises.establish("--ingests", str(ingests))
    try:
        enrolled, hub_key = _prepare(premises, devices, records)
        premises.start_broker()
        for number in range(1, ingests + 1):
            premises.start_hub("--ingest", str(number), name=f"ingest-{number}")
        fault = None
        if killed:
            fault = trial.Fault(
                "one of four ingests killed, and started again after 5 s",
                premises.parts["ingest-2"].kill,
                lambda: premises.begin_hub("--ingest", "2", name="ingest-2"),
            )
        client = trial.Client(Version.V5, (Door(premises.host, premises.port),))
        figures = trial.deliver(enrolled, hub_key, client, fault)
        memory = {"broker's memory (MiB)": round(rss_mib(premises.parts["broker"]))}
        return {"ingests": ingests, **figures, **memory, **trial.count(premises, enrolled)}
    finally:
        premises.end()


def _two_brokers_one_killed(folder: Path, devices: int, records: int) -> dict[str, object]:
    """Two brokers which know nothing of each other, two ingests of the same names behind each, one database."""
    premises = Premises(folder)
    premises.establish("--ingests", str(_INGESTS // 2))
    try:
        enrolled, hub_key = _prepare(premises, devices, records)
        second = premises.copy_for_second_broker()
        premises.start_broker()
        premises.start_broker(second, "broker-2")
        for number in range(1, _INGESTS // 2 + 1):
            premises.start_hub("--ingest", str(number), name=f"ingest-{number}")
            premises.start_hub("--ingest", str(number), name=f"second-{number}", hub=second)
        fault = trial.Fault("one of two brokers killed, and not started again", premises.parts["broker-2"].kill)
        doors = (Door(premises.host, premises.port), Door(premises.host, premises.second_port))
        figures = trial.deliver(enrolled, hub_key, trial.Client(Version.V5, doors), fault)
        return {"ingests": _INGESTS, **figures, **trial.count(premises, enrolled)}
    finally:
        premises.end()


def _three_servers(folder: Path, devices: int, records: int) -> dict[str, object]:
    return _behind_nats(folder, devices, records, killed=False)


def _three_servers_one_killed(folder: Path, devices: int, records: int) -> dict[str, object]:
    return _behind_nats(folder, devices, records, killed=True)


def _behind_nats(folder: Path, devices: int, records: int, *, killed: bool) -> dict[str, object]:
    premises = Premises(folder, NAME)
    premises.establish("--ingests", str(_INGESTS))
    try:
        enrolled, hub_key = _prepare(premises, devices, records)
        cluster = Cluster(premises, [one.day.device for one in enrolled], premises.ingest_names())
        cluster.start()
        for number in range(1, _INGESTS + 1):
            split = ("--split", f"{number}/{_INGESTS}")
            premises.start_hub(*split, name=f"ingest-{number}", before=cluster.knowing_the_name())
        fault = None
        if killed:
            # The first address is the one which every ingest has taken.
            first = cluster.nodes[0]
            fault = trial.Fault(
                "one of three servers killed, with all four ingests on it; started again after 5 s",
                lambda: cluster.kill_node(first),
                lambda: cluster.begin_node(first),
            )
        client = trial.Client(Version.V311, cluster.doors)
        figures = trial.deliver(enrolled, hub_key, client, fault)
        running = [premises.parts[node.name] for node in cluster.nodes if premises.parts[node.name].running]
        memory = {"servers' memory (MiB)": [round(rss_mib(part)) for part in running]}
        return {"ingests": _INGESTS, **figures, **memory, **trial.count(premises, enrolled)}
    finally:
        premises.end()


def _prepare(premises: Premises, devices: int, records: int) -> tuple[list[Enrolled], Ed25519PublicKey]:
    premises.use_database(postgres.start(premises))
    names = [f"kiosk-{n:05d}" for n in range(devices)]
    return enrol(premises.hub, premises.folder / "devices", names, records)


_TRIALS = {
    "PostgreSQL, mosquitto, one ingest": _one_ingest,
    "PostgreSQL, mosquitto, four ingests": _four_ingests,
    "PostgreSQL, mosquitto, four ingests, one killed": _four_ingests_one_killed,
    "PostgreSQL, two mosquittos, two ingests behind each, one mosquitto killed": _two_brokers_one_killed,
    "PostgreSQL, three NATS servers, four ingests": _three_servers,
    "PostgreSQL, three NATS servers, four ingests, one server killed": _three_servers_one_killed,
}

if __name__ == "__main__":
    sys.exit(main())
