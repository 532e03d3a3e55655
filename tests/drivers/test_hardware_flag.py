"""The promises are kept on what the command line names: here simulators as programs, as foreign as a real device."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.simulated.pcscd import Pcscd
from drivers.simulated.usb_readers import UsbReaders

ROOT = Path(__file__).parents[2]
# A hub with switched sockets, in twenty lines: its device is a program, which lives while it is plugged in.
HUB = """
import os, signal, subprocess, sys
what, folder, *program = sys.argv[1:]
note, said, silent = (os.path.join(folder, name) for name in ("pid", "said", "silent"))
if what == "unplug":
    with open(note) as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGINT)
    while os.path.exists(f"/proc/{pid}"):
        pass
else:
    if not os.path.exists(silent):
        os.mkfifo(silent)
    with open(said, "w") as out:
        child = subprocess.Popen(program, stdin=os.open(silent, os.O_RDWR), stdout=out, start_new_session=True)
    with open(note, "w") as file:
        file.write(str(child.pid))
    while not os.path.getsize(said):
        pass
    os._exit(0)
"""


PROGRAMS = {
    "scanner": ("{folder}/ttyACM0", "scanner --link {folder}/ttyACM0"),
    "keypad": ("{folder}/event0", "keypad --path {folder}/event0"),
    "printer": ("{folder}/site.toml", "printer --link {folder}/lp0 --save {folder}/paper"),
}


def behind_a_hub(folder, kind, *chosen):
    """Return the last line of the promises, kept on one device behind a hub."""
    where, program = (text.format(folder=folder) for text in PROGRAMS[kind])
    (folder / "hub.py").write_text(HUB)
    (folder / "site.toml").write_text(SITE.format(folder=folder))
    hub = [sys.executable, str(folder / "hub.py")]
    plug = shlex.join([*hub, "plug", str(folder), sys.executable, "-m", *f"drivers.simulated.{program}".split()])
    return outcome(f"{kind}={where}", plug, shlex.join([*hub, "unplug", str(folder)]), *chosen)


def outcome(hardware, plug, unplug, *chosen):
    """Return the last line of the promises, kept on one device."""
    promises = [sys.executable, *["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/drivers/test_contract.py"]]
    done = subprocess.run(
        [*promises, *chosen, "--hardware", hardware, "--plug", plug, "--unplug", unplug],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1].partition(" in ")[0]


def test_a_device_that_the_command_line_names_is_plugged_by_commands(tmp_path):
    assert behind_a_hub(tmp_path, "scanner", "-k", "told_as") == "3 passed, 5 deselected"


@pytest.mark.prove
@pytest.mark.parametrize("kind", PROGRAMS)
def test_every_promise_is_kept_by_a_device_that_the_command_line_names(tmp_path, kind):
    assert behind_a_hub(tmp_path, kind) == "8 passed"


@pytest.mark.prove
def test_every_promise_is_kept_by_a_card_reader_of_another_process(tmp_path):
    """There pcscd lives on, as it does on a kiosk, whatever is plugged in and out."""
    readers = [sys.executable, "-m", "drivers.simulated.usb_readers"]
    with Pcscd(usb=UsbReaders(tmp_path)):
        plug, unplug = (shlex.join([*readers, action, str(tmp_path)]) for action in ("plug", "unplug"))
        assert outcome("reader=Virtual PCD", plug, unplug) == "8 passed"


SITE = """
[device]
name = "kiosk-1"
state_dir = "{folder}"
run_dir = "{folder}"
[content]
pack = "{folder}/pack"
[broker]
host = "localhost"
ca_file = "x"
certificate_file = "x"
key_file = "x"
[hub]
opening_key_file = "x"
signing_key_file = "x"
[printer]
device = "{folder}/lp0"
profile = "epson-tm-t88"
paper_mm = 58
"""
