"""The devices of a kiosk, as its configuration names them."""

from __future__ import annotations

from queue import Queue

import pytest
from bare_site import bare_site
from structlog.testing import capture_logs

from config import store
from drivers import report
from drivers.news import Key
from drivers.simulated.keypad import SimulatedKeypad
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.sound import DEVICE, SimulatedSoundCard
from drivers.sound.loudness import STEP_DB
from drivers.sound.player import Player
from drivers.sound.tones import Beep
from kiosk.devices import Devices
from kiosk.journeys import news

READS = news.VoiceChanged(speaks=True)


@pytest.fixture
def config(tmp_path):
    return store.load(bare_site(tmp_path, f'[scanner]\nport = "{tmp_path / "scanner"}"'))


def test_those_that_serve_are_named(config, tmp_path):
    posted = Queue()
    devices = Devices(config, posted.put)
    assert devices.serving == frozenset()
    with SimulatedScanner(tmp_path / "scanner"):
        devices.start()
        try:
            assert posted.get(timeout=10) == news.DeviceChanged("scanner", None)
            assert devices.serving == {"scanner"}
        finally:
            devices.stop()


def test_a_report_that_cannot_be_written_is_logged_once_until_it_can(config, tmp_path):
    devices = Devices(config, lambda _: None)
    with capture_logs() as logs:
        for _ in range(3):
            devices.report()
        assert len(logs) == 1
        (tmp_path / "run").mkdir()
        devices.report()
        (tmp_path / "run" / report.NAME).unlink()
        (tmp_path / "run").rmdir()
        devices.report()
    assert [line["event"] for line in logs] == ["report of the devices cannot be written"] * 2


@pytest.mark.parametrize(("key", "by_db"), [(Key.NEXT, STEP_DB), (Key.PREVIOUS, -STEP_DB)])
def test_a_key_that_is_held_makes_the_sound_louder_or_softer_and_lets_it_be_heard(tmp_path, key, by_db):
    config = store.load(bare_site(tmp_path, f'[keypad]\npath = "{tmp_path / "pad"}"\n[sound]\ndevice = "{DEVICE}"\n'))
    devices = Devices(config, (events := Queue()).put)
    speaker = devices._speaker
    before_db = speaker.volume_db
    with SimulatedSoundCard(tmp_path / "card") as card, SimulatedKeypad(tmp_path / "pad") as pad:
        speaker._player = Player(DEVICE, card.program, card.proc)
        devices.start()
        try:
            both = {events.get(timeout=10), events.get(timeout=10)}
            assert both == {news.DeviceChanged("keypad", None), news.DeviceChanged("speaker", None)}
            pad.press(key)
            assert card.wait_for_sound(0.02)
            assert speaker.volume_db == before_db + by_db
        finally:
            devices.stop()


def test_what_is_read_aloud_is_told_from_its_beginning_to_the_end_of_what_took_its_place(tmp_path):
    devices = Devices(store.load(bare_site(tmp_path, f'[sound]\ndevice = "{DEVICE}"\n')), (events := Queue()).put)
    with SimulatedSoundCard(tmp_path / "card") as card:
        devices._speaker._player = Player(DEVICE, card.program, card.proc)
        devices.start()
        try:
            assert events.get(timeout=10) == news.DeviceChanged("speaker", None)
            devices.say("Je déménage. " * 20, personal=False)
            assert card.wait_for_sound(0.02)
            devices.say("Je pars à la retraite.", personal=False)
            devices.beep(Beep.TOUCHED)
            assert [events.get(timeout=20) for _ in range(3)] == [READS, READS, news.VoiceChanged(speaks=False)]
        finally:
            devices.stop()
        assert [event for event in events.queue if isinstance(event, news.VoiceChanged)] == []
