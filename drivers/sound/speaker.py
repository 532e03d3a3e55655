"""The one output for beeps and speech. Adapter (threads).

Volume is a citizen's, and ends with the session. What comes while the output is away is answered at once: said later
it would be another citizen's screen.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from drivers.interface import Caution, DeviceName, DeviceUp
from drivers.news import Jack, NotSaid, Said, Unsaid
from drivers.sound import tones
from drivers.sound.loudness import STEP_DB, Loudness, scaled
from drivers.sound.player import Player, Stopped
from drivers.sound.programme import Dropped, Programme, Utterance
from drivers.sound.sentences import pieces
from drivers.sound.speech import SpeechError, Synthesiser, Unwanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.driver import Emit

_log = structlog.get_logger(__name__)

# How soon a stopped driver ends while nothing is said, and a card pulled out is missed.
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Settings:
    """How an output sounds."""

    loudness: Loudness = field(default_factory=Loudness)
    synthesiser: Synthesiser = field(default_factory=Synthesiser)


class Speaker:
    """Says utterances one after the other. `jack` tells what is in the headphone socket."""

    def __init__(
        self,
        name: DeviceName,
        player: Player,
        jack: Callable[[], Jack] = lambda: Jack.UNKNOWN,
        settings: Settings | None = None,
    ) -> None:
        self._name = name
        self._player = player
        self._jack = jack
        self._settings = settings or Settings()
        self._volume_db = self._settings.loudness.usual_db
        self._mute = ""  # why the last text was not spoken
        self._changed = threading.Event()
        self._door = threading.Lock()  # guards the next three
        self._programme = Programme()
        self._emit: Emit | None = None
        self._serving = False

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    @property
    def volume_db(self) -> float:
        """How loud it is."""
        return self._volume_db

    def say(self, utterance: Utterance) -> None:
        """Take an utterance; `Said` or `NotSaid` answers, at once where the output is away. Never waits.

        Before the first `run` nobody listens: it is refused when that begins.
        """
        with self._door:
            dropped = self._programme.add(utterance)
            if not self._serving and self._emit is not None:
                dropped += self._programme.drop_all()
        self._changed.set()
        self._tell(dropped)

    def louder(self) -> float:
        """Make it a step louder for this session; return how loud it is then. Never waits."""
        return self._turn(STEP_DB)

    def softer(self) -> float:
        """Make it a step softer for this session; return how loud it is then. Never waits."""
        return self._turn(-STEP_DB)

    def end_session(self) -> None:
        """End what is said for a citizen, and forget how loud they had it. Never waits."""
        with self._door:
            dropped = self._programme.end_session()
            self._volume_db = self._settings.loudness.usual_db
        self._tell(dropped)

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the output and say what comes until stopped.

        Raises:
            DeviceError: the output could not be opened, or was lost.
        """
        with self._door:
            self._emit = emit
        try:
            self._drop_all()
            self._player.check(stop)
            with self._door:
                self._serving = True
            self._serves(speaks=self._settings.synthesiser.is_installed())
            while not stop.is_set():
                self._serve(stop)
        except Stopped:
            pass
        finally:
            with self._door:
                self._serving = False
            self._drop_all()

    def _serve(self, stop: threading.Event) -> None:
        """Say the next utterance, or wait for one."""
        self._changed.clear()
        with self._door:
            utterance, dropped = self._programme.next(self._jack())
        self._tell(dropped)
        if utterance is not None:
            self._say(utterance, stop)
        elif not self._changed.wait(_LOOK_S) and not self._player.is_there():
            self._player.check(stop)

    def _say(self, utterance: Utterance, stop: threading.Event) -> None:
        why: Unsaid | None = Unsaid.NO_SOUND
        try:
            why = self._player.play(self._sound(utterance), tones.RATE_HZ, self._cut, stop)
        except SpeechError as error:
            if str(error) != self._mute:  # once: a line for each key of a pad would fill the log
                _log.warning("text not spoken", device=self._name, reason=str(error))
            self._mute = str(error)
            why = Unsaid.NO_SPEECH
            self._serves(speaks=False)
        else:
            if why is None and utterance.text:
                self._mute = ""
                self._serves(speaks=True)
        finally:
            with self._door:
                self._programme.said()
            if why is None:
                self._emit_now(Said(self._name, utterance.id))
            else:
                self._tell([(utterance, why)])

    def _sound(self, utterance: Utterance) -> Iterator[bytes]:
        """Make an utterance, a piece at a time, each as loud as it is wanted by then."""
        if utterance.beep is not None:
            yield self._loud(tones.samples(tones.TONES[utterance.beep]))
        for piece in pieces(utterance.text):
            try:
                spoken = self._settings.synthesiser.speak(piece, lambda: self._cut() is None)
            except Unwanted:
                return
            if spoken.rate_hz != tones.RATE_HZ:
                raise SpeechError(f"a voice of {spoken.rate_hz!r} Hz")
            yield self._loud(spoken.samples)

    def _loud(self, pcm: bytes) -> bytes:
        return scaled(pcm, self._settings.loudness.gain(self._volume_db))

    def _cut(self) -> Unsaid | None:
        with self._door:
            return self._programme.cut(self._jack())

    def _turn(self, by_db: float) -> float:
        with self._door:
            self._volume_db = self._settings.loudness.within(self._volume_db + by_db)
            return self._volume_db

    def _drop_all(self) -> None:
        with self._door:
            dropped = self._programme.drop_all()
        self._tell(dropped)

    def _tell(self, dropped: Dropped) -> None:
        for utterance, why in dropped:
            self._emit_now(NotSaid(self._name, utterance.id, why))

    def _serves(self, *, speaks: bool) -> None:
        self._emit_now(DeviceUp(self._name, None if speaks else Caution.CANNOT_SPEAK))

    def _emit_now(self, event: DeviceUp | Said | NotSaid) -> None:
        if (emit := self._emit) is not None:
            emit(event)
