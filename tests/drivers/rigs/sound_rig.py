"""The sound output and the headphone socket, for the promises of every driver: the real aplay and ALSA's library."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from drivers.news import Jack, JackChanged, Said
from drivers.simulated.sound import DEVICE, SimulatedSocket, SimulatedSoundCard
from drivers.sound.jack import HeadphoneSocket
from drivers.sound.player import Player
from drivers.sound.programme import Kind, Utterance
from drivers.sound.speaker import Speaker
from drivers.sound.tones import Beep

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class SpeakerRig:
    """Wherever a card is plugged in, ALSA finds it by its name."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self._folder = folder
        self._ids = count(1000)

    def driver(self, *more):
        card = SimulatedSoundCard(self._folder)
        return Speaker(self._name, Player(DEVICE, card.program, card.proc), *more)

    def device(self):
        return SimulatedSoundCard(self._folder)

    def use(self, speaker, card, news):
        """Do with it what people do, and see that it works."""
        number = next(self._ids)
        speaker.say(Utterance(number, Kind.BEEP, beep=Beep.TOUCHED))
        news.wait_for(Said(self._name, number))
        assert card.wait_for_sound(0.02)


class HeadphoneSocketRig:
    """The link by which a card's socket is found stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.path = folder / "socket"

    def driver(self):
        return HeadphoneSocket(self._name, str(self.path))

    def device(self):
        return SimulatedSocket(self.path)

    def use(self, _driver, socket, news):
        before = len(news.events)
        socket.plug()
        news.wait_until(lambda events: JackChanged(self._name, Jack.HEADPHONES) in events[before:])
        socket.unplug()
        news.wait_until(lambda events: events[-1] == JackChanged(self._name, Jack.EMPTY))
