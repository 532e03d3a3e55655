"""A sound card and its headphone socket. Adapter (ALSA's plugins, named pipes).

    python -m drivers.simulated.sound --folder FOLDER [--save FOLDER]

The real aplay and ALSA's own library play into a named pipe: `FOLDER/asound.conf` (ALSA_CONFIG_PATH) makes the device
`kiosk:CARD=Simulated` of ALSA's `file` plugin, which hands every sample to the pipe as it would to a card. A pipe takes
them as fast as it is read. `FOLDER/asound/Simulated` stands for the card under /proc/asound, `FOLDER/socket` is the
socket's input device. As a program it obeys `headphones in` and `headphones out` on standard input, and prints
`sound SECONDS` after everything that was not silence, which `--save` keeps as a WAV file.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import signal
import sys
import threading
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.event_device.records import EV_SW, Record
from drivers.simulated.input_node import SimulatedInput
from drivers.sound.jack import SW_HEADPHONE_INSERT

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICE = "kiosk:CARD=Simulated"
_BYTES_A_SECOND = 2 * 22_050
# So small that a card which stops taking samples is felt at once.
_PIPE_BYTES = 4096
# Sound has ended when nothing came for so long.
_QUIET_S = 0.3


class SimulatedSoundCard:
    """The card: a context, plugged in inside of it. `told` hears, in seconds, of what was played at a stretch."""

    def __init__(self, folder: Path, told: Callable[[float], None] = lambda _seconds: None) -> None:
        self._folder = folder
        self._told = told
        self._pipe = folder / "loudspeaker"
        self._changed = threading.Condition()
        self._heard = bytearray()
        self._takes = threading.Event()
        self._takes.set()

    @property
    def program(self) -> tuple[str, ...]:
        """How aplay is started for it."""
        return ("env", f"ALSA_CONFIG_PATH={self._folder / 'asound.conf'}", "aplay")

    @property
    def proc(self) -> Path:
        """What stands in for /proc/asound."""
        return self._folder / "asound"

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: no pipe can be made there.
        """
        (self.proc / "Simulated").mkdir(parents=True)
        os.mkfifo(self._pipe)
        self._fd = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._bell, self._ring = os.pipe()
        (self._folder / "asound.conf").write_text(_CONFIGURATION.format(pipe=self._pipe), encoding="utf-8")
        self._thread = threading.Thread(target=self._listen, name="sound card", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it: what plays on it breaks off."""
        (self._folder / "asound.conf").unlink()
        (self.proc / "Simulated").rmdir()
        self._takes.set()
        os.close(self._ring)
        self._thread.join()
        for fd in (self._fd, self._bell):
            os.close(fd)
        self._pipe.unlink()

    def stall(self) -> None:
        """Take no more samples."""
        self._takes.clear()

    def go_on(self) -> None:
        """Take samples again."""
        self._takes.set()

    @property
    def heard(self) -> bytes:
        """All samples so far, but for the silence before and after sounds."""
        with self._changed:
            return bytes(self._heard)

    def wait_for_sound(self, seconds: float, patience_s: float = 20.0) -> bool:
        """Wait until so much sound was heard; return whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._heard) >= seconds * _BYTES_A_SECOND, patience_s)

    def _listen(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        told = 0
        while True:
            ready = dict(poll.poll(_QUIET_S * 1000))
            if self._bell in ready:
                return
            if not ready and len(self._heard) > told:
                self._told((len(self._heard) - told) / _BYTES_A_SECOND)
                told = len(self._heard)
            while not self._takes.wait(_QUIET_S) and not select.select([self._bell], [], [], 0)[0]:
                pass
            if self._fd in ready:
                self._hear(os.read(self._fd, _PIPE_BYTES))

    def _hear(self, samples: bytes) -> None:
        if samples.strip(b"\0"):
            with self._changed:
                self._heard += samples
                self._changed.notify_all()


class SimulatedSocket(SimulatedInput):
    """The headphone socket of a card."""

    def plug(self) -> None:
        """Put headphones in."""
        self.say(Record(EV_SW, SW_HEADPHONE_INSERT, 1))

    def unplug(self) -> None:
        """Pull them out."""
        self.say(Record(EV_SW, SW_HEADPHONE_INSERT, 0))


_CONFIGURATION = """\
pcm.kiosk {{
  @args [ CARD ]
  @args.CARD {{ type string default "Simulated" }}
  type file
  slave.pcm {{ type null }}
  file "{pipe}"
  format "raw"
}}
"""


def _save(path: Path, samples: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_BYTES_A_SECOND // 2)
        file.writeframes(samples)
    unfinished.replace(path)


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A sound card in a folder.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--save", type=Path, help="keep each sound there as a WAV file")
    options = parser.parse_args()
    folder = options.folder
    number = 0

    def told(seconds: float) -> None:
        nonlocal number
        number += 1
        if options.save:
            _save(options.save / f"sound-{number:03}.wav", card.heard[-round(seconds * _BYTES_A_SECOND) :])
        print(f"sound {seconds:.2f}", flush=True)  # noqa: T201  (its starter reads it)

    card = SimulatedSoundCard(folder, told)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what is plugged in is unplugged
    try:
        with card, SimulatedSocket(folder / "socket") as socket:
            print(f"ready {folder}", flush=True)  # noqa: T201  (its starter waits for this line)
            for line in sys.stdin:
                match line.split():
                    case ["headphones", "in"]:
                        socket.plug()
                    case ["headphones", "out"]:
                        socket.unplug()
                    case _:
                        print(f"unknown command {line.strip()!r}", file=sys.stderr)  # noqa: T201
    except OSError as error:
        print(f"cannot make a sound card in {folder}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
