"""What is around the screen, as settings: sound, camera, keypad, lamp and power. No I/O.

What one key alone cannot say wrong, `unclear` says of each table: the key, and the reason.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (msgspec reads the annotations at run time)
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from config.setting import Setting, said

if TYPE_CHECKING:
    from collections.abc import Iterator

# A name as boards give it ("GPIO17"), or the number on the chip.
Line = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.+-]{0,32}$(?!\n)")]
Active = Literal["low", "high"]
Pull = Literal["up", "down", "as-is"]
Decibels = Annotated[float, msgspec.Meta(ge=65, le=120)]
_CHIP = "Its GPIO chip: best by its label (pinctrl-rp1), for numbers of /dev/gpiochip* change"


class SoundSettings(Setting, frozen=True, kw_only=True):
    """Beeps, and the screen read aloud: one ALSA device, and the headphone socket where there is one."""

    device: Annotated[str, msgspec.Meta(min_length=1, max_length=200), said("As `aplay -L` lists it")] = "default"
    headphones: Annotated[
        str,
        msgspec.Meta(max_length=200),
        said("Its socket: an input device's path or name; without it nothing personal is read aloud"),
    ] = ""
    # ADA 2010, 707.5: a private listener must reach 65 dB.
    full_scale_db: Annotated[Decibels, said("How loud a full-scale tone is where people stand, measured once")] = 85.0
    usual_db: Annotated[Decibels, said("How loud each session begins")] = 70.0

    def unclear(self) -> Iterator[tuple[str, str]]:
        """Yield what the values do not say together."""
        if self.usual_db > self.full_scale_db:
            yield "usual_db", "louder than `full_scale_db`, all that the output can"


class CameraSettings(Setting, frozen=True, kw_only=True):
    """A camera before which codes are held, where there is no scanner, or beside one; it wants ffmpeg."""

    device: Annotated[Path, said("Its device file: /dev/v4l/by-id/…, which stays with it, or /dev/video0")]


class KeypadSettings(Setting, frozen=True, kw_only=True):
    """The pad of four keys by which everything is done: a keyboard of its own (`path`), or on a GPIO `chip`."""

    path: Annotated[str, msgspec.Meta(max_length=200), said("Its input device: /dev/input/by-id/…, or its name")] = ""
    chip: Annotated[str, msgspec.Meta(max_length=100), said(f"Instead, its keys are on lines. {_CHIP}")] = ""
    previous: Annotated[Line, said("Line of the key that goes back by one: a name (GPIO17) or a number")] = ""
    next: Annotated[Line, said("Line of the key that goes on by one")] = ""
    choose: Annotated[Line, said("Line of the key that takes what has the focus")] = ""
    back: Annotated[Line, said("Line of the key that goes back a screen")] = ""
    active: Annotated[Active, said("The voltage of a key that is down; `low` for a key to ground")] = "low"
    pull: Annotated[Pull, said("The resistor in the chip that holds the line of a key that is up")] = "up"

    @property
    def lines(self) -> dict[str, str]:
        """The four lines, by their keys."""
        return {"previous": self.previous, "next": self.next, "choose": self.choose, "back": self.back}

    def unclear(self) -> Iterator[tuple[str, str]]:
        """Yield what the values do not say together."""
        if bool(self.path) == bool(self.chip):
            yield "", "say either `path` or `chip`: where its keys are"
        yield from _lines(self.chip, self.lines, needed=frozenset(self.lines))


class LampSettings(Setting, frozen=True, kw_only=True):
    """The lamp that says from afar how the kiosk does, on lines of a GPIO chip; of one colour, it only blinks."""

    chip: Annotated[str, msgspec.Meta(min_length=1, max_length=100), said(_CHIP)]
    green: Annotated[Line, said("Line of its green: a name (GPIO22) or a number")] = ""
    amber: Annotated[Line, said("Line of its amber")] = ""
    red: Annotated[Line, said("Line of its red")] = ""
    active: Annotated[Active, said("The voltage that lights it")] = "high"

    @property
    def lines(self) -> dict[str, str]:
        """The lines there are, by their colours."""
        return {colour: line for colour in ("green", "amber", "red") if (line := getattr(self, colour))}

    def unclear(self) -> Iterator[tuple[str, str]]:
        """Yield what the values do not say together."""
        if not self.lines:
            yield "", "say the line of `green`, `amber` or `red`: what can be lit"
        yield from _lines(self.chip, self.lines)


class PowerSettings(Setting, frozen=True, kw_only=True):
    """What feeds the device: the kernel's power supplies (`supplies`), a bus's ignition (`ignition_chip`), or both."""

    supplies: Annotated[
        Path | None, said("The kernel's folder of mains, batteries and UPS: /sys/class/power_supply")
    ] = None
    low_percent: Annotated[
        int, msgspec.Meta(ge=1, le=99), said("A battery charged no more than this is told of as nearly empty")
    ] = 20
    ignition_chip: Annotated[str, msgspec.Meta(max_length=100), said(f"The ignition is on a line. {_CHIP}")] = ""
    ignition: Annotated[Line, said("That line: a name (GPIO4) or a number")] = ""
    ignition_active: Annotated[Active, said("The voltage of an ignition that is on")] = "high"

    def unclear(self) -> Iterator[tuple[str, str]]:
        """Yield what the values do not say together."""
        if not (self.supplies or self.ignition_chip or self.ignition):
            yield "", "say `supplies`, `ignition_chip` with `ignition`, or both: who knows what feeds the device"
        if self.ignition and not self.ignition_chip:
            yield "ignition_chip", "missing: `ignition` is a line of it"
        if self.ignition_chip and not self.ignition:
            yield "ignition", "missing: which line of `ignition_chip`"


def _lines(chip: str, lines: dict[str, str], needed: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Yield lines which are missing on a chip, without a chip, or there twice."""
    taken: dict[str, str] = {}
    for key, line in lines.items():
        if line and not chip:
            yield key, "it goes with `chip`"
        elif chip and not line and key in needed:
            yield key, "missing: each key has a line of `chip`"
        elif line in taken:
            yield key, f"the line of `{taken[line]}` already"
        elif line:
            taken[line] = key


Around = SoundSettings | KeypadSettings | LampSettings | PowerSettings
TABLES: dict[str, type[Around]] = {
    "sound": SoundSettings,
    "keypad": KeypadSettings,
    "lamp": LampSettings,
    "power": PowerSettings,
}
