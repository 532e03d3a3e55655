"""Speech from text. Adapter (espeak-ng, a child process)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from drivers.sound.wave import NoWaveError, Pcm, read

# Thirty times what a sentence takes on a small board; a driver looks at its leash every two seconds.
_DEADLINE_S = 1.5


class SpeechError(Exception):
    """The text could not be spoken; the next one may be."""


@dataclass(frozen=True, slots=True)
class Synthesiser:
    """A program that reads text on standard input and writes a WAV file to standard output."""

    program: str = "espeak-ng"
    voice: str = "fr"
    words_per_minute: int = 160
    """espeak-ng's own 175 is fast for whoever reads with difficulty."""

    def is_installed(self) -> bool:
        """Return whether there is such a program."""
        return shutil.which(self.program) is not None

    def speak(self, text: str) -> Pcm:
        """Return the sound of a text. It goes in by standard input: everybody can read a process's arguments.

        Raises:
            SpeechError: there is no such program, or it failed, or took too long and was killed.
        """
        command = [self.program, "--stdin", "--stdout", "-v", self.voice, "-s", str(self.words_per_minute)]
        try:
            done = subprocess.run(
                command, input=text.encode(errors="replace"), capture_output=True, timeout=_DEADLINE_S, check=True
            )
            return read(done.stdout)
        except (OSError, subprocess.SubprocessError, NoWaveError) as error:
            # Its own words are left out: they may hold the text.
            raise SpeechError(f"{self.program!r} with voice {self.voice!r}: {type(error).__name__}") from None
