"""Speech from text. Adapter (espeak-ng, a child process)."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.sound.wave import NoWaveError, Pcm, read

if TYPE_CHECKING:
    from collections.abc import Callable

# Three times what the longest piece takes on a small board; a driver looks at its leash every second.
_DEADLINE_S = 1.0
# Five times what the longest piece takes to say; what goes on is no speech, and would fill the memory.
_MAX_BYTES = 100 * 2 * 22_050
_READ_BYTES = 65_536


# How soon what nobody is to hear any more is made no longer: until then the player cannot be ended.
_LOOK_S = 0.05


class SpeechError(Exception):
    """The text could not be spoken; the next one may be."""


class Unwanted(Exception):  # noqa: N818  (no error: nobody is to hear it any more)
    """The text was given up while it was being made."""


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

    def speak(self, text: str, is_wanted: Callable[[], bool] = lambda: True) -> Pcm:
        """Return the sound of a text. It goes in by standard input: everybody can read a process's arguments.

        Raises:
            SpeechError: there is no such program, or it failed, or took too long and was killed.
            Unwanted: meanwhile nobody was to hear it any more.
        """
        command = [self.program, "--stdin", "--stdout", "-v", self.voice, "-s", str(self.words_per_minute)]
        try:
            return read(_written_by(command, text.encode(errors="replace"), is_wanted))
        except (OSError, subprocess.SubprocessError, NoWaveError) as error:
            # Its own words are left out: they may hold the text.
            raise SpeechError(f"{self.program!r} with voice {self.voice!r}: {type(error).__name__}") from None


def _written_by(command: list[str], text: bytes, is_wanted: Callable[[], bool]) -> bytes:
    """Return what a program writes when it is given `text`, which fits into a pipe.

    Raises:
        OSError: it cannot be started, or does not take the text.
        subprocess.SubprocessError: it failed, took too long or wrote too much, and was killed.
        Unwanted: `is_wanted` said so, and it was killed.
    """
    until_s = time.monotonic() + _DEADLINE_S
    with subprocess.Popen(
        command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            assert child.stdin is not None  # noqa: S101  (we asked for pipes)
            assert child.stdout is not None  # noqa: S101
            child.stdin.write(text)
            child.stdin.close()
            written = bytearray()
            writes = select.poll()
            writes.register(child.stdout, select.POLLIN)
            while (left_s := until_s - time.monotonic()) > 0:
                if not is_wanted():
                    raise Unwanted
                if not writes.poll(min(_LOOK_S, left_s) * 1000):
                    continue
                part = os.read(child.stdout.fileno(), _READ_BYTES)
                if not part:
                    break
                written += part
                if len(written) > _MAX_BYTES:
                    raise subprocess.SubprocessError("it writes without end")
            if child.wait(max(0.0, until_s - time.monotonic())) != 0:
                raise subprocess.CalledProcessError(child.returncode, command)
            return bytes(written)
        finally:
            child.kill()
