"""Plays a fleet's morning in one process: `python bench/many_devices.py [--devices 2000] [--records 50]`.

Every device has its own key and certificate, connects over mutual TLS to a real mosquitto, says hello, sends its day
and is done when it holds the hub's signed `stored` for its last row. The hub is `guichet-hub run` on SQLite. Keys and
sealing come before the clock starts; it starts with the first connect.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from crowd.codec import Version
from crowd.device import SimulatedDevice
from crowd.enrolment import enrol
from crowd.premises import Premises, rss_mib
from crowd.sockets import Crowd, Door

_TARGET_S = 60
_DEADLINE_S = 600


def main() -> int:
    """Run the bench; the exit code says whether every device was served."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--records", type=int, default=50)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guichet-") as folder:
        figures = _morning(Path(folder), given.devices, given.records)
    for name, value in figures.items():
        print(f"{name}: {value}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0 if figures["devices served"] == given.devices else 1


def _morning(folder: Path, devices: int, records: int) -> dict[str, object]:
    premises = Premises(folder)
    premises.establish()
    started_s = time.monotonic()
    names = [f"kiosk-{n:05d}" for n in range(devices)]
    enrolled, hub_key = enrol(premises.hub, folder / "devices", names, records)
    prepared_s = time.monotonic() - started_s
    members = [(SimulatedDevice(one.day, hub_key, Version.V5), one.tls) for one in enrolled]
    crowd = Crowd(members, (Door("localhost", premises.port),))
    try:
        broker, hub = premises.start_broker(), premises.start_hub()
        all_stored = crowd.run(_DEADLINE_S)
        figures = _figures(crowd, devices, records)
        figures |= {
            "all stored": all_stored,
            "frames sent, a device": round(sum(device.frames_sent for device, _ in members) / devices, 2),
            "answers refused": sum(len(device.faults) for device, _ in members),
            "hub's rows": premises.rows(),
            "hub RSS (MiB)": round(rss_mib(hub), 1),
            "broker RSS (MiB)": round(rss_mib(broker), 1),
            "prepared in (s)": round(prepared_s, 1),
        }
    finally:
        crowd.close()
        premises.end()
    return figures


def _figures(crowd: Crowd, devices: int, records: int) -> dict[str, object]:
    connected_s, stored_s = crowd.course.connected_s, crowd.course.stored_s
    all_connected_s = max(connected_s, default=0.0)
    all_stored_s = max(stored_s, default=0.0)
    return {
        "devices": devices,
        "records a device": records,
        "devices served": len(stored_s),
        "connections/s": round(len(connected_s) / all_connected_s) if all_connected_s else 0,
        "all connected after (s)": round(all_connected_s, 1),
        "all stored after (s)": round(all_stored_s, 1),
        f"within {_TARGET_S} s": len(stored_s) == devices and all_stored_s <= _TARGET_S,
        "records/s": round(len(stored_s) * records / all_stored_s) if all_stored_s else 0,
        "connections lost": crowd.course.lost_connections,
    }


if __name__ == "__main__":
    sys.exit(main())
