"""Builds every object of the kiosk's process and knows them all. Adapter.

The window comes last: whatever can refuse to start does so before anything is shown.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from typing import TYPE_CHECKING, assert_never

import structlog

from catalogue import stemming
from config import vital_signs
from config.impact import screen_begins_anew
from config.in_force import begin
from config.model import ThemeSettings
from config.palette import palette
from config.vital_signs import ScreenSigns
from config.watching import Watching
from drivers.document.pages import PageStore
from kiosk import configured
from kiosk.journeys.effects import (
    Adopt,
    BeepScanner,
    CheckPaper,
    Effect,
    Hush,
    Light,
    LoadSheet,
    PrintReceipt,
    Record,
    Say,
    Search,
    Sound,
    WipeSession,
)
from kiosk.journeys.news import NotPrinted, NotRecorded, Recorded, SettingsArrived
from kiosk.journeys.settings import Partner, Patience, Settings
from kiosk.journeys.state import State, busy
from kiosk.pack_reader import PackReader
from kiosk.paper_check import PaperCheck
from kiosk.signs import Signs
from kiosk.ui.font_file import SHIPPED, FontFileError, typeface
from kiosk.ui.setup import prepare
from kiosk.ui.theme import Panel
from sync.outbox import OutboxError
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from config.in_force import InForce
    from config.model import DeviceConfig
    from kiosk.devices import Devices
    from kiosk.script import Step
    from kiosk.ui.font_file import Typeface
    from kiosk.ui.player import Player
    from kiosk.ui.stage import Stage

_log = structlog.get_logger(__name__)
# The exit code of a process that is to begin again with another configuration.
ANEW = 75


def run(config_path: Path, steps: tuple[Step, ...], pictures: Path, *, offscreen: bool) -> int:
    """Show the kiosk until it is closed, and return the exit code; `ANEW` where it is to begin again.

    Raises:
        ConfigError: the configuration cannot be used.
        KeyFileError: the hub's public key cannot be read.
        ScreenError: this machine cannot show the kiosk.
    """
    in_force = begin(config_path, vital_signs.SCREEN)
    config = in_force.config
    # What a killed process leaves behind then lies where systemd clears, not in a directory shared by all.
    tempfile.tempdir = str(config.device.run_dir)
    # Before anything can refuse to start: what a killed process left of a citizen's papers is wiped.
    pages = PageStore(config.device.run_dir)
    writer = RecordWriter.open(config)
    try:
        return _Process(config_path, in_force, writer, pages, offscreen=offscreen).run(steps, pictures)
    finally:
        pages.wipe()
        writer.close()


class _Process:
    """The objects of the process, and the way from the journeys' effects to each."""

    def __init__(
        self, site: Path, in_force: InForce, writer: RecordWriter, pages: PageStore, *, offscreen: bool
    ) -> None:
        self._in_force = in_force
        self._config = config = in_force.config
        self._writer = writer
        self._pages = pages
        letters = _letters(config)
        self._dressed = letters is not None
        self._stage = _stage(config, letters, self._perform, offscreen=offscreen)
        self._reader = PackReader(config.content.pack, self._stage.post)
        self._paper_check = PaperCheck(config.papers.certificates, self._stage.post)
        self._devices = self._open_devices()
        self._arrived: tuple[InForce, Typeface | None] = (in_force, None)
        self._shown = config.theme if letters is not None else ThemeSettings()
        self._watching = Watching(site, in_force, self._tell)
        self._signs = Signs(config.device.run_dir, self._look)

    def run(self, steps: tuple[Step, ...], pictures: Path) -> int:
        """Start the threads, show the screen, stop the threads."""
        self._reader.start()
        self._paper_check.start()
        if self._devices is not None:
            self._devices.start()
        self._watching.start()
        self._signs.start()
        player = self._player(steps, pictures)
        if player is not None:
            player.start()
        try:
            return self._stage.run()
        finally:
            self._watching.stop()
            self._signs.stop()
            if self._devices is not None:
                self._devices.stop()
            self._reader.stop()
            self._paper_check.stop()

    def _player(self, steps: tuple[Step, ...], pictures: Path) -> Player | None:
        """Return the player of a script; Kivy's clock only holds it weakly, so that the caller must keep it."""
        if not steps:
            return None
        from kiosk.ui.player import Player  # noqa: PLC0415  (needs Kivy's window, and only to play)

        return Player(self._stage, steps, pictures)

    def _open_devices(self) -> Devices | None:
        if not configured.is_any(self._config):
            return None
        from kiosk.devices import Devices  # noqa: PLC0415  (python-escpos is slow to import)

        return Devices(self._config, self._stage.post)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case LoadSheet() | Search():
                self._reader.ask(effect)
            case CheckPaper():
                self._paper_check.ask(effect)
            case Record(job, record):
                kept = self._writer.put(record)
                kept.add_done_callback(lambda future: self._stage.post(_recorded(job, future)))
            case PrintReceipt():
                self._print(effect)
            case BeepScanner(tone):
                if self._devices is not None:
                    self._devices.answer_scan(tone)
            case WipeSession():
                stemming.forget()  # the stage has let go of what it painted; nothing else keeps a session's words
                self._pages.wipe()
                self._beside(Hush())
            case Say() | Hush() | Sound() | Light():
                self._beside(effect)
            case Adopt():
                self._adopt()
            case _:
                assert_never(effect)

    def _beside(self, effect: Say | Hush | Sound | Light) -> None:
        """Do what is heard and seen beside the screen, where there is a device for it."""
        devices = self._devices
        if devices is None:
            return
        match effect:
            case Say(text, personal):
                devices.say(text, personal=personal)
            case Hush():
                devices.hush()
            case Sound(beep):
                devices.beep(beep)
            case Light(signal):
                devices.light(signal)
            case _:
                assert_never(effect)

    def _tell(self, arrived: InForce) -> None:
        """Bring another version to the journeys, which know when nobody is in a session; on the watching thread."""
        self._arrived = arrived, _letters(arrived.config)
        self._stage.post(SettingsArrived(_settings(arrived)))

    def _adopt(self) -> None:
        """Run on the version that arrived last: as this process, or as one that begins anew."""
        (arrived, letters), old = self._arrived, self._config
        if screen_begins_anew(old, arrived.config):
            self._stage.stop(ANEW)
            return
        self._in_force, self._config = arrived, arrived.config
        if arrived.config.content != old.content:
            self._reader.switch(arrived.config.content.pack)
        if arrived.config.papers != old.papers:
            self._paper_check.switch(arrived.config.papers.certificates)
        self._dressed = letters is not None
        if letters is not None and arrived.config.theme != self._shown:
            self._shown = arrived.config.theme
            from kiosk.ui.typeface import load_fonts  # noqa: PLC0415  (Kivy reads its settings when it is imported)

            load_fonts(letters)
            self._stage.dress(palette(self._shown))

    def _look(self) -> ScreenSigns:
        if self._devices is not None:
            self._devices.report()
        state = self._stage.state
        return ScreenSigns(
            version=self._in_force.version,
            busy=busy(state),
            records=self._writer.ready,
            content=state.front_page is not None and state.pack_fault is None,
            devices=sorted(self._devices.serving) if self._devices else [],
            at_s=self._stage.alive_s,
            theme=self._dressed,
            papers=self._paper_check.usable,
        )

    def _print(self, effect: PrintReceipt) -> None:
        if self._devices is None:
            self._stage.post(NotPrinted(effect.job, None))
            return
        from kiosk.receipt import receipt  # noqa: PLC0415  (as above)

        today = dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat()
        paper = receipt(effect.paper, self._config.structure.name, today, copy=effect.copy)
        self._devices.submit(effect.job, paper)


