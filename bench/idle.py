"""Says what the sync service costs while nothing happens: `python bench/idle.py [SECONDS]` (60 unless told).

The service is connected to a real mosquitto and a real hub, and no record is queued. Beside it stands a process which
does nothing but wait in `select`. The percentages are of one core: ticks of user and system time (proc(5), stat).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from demo.world import World

_TARGET_PERCENT = 0.5
_BARE = "import select; print('ready', flush=True)\nwhile True: select.select([], [], [], 15)"


def main() -> int:
    """Run the bench; the exit code says whether the target is met."""
    for_s = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory(prefix="guichet-") as folder:
        world = World(Path(folder) / "world", Path(folder) / "no.pack")
        world.make()
        bare = subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE)
        try:
            world.start("broker", "hub", "sync")
            time.sleep(5)  # births and first answers are over
            idle = _percent({name: world.parts[name].pid for name in world.parts} | {"bare select": bare.pid}, for_s)
        finally:
            world.end()
            bare.kill()
            bare.communicate()
    for name, percent in idle.items():
        print(f"{name}: {percent:.2f} % of a core over {for_s:.0f} s")
    print(f"target for sync: under {_TARGET_PERCENT} %")
    return 0 if idle["sync"] < _TARGET_PERCENT else 1


def _percent(pids: dict[str, int], for_s: float) -> dict[str, float]:
    before = {name: _cpu_s(pid) for name, pid in pids.items()}
    time.sleep(for_s)
    return {name: 100 * (_cpu_s(pid) - before[name]) / for_s for name, pid in pids.items()}


def _cpu_s(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
