"""What is around the screen of a world's kiosk: loudspeaker and headphones, keypad, lamp, and what feeds it.

None needs a module of the kernel: the keypad and the headphone socket are named pipes with the records of
/dev/input/event*, aplay plays into a pipe of ALSA's `file` plugin, libgpiod is led to a socket within the kiosk's
process, and the power supplies are a folder as /sys/class/power_supply is one.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from demo.processes import ProcessError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("keypad", "sound", "lamp")
KEYS = ("previous", "next", "choose", "back")
COLOURS = ("green", "amber", "red")
# What the kernel's files say: the mains' `online`; the battery's `status` and `capacity`.
SUPPLIES = {
    "mains": ("1", "Charging", "80"),
    "battery": ("0", "Discharging", "80"),
    "low": ("0", "Discharging", "9"),
}
# A Unix socket's path is no longer than this (sockaddr_un): in a deeper folder there is no lamp.
_SOCKET_BYTES = 100
# A colour that changed so lately and so often blinks.
_BLINKING_S = 2.5


class Around:
    """The devices in `folder`; every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._heard = threading.Lock()
        self._lit = dict.fromkeys(COLOURS, False)
        self._changed_s: dict[str, list[float]] = {colour: [] for colour in COLOURS}
        self.fed_by = "mains"

    @property
    def parts(self) -> tuple[str, ...]:
        """The simulators that can run here."""
        return PARTS if self.has_lamp else PARTS[:2]

    @property
    def has_lamp(self) -> bool:
        """Whether the lamp's chip can be made here."""
        return len(bytes(self._folder / "chip")) < _SOCKET_BYTES

    @property
    def sounds_dir(self) -> Path:
        """Where what was heard is kept."""
        return self._folder / "sounds"

    def simulator(self, name: str) -> list[str]:
        """Return the command of a simulator."""
        options = {
            "keypad": ("--path", self._folder / "keypad"),
            "sound": ("--folder", self._folder / "card", "--save", self.sounds_dir),
            "lamp": ("--path", self._folder / "chip", "--lines", ",".join(COLOURS)),
        }[name]
        module = {"lamp": "gpio"}.get(name, name)
        return [sys.executable, "-m", f"drivers.simulated.{module}", *map(str, options)]

    def kiosk(self, arguments: list[str]) -> list[str]:
        """Return the command of a kiosk that finds these devices."""
        module = ["-m", "drivers.simulated.gpio_kernel", "kiosk.commands"]
        return ["env", f"ALSA_CONFIG_PATH={self._folder / 'card/asound.conf'}", sys.executable, *module, *arguments]

    def site(self) -> str:
        """Return the kiosk's settings of these devices."""
        lines = "".join(f'{colour} = "{colour}"\n' for colour in COLOURS)
        lamp = f'[lamp]\nchip = "{self._folder / "chip"}"\n{lines}' if self.has_lamp else ""
        return f"""\
[sound]
device = "kiosk"
headphones = "{self._folder / "card/socket"}"

[keypad]
path = "{self._folder / "keypad"}"

[power]
supplies = "{self._folder / "supplies"}"

{lamp}"""

    def feed(self, by: str) -> None:
        """Feed the kiosk by the mains, by a battery, or by one that is nearly empty.

        Raises:
            ProcessError: there is no such supply.
        """
        if by not in SUPPLIES:
            raise ProcessError(f"there is no such supply: {by!r}")
        online, status, capacity = SUPPLIES[by]
        files = {
            "AC": {"type": "Mains", "online": online},
            "UPS": {"type": "Battery", "present": "1", "status": status, "capacity": capacity},
        }
        for supply, attributes in files.items():
            (self._folder / "supplies" / supply).mkdir(parents=True, exist_ok=True)
            for name, text in attributes.items():
                unfinished = self._folder / f".{name}"
                unfinished.write_text(f"{text}\n", encoding="ascii")
                unfinished.replace(self._folder / "supplies" / supply / name)
        self.fed_by = by

    def lamp_said(self, line: str) -> None:
        """Take a line of the lamp's chip: a colour and whether it is lit."""
        match line.split():
            case [colour, "0" | "1" as lit] if colour in self._lit:
                with self._heard:
                    self._lit[colour] = lit == "1"
                    self._changed_s[colour] = [*self._changed_s[colour][-2:], time.monotonic()]

    def lamp(self) -> dict[str, str]:
        """Return how each colour is: `lit`, `blinking` or `dark`."""
        now_s = time.monotonic()
        with self._heard:
            lately = {
                colour: [at_s for at_s in times if now_s - at_s < _BLINKING_S]
                for colour, times in self._changed_s.items()
            }
            return {
                colour: "blinking" if len(lately[colour]) > 1 else "lit" if lit else "dark"
                for colour, lit in self._lit.items()
            }

    def sounds(self) -> list[str]:
        """Return the names of what was heard, newest first."""
        return sorted((path.name for path in self.sounds_dir.glob("sound-*.wav")), reverse=True)
