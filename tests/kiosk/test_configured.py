"""From a configuration to drivers: each setting reaches its device."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from config.around import KeypadSettings, LampSettings, PowerSettings, SoundSettings
from drivers.interface import DeviceUp
from drivers.lamp.pattern import Signal
from drivers.news import Key, KeyPressed, PowerChanged, PowerSource
from drivers.simulated import gpio_kernel
from drivers.simulated.gpio import SimulatedChip
from kiosk import configured

LINES = ("GPIO5", "GPIO6", "GPIO13", "GPIO19", "GPIO22", "GPIO4")


@pytest.fixture
def chip(tmp_path):
    """Return a board with keys that are up: pulled high."""
    gpio_kernel.install()
    with SimulatedChip(tmp_path / "chip", LINES) as chip:
        for line in LINES[:4]:
            chip.set(line, high=True)
        yield chip


@pytest.fixture
def told():
    """Run a driver; return a queue of its news."""
    stop, threads = threading.Event(), []

    def start(driver):
        news = SimpleQueue()
        threads.append(threading.Thread(target=driver.run, args=(news.put, stop)))
        threads[-1].start()
        assert news.get(timeout=10) == DeviceUp(driver.name)
        return news

    yield start
    stop.set()
    for thread in threads:
        thread.join(5)


def test_a_keypad_on_lines_has_its_keys_where_they_are_said_to_be(chip, told, tmp_path):
    settings = KeypadSettings(
        chip=str(tmp_path / "chip"), previous="GPIO5", next="GPIO6", choose="GPIO13", back="GPIO19"
    )
    news = told(configured.keypad(settings))
    for line, key in zip(LINES[:4], Key, strict=True):
        chip.set(line, high=False)
        assert news.get(timeout=10) == KeyPressed(configured.KEYPAD, key)
        chip.set(line, high=True)
        news.get(timeout=10)


def test_a_lamp_that_is_lit_by_a_low_line_is(chip, told, tmp_path):
    lamp = configured.lamp(LampSettings(chip=str(tmp_path / "chip"), green="GPIO22", active="low"))
    told(lamp)
    lamp.show(Signal.READY)
    assert chip.wait_for("GPIO22", high=False)


@pytest.mark.usefixtures("chip")
def test_a_bus_tells_of_its_ignition_and_its_battery(told, tmp_path):
    (tmp_path / "supplies/bat").mkdir(parents=True)
    for name, text in {"type": "Battery", "status": "Discharging", "capacity": "30"}.items():
        (tmp_path / "supplies/bat" / name).write_text(text)
    settings = PowerSettings(
        supplies=tmp_path / "supplies", low_percent=30, ignition_chip=str(tmp_path / "chip"), ignition="GPIO4"
    )
    battery, ignition = configured.power(settings)
    assert told(battery).get(timeout=10) == PowerChanged(configured.POWER, PowerSource.BATTERY_LOW)
    assert told(ignition).get(timeout=10) == PowerChanged(configured.IGNITION, PowerSource.BATTERY)


def test_a_sound_card_without_a_socket_has_none_and_its_loudness_is_as_said():
    speaker, socket = configured.sound(SoundSettings(full_scale_db=90.0, usual_db=75.0))
    assert (speaker.volume_db, socket) == (75.0, None)
    assert speaker.louder() == pytest.approx(78.0)