def _settings(in_force: InForce) -> Settings:
    config = in_force.config
    structure = config.structure
    return Settings(in_force.version, structure.name, _patience(config), structure.opening_hours, _partners(config))


def _patience(config: DeviceConfig) -> Patience:
    return Patience(config.screen.idle_warning_s, config.screen.idle_grace_s)


def _partners(config: DeviceConfig) -> tuple[Partner, ...]:
    return tuple(Partner(each.name, each.about, each.phone, each.hours) for each in config.partners)


def _letters(config: DeviceConfig) -> Typeface | None:
    """Return the letters of a theme; None where it cannot be shown, and the screen goes on with what it has."""
    try:
        return typeface(config.theme)
    except FontFileError as error:
        _log.error("theme cannot be shown", reason=str(error))
        return None


def _recorded(job: int, future: Future[None]) -> Recorded | NotRecorded:
    error = future.exception()
    if error is None:
        return Recorded(job)
    if isinstance(error, OutboxError):
        # The paper informs and is printed all the same (ADR 0001): only the operator learns of the missing record.
        _log.error("record refused", job=job, fault=error.fault.name, reason=str(error))
        return NotRecorded(job)
    raise error


def _stage(
    config: DeviceConfig, letters: Typeface | None, perform: Callable[[Effect], None], *, offscreen: bool
) -> Stage:
    screen = config.screen
    colours = palette(config.theme if letters is not None else ThemeSettings())
    panel = Panel(screen.width_px, screen.height_px, screen.dpi, colours)
    prepare(panel, config.device.run_dir / "kivy", fullscreen=screen.fullscreen, offscreen=offscreen)
    from kiosk.ui.stage import Stage  # noqa: PLC0415  (Kivy reads its settings when it is imported)
    from kiosk.ui.typeface import load_fonts  # noqa: PLC0415  (as above)

    load_fonts(letters or SHIPPED)
    now_s = time.monotonic()
    state = State(
        patience=_patience(config),
        structure=config.structure.name,
        opening_hours=config.structure.opening_hours,
        partners=_partners(config),
        now_s=now_s,
        quiet_since_s=now_s,
    )
    return Stage(state, panel, perform, offscreen=offscreen)
