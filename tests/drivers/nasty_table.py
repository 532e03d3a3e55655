"""The table of the nasty cases by device, made from the names of the tests."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/devices.md"
BEGIN, END = "<!-- nasty cases: made by tests/drivers/nasty_table.py -->", "<!-- end of the nasty cases -->"
CASES = {
    1: "absent at start, plugged later",
    2: "unplugged in the middle of an exchange",
    3: "plugged back under another path",
    4: "powered but mute",
    5: "answers late",
    6: "answers garbage",
    7: "half a message, then silence",
    8: "a burst of messages",
    9: "two devices swap places",
    10: "permission denied, held by another process",
    11: "the system's daemon dies",
    12: "trouble at every byte of a job",
    13: "back after an hour: no stale burst",
    14: "card torn out at every order",
    15: "the kernel fails for ever",
    16: "plug cycles leave nothing behind",
}
_TEST = re.compile(r"^def (test_nasty_((?:\d\d_)+)\w+)\(", re.MULTILINE)


def table() -> str:
    """Return the cases, each with the devices that are taken through it and the tests' names."""
    found: dict[int, dict[str, list[str]]] = {number: {} for number in CASES}
    for path in sorted(HERE.rglob("test_*.py")):
        for name, numbers in _TEST.findall(path.read_text(encoding="utf-8")):
            for number in numbers.strip("_").split("_"):
                found[int(number)].setdefault(_device(path, name), []).append(name)
    lines = ["| case | device | test |", "| --- | --- | --- |"]
    for number, devices in found.items():
        for device, names in sorted(devices.items()):
            tests = " · ".join(f"`{name.removeprefix('test_nasty_')}`" for name in sorted(names))
            lines.append(f"| {number} {CASES[number]} | {device} | {tests} |")
    return "\n".join(lines)


def _device(path: Path, name: str) -> str:
    folder = path.parent.name
    if folder != "around":
        return {"reader": "card reader", "document": "document scanner", "scanner": "code scanner"}.get(folder, folder)
    return next((each for each in ("keypad", "lamp", "power", "sound", "hotplug") if each in path.name), name)


def filled(page: str) -> str:
    """Return the page with the table of today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
