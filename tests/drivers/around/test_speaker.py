"""The one output: real aplay, real espeak-ng, ALSA's own library, and a pipe for a loudspeaker."""

from __future__ import annotations

import array
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from sound_rig import HeadphoneSocketRig, SpeakerRig
from structlog.testing import capture_logs

from drivers.interface import Caution, DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import Jack, JackChanged, NotSaid, Said, Unsaid
from drivers.simulated.sound import DEVICE, SimulatedSoundCard
from drivers.sound.loudness import Loudness, scaled
from drivers.sound.player import Player, card_of, fault_of
from drivers.sound.programme import Kind, Utterance
from drivers.sound.speaker import Settings, Speaker
from drivers.sound.speech import SpeechError, Synthesiser
from drivers.sound.tones import TONES, Beep, samples
from drivers.supervisor import Supervisor

SOUND = DeviceName("sound")
HELLO = Utterance(1, Kind.READING, "Bonjour. Choisissez une démarche.")
LONG = Utterance(2, Kind.READING, "Vous pouvez demander une carte nationale d’identité. " * 40)
NEVER = threading.Event()


@pytest.fixture
def rig(tmp_path):
    return SpeakerRig(SOUND, tmp_path)


def test_a_beep_is_heard_as_it_was_made(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(Utterance(1, Kind.BEEP, beep=Beep.DONE))
        news.wait_for(Said(SOUND, 1))
        usual = Loudness()
        made = scaled(samples(TONES[Beep.DONE]), usual.gain(usual.usual_db))
        assert card.wait_for_sound(0.25)
        assert made.strip(b"\0") in card.heard


def test_a_text_is_spoken(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(HELLO)
        news.wait_for(Said(SOUND, 1))
        assert card.wait_for_sound(1.5)
        assert max(array.array("h", card.heard[: len(card.heard) & ~1])) > 500


def test_a_newer_reading_is_heard_at_once(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(LONG)
        assert card.wait_for_sound(0.5)
        card.stall()  # a real card would take minutes for the rest
        speaker.say(HELLO)
        news.wait_for(NotSaid(SOUND, 2, Unsaid.REPLACED), patience_s=1)
        card.go_on()
        news.wait_for(Said(SOUND, 1))


def test_a_call_cuts_a_reading_short(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(LONG)
        assert card.wait_for_sound(0.5)
        card.stall()
        speaker.say(Utterance(3, Kind.CALL, "Ticket douze, guichet trois", Beep.ATTENTION))
        news.wait_for(NotSaid(SOUND, 2, Unsaid.INTERRUPTED), patience_s=1)
        card.go_on()
        news.wait_for(Said(SOUND, 3))


def test_the_end_of_a_session_ends_its_reading_and_its_volume(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        assert speaker.louder() == Loudness().usual_db + 3
        speaker.say(LONG)
        assert card.wait_for_sound(0.5)
        card.stall()
        speaker.end_session()
        news.wait_for(NotSaid(SOUND, 2, Unsaid.ENDED), patience_s=1)
        assert speaker.volume_db == Loudness().usual_db
        card.go_on()


def test_volume_stops_at_its_ends(rig):
    speaker = rig.driver()
    assert max(speaker.louder() for _ in range(20)) == Loudness().full_scale_db
    assert min(speaker.softer() for _ in range(20)) == 65


def test_personal_text_is_heard_only_in_headphones(rig, run, news):
    jack = [Jack.EMPTY]
    with rig.device() as card:
        speaker = rig.driver(lambda: jack[0])
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(Utterance(1, Kind.READING, "Votre dossier", personal=True))
        news.wait_for(NotSaid(SOUND, 1, Unsaid.NO_HEADPHONES))
        assert card.heard == b""
        jack[0] = Jack.HEADPHONES
        speaker.say(Utterance(2, Kind.READING, "Votre dossier " * 200, personal=True))
        assert card.wait_for_sound(0.5)
        card.stall()
        jack[0] = Jack.EMPTY
        news.wait_for(NotSaid(SOUND, 2, Unsaid.NO_HEADPHONES), patience_s=1)
        card.go_on()


def test_an_output_without_speech_beeps_and_says_so(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver(lambda: Jack.UNKNOWN, Settings(synthesiser=Synthesiser("no-such-program")))
        run(speaker)
        news.wait_for(DeviceUp(SOUND, Caution.CANNOT_SPEAK))
        speaker.say(HELLO)
        news.wait_for(NotSaid(SOUND, 1, Unsaid.NO_SPEECH))
        rig.use(speaker, card, news)


def test_an_output_without_speech_fills_no_log(rig, run, news):
    with rig.device(), capture_logs() as logs:
        speaker = rig.driver(lambda: Jack.UNKNOWN, Settings(synthesiser=Synthesiser("no-such-program")))
        run(speaker)
        news.wait_for(DeviceUp(SOUND, Caution.CANNOT_SPEAK))
        for number in range(1, 4):
            speaker.say(Utterance(number, Kind.READING, "Bonjour"))
            news.wait_for(NotSaid(SOUND, number, Unsaid.NO_SPEECH))
    assert [line["event"] for line in logs] == ["text not spoken"]


@pytest.mark.parametrize("program", ["false", "cat", "no-such-program"])
def test_a_synthesiser_that_fails_is_told_without_the_text(program):
    with pytest.raises(SpeechError) as failed:
        Synthesiser(program).speak("Votre numéro fiscal")
    assert "fiscal" not in str(failed.value)


@contextmanager
def speaking_by(folder, script):
    """Have a synthesiser which does what `script` says."""
    program = folder / "synthesiser"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    yield Settings(synthesiser=Synthesiser(str(program))), program


@pytest.mark.parametrize("script", ["exec sleep 60", "exit 1", "echo noise", "exec cat /dev/zero"])
def test_nasty_11_speech_that_fails_is_shown_and_spoken_of_again_when_it_is_mended(rig, news, tmp_path, script):
    with speaking_by(tmp_path, script) as (settings, program), rig.device() as card:
        speaker = rig.driver(lambda: Jack.UNKNOWN, settings)
        supervisor = Supervisor([speaker], news)
        supervisor.start()
        news.wait_for(DeviceUp(SOUND))
        speaker.say(HELLO)
        news.wait_for(DeviceUp(SOUND, Caution.CANNOT_SPEAK), NotSaid(SOUND, 1, Unsaid.NO_SPEECH), patience_s=2)
        rig.use(speaker, card, news)
        program.unlink()
        program.symlink_to(shutil.which("espeak-ng"))
        speaker.say(Utterance(2, Kind.READING, "Bonjour"))
        news.wait_for(DeviceUp(SOUND, Caution.CANNOT_SPEAK), DeviceUp(SOUND), Said(SOUND, 2), patience_s=5)
        supervisor.stop()
    assert not any(isinstance(event, DeviceDown) for event in news.events)


def test_headphones_pulled_out_end_personal_words_also_while_the_next_ones_are_made(rig, run, news, tmp_path):
    jack, begun = [Jack.HEADPHONES], tmp_path / "begun"
    os.mkfifo(begun)
    script = f'if grep -q dossier; then echo > {begun}; exec sleep 0.9; else echo Bonjour | espeak-ng --stdin "$@"; fi'
    with speaking_by(tmp_path, script) as (settings, _), rig.device():
        speaker = rig.driver(lambda: jack[0], settings)
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(Utterance(1, Kind.READING, "Bonjour. Votre dossier.", personal=True))
        assert begun.read_bytes()
        jack[0] = Jack.EMPTY
        news.wait_for(NotSaid(SOUND, 1, Unsaid.NO_HEADPHONES), patience_s=0.5)


STRANGE = {
    "nothing": "",
    "blanks": " \n\t ",
    "controls": "\0\x01\x1b[31m\x7f\u202e",
    "lone surrogate": "\ud800",
    "dash": "—",
    "dashes first": "--help -f /etc/passwd -w /tmp/x.wav",
    "ssml": "<speak><break time='60s'/><audio src='/etc/passwd'/>oui</speak>",
    "phonemes": "[[[[f_o~]]]] [" + "\u200b" + "[a]]",
    "arabic": "مرحبا بكم",
    "long word": "a" * 400,
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_nasty_06_a_strange_text_is_said_or_skipped_and_never_obeyed(rig, run, news, text):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(Utterance(1, Kind.READING, text))
        news.wait_for(Said(SOUND, 1))
        rig.use(speaker, card, news)
    assert news.events[0] == DeviceUp(SOUND)


def test_nasty_06_of_a_text_of_100_kb_an_hour_is_said_at_most(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(Utterance(1, Kind.READING, "oui " * 25_000))
        news.wait_for(Said(SOUND, 1))
        assert card.wait_for_sound(60)
        assert len(card.heard) < 60 * 60 * 2 * 22_050


def player_ends(sign):
    """Have the player of this thread told to end."""
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="ascii")
    for child in children.split():
        os.kill(int(child), sign)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL], ids=lambda sign: sign.name)
def test_nasty_11_a_player_that_somebody_ends_has_not_played_though_it_says_it_did(rig, sign):
    def parts(card):
        yield b"\1\2" * (2 * 22_050)
        assert card.wait_for_sound(1)
        player_ends(sign)

    with rig.device() as card, pytest.raises(DeviceError) as lost:
        Player(DEVICE, card.program, card.proc).play(parts(card), 22_050, lambda: None, NEVER)
    assert lost.value.fault is Fault.SERVICE_DOWN


def test_a_player_that_takes_nothing_and_goes_on_is_given_up(tmp_path):
    program = tmp_path / "deaf"
    program.write_text("#!/bin/sh\nexec 0<&-\nexec sleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(DeviceError, match="ended early"):
        Player("default", (str(program),)).play([bytes(44_100)] * 10, 22_050, lambda: None, NEVER)


def test_a_synthesiser_that_hangs_is_killed(tmp_path):
    program = tmp_path / "mute"
    program.write_text("#!/bin/sh\nexec cat /dev/zero > /dev/null\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(SpeechError, match="TimeoutExpired"):
        Synthesiser(str(program)).speak("Bonjour")


def test_no_text_stands_where_everybody_can_read_it(tmp_path):
    program = tmp_path / "listening"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\n', encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(SpeechError):
        Synthesiser(str(program)).speak("Votre numéro fiscal")
    assert "fiscal" not in (tmp_path / "arguments").read_text(encoding="utf-8")


def test_a_player_that_is_not_installed_is_told(run):
    assert run(Speaker(SOUND, Player("default", ("no-such-aplay",)))).wait() is Fault.SERVICE_DOWN


@pytest.mark.parametrize(
    ("device", "card"),
    [
        ("default", ""),
        ("hw:1,0", "card1"),
        ("hw:Device,0", "Device"),
        ("plughw:CARD=Headphones,DEV=0", "Headphones"),
        ("sysdefault:CARD=vc4hdmi0", "vc4hdmi0"),
        ("tee:SLAVE=default,FILE=/etc/passwd", ""),
        ("x:../../etc", ""),
    ],
)
def test_the_card_of_an_alsa_device_is_known_by_its_name(device, card):
    assert card_of(device) == card


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("aplay: main:831: audio open error: Device or resource busy", Fault.BUSY),
        ("aplay: main:831: audio open error: Permission denied", Fault.REFUSED),
        ("aplay: main:831: audio open error: No such file or directory", Fault.UNPLUGGED),
        ("aplay: pcm_write:2061: write error: Input/output error", Fault.NOT_ANSWERING),
        ("aplay: pcm_write:2061: write error: No such device", Fault.UNPLUGGED),
        ("", Fault.UNPLUGGED),
    ],
)
def test_nasty_10_15_why_nothing_can_be_played_is_named(said, fault):
    assert fault_of(said) is fault


def test_nasty_02_a_card_unplugged_in_the_middle_of_a_text_breaks_it_off_once(rig, run, news):
    with rig.device() as card:
        speaker = rig.driver()
        running = run(speaker)
        news.wait_for(DeviceUp(SOUND))
        speaker.say(LONG)
        assert card.wait_for_sound(0.5)
    assert running.wait(3) is Fault.UNPLUGGED
    assert [event for event in news.events if isinstance(event, NotSaid | Said)] == [NotSaid(SOUND, 2, Unsaid.NO_SOUND)]


def test_nasty_04_a_card_that_takes_no_samples_is_named_and_serves_again(rig, news):
    speaker = rig.driver()
    supervisor = Supervisor([speaker], news)
    supervisor.start()
    try:
        with rig.device() as card:
            news.wait_for(DeviceUp(SOUND))
            card.stall()
            speaker.say(LONG)
            news.wait_for(NotSaid(SOUND, 2, Unsaid.NO_SOUND), DeviceDown(SOUND, Fault.NOT_ANSWERING), patience_s=2.5)
            card.go_on()
            news.wait_for(DeviceDown(SOUND, Fault.NOT_ANSWERING), DeviceUp(SOUND), patience_s=5)
            rig.use(speaker, card, news)
    finally:
        supervisor.stop()


def test_nasty_08_of_a_thousand_texts_the_last_is_said_and_each_has_one_end(rig, run, news):
    with rig.device():
        speaker = rig.driver()
        run(speaker)
        news.wait_for(DeviceUp(SOUND))
        for number in range(1000):
            speaker.say(Utterance(number, Kind.READING, "un"))
        news.wait_for(Said(SOUND, 999))
    ends = [event.utterance_id for event in news.events if isinstance(event, NotSaid | Said)]
    assert sorted(ends) == list(range(1000))


def test_nasty_11_without_the_systems_player_that_is_said(run):
    assert run(Speaker(SOUND, Player("default", ("no-such-aplay",)))).wait() is Fault.SERVICE_DOWN


def test_nasty_13_an_output_that_comes_back_says_nothing_of_before(rig, news):
    speaker = rig.driver()
    supervisor = Supervisor([speaker], news)
    supervisor.start()
    try:
        news.wait_for(DeviceDown(SOUND, Fault.UNPLUGGED))
        speaker.say(HELLO)
        assert NotSaid(SOUND, 1, Unsaid.NO_SOUND) in news.events
        with rig.device() as card:
            news.wait_for(DeviceUp(SOUND), patience_s=5)
            rig.use(speaker, card, news)
            assert len(card.heard) < 2 * 22_050 * 0.2
    finally:
        supervisor.stop()


def test_the_socket_is_unknown_until_it_speaks_and_when_it_is_gone(tmp_path, run, news):
    rig = HeadphoneSocketRig(SOUND, tmp_path)
    driver = rig.driver()
    with rig.device() as socket:
        running = run(driver)
        news.wait_for(DeviceUp(SOUND))
        assert driver.jack is Jack.UNKNOWN
        socket.plug()
        news.wait_for(JackChanged(SOUND, Jack.HEADPHONES))
        assert driver.jack is Jack.HEADPHONES
    running.wait()
    assert driver.jack is Jack.UNKNOWN


def test_the_simulated_card_obeys_commands_as_a_program(tmp_path, run, news):
    command = [sys.executable, "-m", "drivers.simulated.sound", "--folder", str(tmp_path)]
    card = SimulatedSoundCard(tmp_path)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline() == f"ready {tmp_path}\n"
        Player(DEVICE, card.program, card.proc).play([b"\1\2" * 22_050], 22_050, lambda: None, NEVER)
        assert program.stdout.readline().startswith("sound 1.")
        run(HeadphoneSocketRig(SOUND, tmp_path).driver())
        news.wait_for(DeviceUp(SOUND))
        program.stdin.write("headphones in\n")
        program.stdin.flush()
        news.wait_for(JackChanged(SOUND, Jack.HEADPHONES))
        program.stdin.close()
        assert program.wait(5) == 0
