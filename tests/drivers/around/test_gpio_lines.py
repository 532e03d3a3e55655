"""Lines of a GPIO chip: the real libgpiod and its structures on a simulated chip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gpiod
import pytest
from gpio_rig import COLOURS, KEYS, LINES, GpioRig

from drivers.gpio import lines
from drivers.gpio.pin import Active, Pin
from drivers.interface import DeviceError, DeviceName, Fault
from drivers.lamp.pattern import Colour
from drivers.news import Key
from drivers.simulated.gpio import SimulatedChip
from drivers.simulated.gpio_uapi import Flag


@pytest.fixture
def rig(tmp_path):
    return GpioRig(DeviceName("board"), tmp_path)


@pytest.fixture
def chip(rig):
    with rig.device() as chip:
        yield chip


@pytest.mark.usefixtures("chip")
def test_libgpiod_reads_the_simulated_chip_as_the_kernel_describes_one(rig):
    with gpiod.Chip(str(rig.path)) as opened:
        assert (opened.get_info().label, opened.get_info().num_lines) == ("board", len(LINES))
        assert opened.get_line_info("NEXT").offset == LINES.index("NEXT")
        assert not opened.get_line_info("NEXT").used


def test_a_held_line_is_used_as_it_was_asked_for(rig, chip):
    pulled_up = 1 << 8  # GPIO_V2_LINE_FLAG_BIAS_PULL_UP
    used = Flag.USED | Flag.INPUT | Flag.ACTIVE_LOW | Flag.EDGE_RISING | Flag.EDGE_FALLING
    with lines.inputs("board", KEYS, rig.folder):
        assert int(chip.flags("NEXT")) == used | pulled_up
    assert chip.wait_until_free("NEXT")


def test_outputs_are_inactive_at_first_and_follow(rig, chip):
    pins = {Colour.RED: Pin("RED", Active.LOW), Colour.GREEN: Pin("GREEN")}
    with lines.outputs("board", pins, rig.folder) as held:
        assert (chip.level("RED"), chip.level("GREEN")) == (True, False)
        held.set({Colour.RED: True, Colour.GREEN: True})
        assert (chip.level("RED"), chip.level("GREEN")) == (False, True)
        assert held.levels() == {Colour.RED: True, Colour.GREEN: True}


def test_edges_come_in_order_as_their_user_sees_them(rig, chip):
    with lines.inputs("board", KEYS, rig.folder) as held:
        assert held.edges(0.01) == []
        for high in (False, True):
            chip.set("NEXT", high=high)
        (press,), (release,) = held.edges(5), held.edges(5)
    assert (press[:2], release[:2]) == ((Key.NEXT, True), (Key.NEXT, False))
    assert press[2] <= release[2]


def test_where_edges_were_lost_every_line_is_told_as_it_is(rig, chip):
    with lines.inputs("board", KEYS, rig.folder) as held:
        for number in range(5001):
            chip.set("NEXT", high=number % 2 == 1)
        while held.edges(0.05):
            pass
        chip.set("BACK", high=False)
        told = [edge[:2] for edge in held.edges(5)]
    assert told == [(Key.BACK, True), *((key, key in {Key.NEXT, Key.BACK}) for key in Key)]


@pytest.mark.usefixtures("chip")
def test_a_line_another_program_holds_is_busy(rig):
    with lines.inputs("board", KEYS, rig.folder), pytest.raises(DeviceError) as refused:
        lines.inputs("board", KEYS, rig.folder)
    assert refused.value.fault is Fault.BUSY


@pytest.mark.usefixtures("chip")
@pytest.mark.parametrize("line", ["NOWHERE", "99"])
def test_a_line_the_chip_has_not_is_told(rig, line):
    with pytest.raises(DeviceError, match="gpio chip 'board'"):
        lines.outputs("board", {Colour.RED: Pin(line)}, rig.folder)


@pytest.mark.usefixtures("chip")
def test_a_line_that_is_named_twice_is_told(rig):
    """By its name and by its number: one of the two keys would never say anything."""
    twice = {"next": Pin("NEXT"), "back": Pin(str(LINES.index("NEXT")))}
    with pytest.raises(DeviceError, match="named twice"):
        lines.inputs("board", twice, rig.folder)


def test_a_line_may_be_named_by_its_number(rig, chip):
    number = str(LINES.index("RED"))
    with lines.outputs(str(rig.path), {Colour.RED: Pin(number)}) as held:
        held.set({Colour.RED: True})
        assert chip.level("RED")


def test_a_file_that_is_no_chip_is_told(tmp_path):
    (tmp_path / "gpiochip0").write_bytes(b"")
    with pytest.raises(DeviceError) as refused:
        lines.outputs(str(tmp_path / "gpiochip0"), COLOURS)
    assert refused.value.fault is Fault.NOT_ANSWERING


def test_the_simulated_chip_obeys_commands_as_a_program(tmp_path):
    command = [sys.executable, "-m", "drivers.simulated.gpio", "--path", str(tmp_path / "chip"), "--lines", "key,lamp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline() == f"ready {tmp_path / 'chip'}\n"
        pins = {"key": Pin("key"), "lamp": Pin("lamp")}
        with lines.inputs(str(tmp_path / "chip"), {"key": pins["key"]}) as keys:
            program.stdin.write("high key\n")
            program.stdin.flush()
            assert [edge[:2] for edge in keys.edges(5)] == [("key", True)]
        with lines.outputs(str(tmp_path / "chip"), {"lamp": pins["lamp"]}) as lamps:
            lamps.set({"lamp": True})
            assert program.stdout.readline() == "lamp 1\n"
        program.stdin.close()
        assert program.wait(5) == 0


def test_a_program_is_run_with_simulated_chips(tmp_path):
    with SimulatedChip(tmp_path / "chip", ["lamp"]):
        reads = f"import gpiod; print(gpiod.Chip({str(tmp_path / 'chip')!r}).get_info().num_lines)"
        (tmp_path / "reader.py").write_text(reads, encoding="utf-8")
        command = [sys.executable, "-m", "drivers.simulated.gpio_kernel", "reader"]
        env = {**os.environ, "PYTHONPATH": f"{Path(__file__).parents[3]}:{tmp_path}"}
        said = subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout
    assert said == "1\n"
