"""The nasty cases by device in docs/devices.md, made from the tests' names; what does not fit says why.

`python tests/drivers/nasty_table.py` writes them anew.
"""

from __future__ import annotations

import ast
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
# Whose a test is: by its folder, by its file, or, of several devices, by the rigs it is parametrized with.
_FOLDERS = {
    "printer": "printer",
    "scanner": "code scanner",
    "reader": "card reader",
    "document": "document scanner",
    "two_d_doc": "2D-Doc",
}
_FILES = {
    "test_keypad_hid": ("keypad", "headphone socket"),
    "test_input_nasty": ("keypad", "headphone socket"),
    "test_gpio_nasty": ("keypad", "lamp", "power"),
    "test_power_nasty": ("power",),
    "test_speaker": ("sound",),
    "test_hotplug": ("plugging",),
}
_RIGS = {
    "HidKeypadRig": ("keypad",),
    "GpioKeypadRig": ("keypad",),
    "GpioLampRig": ("lamp",),
    "IgnitionLineRig": ("power",),
    "PowerSuppliesRig": ("power",),
    "SpeakerRig": ("sound",),
    "HeadphoneSocketRig": ("headphone socket",),
    "GPIO_RIGS": ("keypad", "lamp", "power"),
    "RIGS": ("keypad", "lamp", "power", "sound", "headphone socket"),
}
DEVICES = (*_FOLDERS.values(), "keypad", "lamp", "power", "sound", "headphone socket", "plugging")
_NO_JOB = "it has no jobs"
_NO_CARD = "it takes no cards"
_NO_DAEMON = "no daemon stands between"
_TELLS_ONLY = "it is never asked, so that silence is nothing new"
# Why a case has no test of a device. A case without a test and without a reason fails `test_devices_page.py`.
NOT_FITTING = {
    "printer": {14: _NO_CARD},
    "code scanner": {
        11: _NO_DAEMON,
        12: _NO_JOB,
        13: "what was scanned before it was opened is dropped: case 2",
        14: _NO_CARD,
    },
    "card reader": {
        10: "pcscd shares the reader; one that refuses us: `test_a_pcscd_that_hangs_up_at_once_has_refused_us`",
        12: _NO_JOB,
        13: "a card is spoken to when it is put in, and never later",
        15: "the kernel is behind pcscd: case 11",
    },
    "document scanner": {14: _NO_CARD},
    "2D-Doc": {
        3: "it is a list of certificates: case 1",
        4: "a list says all or nothing: case 10",
        5: "checking is arithmetic",
        11: _NO_DAEMON,
        12: "a code torn off at any byte: case 2",
        13: "nothing is kept",
        14: _NO_CARD,
    },
    "keypad": {
        11: _NO_DAEMON,
        12: _NO_JOB,
        13: "what was pressed before it was opened is dropped: case 2",
        14: _NO_CARD,
    },
    "lamp": {
        6: "it says nothing but the levels of its lines",
        7: "it has no messages",
        11: _NO_DAEMON,
        12: _NO_JOB,
        13: "the last signal is shown, once: case 8",
        14: _NO_CARD,
    },
    "power": {11: _NO_DAEMON, 12: _NO_JOB, 13: "what it lives on is told anew: case 16", 14: _NO_CARD},
    "sound": {
        3: "ALSA finds a card by its name, whatever its number is",
        5: "samples are taken or not: case 4",
        7: "it has no answers",
        9: "ALSA finds a card by its name, whatever its number is",
        12: "a text broken off: case 2",
        14: _NO_CARD,
    },
    "headphone socket": {
        4: _TELLS_ONLY,
        5: _TELLS_ONLY,
        8: "the last state counts; its records are read as the keypad's are",
        11: _NO_DAEMON,
        12: _NO_JOB,
        13: "its state is asked when it is opened",
        14: _NO_CARD,
    },
    "plugging": {
        number: "it tells only that something was plugged in" for number in CASES if number not in {8, 11, 15, 16}
    }
    | {11: "where udev dies, /dev is looked into: `test_where_there_is_no_udev_what_is_plugged_in_is_seen`"},
}
_CASE = re.compile(r"test_nasty_((?:\d\d_)+)")


def tests() -> dict[str, dict[int, list[str]]]:
    """Return the tests' names, without their `test_nasty_`, by device and case."""
    found: dict[str, dict[int, list[str]]] = {device: {} for device in DEVICES}
    for path in sorted(HERE.rglob("test_*.py")):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(each, ast.FunctionDef) or not (numbers := _CASE.match(each.name)):
                continue
            for device in _devices(path, each):
                for number in numbers[1].strip("_").split("_"):
                    found[device].setdefault(int(number), []).append(each.name.removeprefix("test_nasty_"))
    return found


def _devices(path: Path, test: ast.FunctionDef) -> tuple[str, ...]:
    if path.parent.name in _FOLDERS:
        return (_FOLDERS[path.parent.name],)
    for decorator in test.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name("on"), args=rigs):
                names = [node.id for rig in rigs for node in ast.walk(rig) if isinstance(node, ast.Name)]
                return tuple(dict.fromkeys(device for name in names for device in _RIGS[name]))
    return _FILES[path.stem]


def table() -> str:
    """Return a table of all, and one a device with the tests' names."""
    found = tests()
    lines = ["| case | " + " | ".join(DEVICES) + " |", "| --- |" + " :-: |" * len(DEVICES)]
    for number, case in CASES.items():
        marks = ("✓" if number in found[device] else "–" for device in DEVICES)
        lines.append(f"| {number} {case} | {' | '.join(marks)} |")
    for device in DEVICES:
        lines += ["", f"### The cases of the {device}" if device != "2D-Doc" else "### The cases of 2D-Docs", ""]
        lines += ["| case | tests, or why there is none |", "| --- | --- |"]
        for number, case in CASES.items():
            names = " · ".join(f"`{name}`" for name in sorted(found[device].get(number, [])))
            lines.append(f"| {number} {case} | {names or NOT_FITTING[device].get(number, '')} |")
    return "\n".join(lines)


def unexplained() -> list[tuple[str, int]]:
    """Return the devices and cases without a test and without a reason."""
    found = tests()
    return [
        (device, number)
        for device in DEVICES
        for number in CASES
        if number not in found[device] and not NOT_FITTING.get(device, {}).get(number)
    ]


def needless() -> list[tuple[str, int]]:
    """Return the devices and cases with a reason and with a test."""
    found = tests()
    return [(device, number) for device in DEVICES for number in NOT_FITTING.get(device, {}) if number in found[device]]


def filled(page: str) -> str:
    """Return the page with the tables of today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
