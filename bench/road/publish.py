"""Writes a bench's figures into the documentation: `docs/benchmarks.json`, and its section of `docs/benchmarks.md`."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"


def machine(folder: Path) -> dict[str, object]:
    """Return what the figures were measured on; `folder` is where the files lay."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "cpu": cpu[1] if cpu else platform.machine(),
        "memory_gb": round(int(memory[1]) / 1e6) if memory else None,
        "disk": _disk(folder),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_1_min": round(os.getloadavg()[0], 1),
    }


def publish(section: str, figures: object, markdown: str) -> None:
    """Replace `section` in both files: the JSON's key, and what stands between the two comments that name it."""
    path = _DOCS / "benchmarks.json"
    everything = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    everything[section] = figures
    path.write_text(json.dumps(everything, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    page = _DOCS / "benchmarks.md"
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    text = page.read_text(encoding="utf-8") if page.exists() else "# Figures\n"
    if begin not in text:
        text += f"\n{begin}\n{end}\n"
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    page.write_text(f"{head}{begin}\n{markdown.strip()}\n{end}{tail}", encoding="utf-8")


def _disk(folder: Path) -> str:
    device = folder.stat().st_dev
    found = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    rotational = found / "queue/rotational"
    kind = {"0": "solid state or virtual", "1": "rotating"}.get(
        rotational.read_text(encoding="ascii").strip() if rotational.exists() else "", "unknown kind"
    )
    return f"{found.name} ({kind})"
