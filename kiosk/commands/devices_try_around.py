"""`guichet devices try` of what is around the screen: camera, loudspeaker, keypad, lamp and power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from config import store
from drivers.interface import DeviceDown
from drivers.news import Jack, JackChanged, Key, KeyPressed, NotSaid, PowerChanged, PowerSource, Said, Scanned, Unsaid
from kiosk import words
from kiosk.commands.trying import SITE, WORDS, Config, Seconds, TryError, Trying

if TYPE_CHECKING:
    from drivers.sound.jack import HeadphoneSocket

app = typer.Typer()

_UTTERANCE = 1
_FED = {
    PowerSource.EXTERNAL: "the mains, or a bus whose ignition is on",
    PowerSource.BATTERY: "a battery",
    PowerSource.BATTERY_LOW: "a battery that is nearly empty",
}


@app.command()
def speaker(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Beep and say a sentence; say whether headphones are plugged in."""
    from drivers.sound.programme import Kind, Utterance  # noqa: PLC0415  (late: drivers are slow to import)
    from drivers.sound.tones import Beep  # noqa: PLC0415  (as above)
    from kiosk import configured  # noqa: PLC0415  (as above)

    settings = store.load(config)
    if settings.sound is None:
        raise TryError("no sound is configured")
    driver, socket = configured.sound(settings.sound)
    with Trying(driver, "loudspeaker") as trying:
        trying.until_up(patience_s)
        driver.say(Utterance(_UTTERANCE, Kind.READING, words.SOUND_TRIAL, beep=Beep.DONE))
        match trying.next_of(Said | NotSaid, patience_s):
            case Said():
                typer.echo("beeped and said a sentence: listen whether it is loud enough where people stand")
            case NotSaid(_, _, Unsaid.NO_SPEECH):
                raise TryError("it beeps and does not speak: is espeak-ng installed?")
            case NotSaid(_, _, why):
                raise TryError(f"not said: {why.name.lower().replace('_', ' ')}")
            case _:
                raise TryError("the loudspeaker took the sentence and never ended it")
    if socket is not None:
        _try_socket(socket, patience_s)


def _try_socket(socket: HeadphoneSocket, patience_s: float) -> None:
    with Trying(socket, "headphone socket") as trying:
        trying.until_up(patience_s)
        match trying.next_of(JackChanged, patience_s):
            case JackChanged(_, Jack.HEADPHONES):
                typer.echo("headphones are plugged in")
            case JackChanged(_, Jack.EMPTY):
                typer.echo("no headphones are plugged in: plug some in and try again")
            case _:
                raise TryError("the headphone socket does not say what is in it: nothing personal will be read aloud")


@app.command()
def camera(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Wait for a code before the camera, and say what was read."""
    from kiosk import configured  # noqa: PLC0415  (late: as above)

    settings = store.load(config)
    if settings.camera is None:
        raise TryError("no camera is configured")
    with Trying(configured.camera(settings.camera), "camera") as trying:
        trying.until_up(patience_s)
        typer.echo("hold a code before the camera")
        match trying.next_of(Scanned | DeviceDown, patience_s):
            case Scanned(_, code, symbology):
                typer.echo(f"read {len(code)} bytes ({symbology.name}): {code!r}")
            case DeviceDown(_, fault):
                raise TryError(f"the camera {WORDS[fault]}")
            case _:
                raise TryError(f"no code was read in {patience_s:.0f} s")


@app.command()
def keypad(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Name each key as it is pressed, until all four were."""
    from kiosk import configured  # noqa: PLC0415  (late: as above)

    settings = store.load(config)
    if settings.keypad is None:
        raise TryError("no keypad is configured")
    with Trying(configured.keypad(settings.keypad), "keypad") as trying:
        trying.until_up(patience_s)
        typer.echo("press each of the four keys")
        missing = set(Key)
        while missing:
            match trying.next_of(KeyPressed | DeviceDown, patience_s):
                case KeyPressed(_, key):
                    typer.echo(key.name.lower())
                    missing -= {key}
                case DeviceDown(_, fault):
                    raise TryError(f"the keypad {WORDS[fault]}")
                case _:
                    names = ", ".join(key.name.lower() for key in Key if key in missing)
                    raise TryError(f"not pressed within {patience_s:.0f} s, or not heard: {names}")
        typer.echo("all four keys work")


@app.command()
def lamp(config: Config = SITE, each_s: Seconds = 3.0) -> None:
    """Show each signal in turn, for a few seconds."""
    from drivers.lamp.pattern import Signal  # noqa: PLC0415  (late: as above)
    from kiosk import configured  # noqa: PLC0415  (as above)

    settings = store.load(config)
    if settings.lamp is None:
        raise TryError("no lamp is configured")
    driver = configured.lamp(settings.lamp)
    with Trying(driver, "lamp") as trying:
        trying.until_up(each_s)
        for signal in Signal:
            driver.show(signal)
            typer.echo(signal.name.lower())
            match trying.next_of(DeviceDown, each_s):
                case DeviceDown(_, fault):
                    raise TryError(f"the lamp {WORDS[fault]}")
                case _:
                    pass  # it was shown for so long


@app.command()
def power(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Say what feeds the device."""
    from kiosk import configured  # noqa: PLC0415  (late: as above)

    settings = store.load(config)
    if settings.power is None:
        raise TryError("nothing that tells of the power is configured")
    for driver in configured.power(settings.power):
        with Trying(driver, str(driver.name)) as trying:
            trying.until_up(patience_s)
            match trying.next_of(PowerChanged, patience_s):
                case PowerChanged(_, source):
                    typer.echo(f"{driver.name}: the device lives on {_FED[source]}")
                case _:
                    raise TryError(f"{driver.name} does not say what feeds the device")
