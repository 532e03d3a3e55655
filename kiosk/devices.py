"""The devices of a kiosk: their news to the journeys, and what they are told. Adapter (drivers, a file in memory).

`kiosk.configured` makes the driver of each.
"""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, assert_never

import structlog

from drivers import report
from drivers.hotplug import Hotplug
from drivers.interface import DeviceDown, DeviceUp, Fault
from drivers.news import (
    BadgeShown,
    CardRefused,
    CardTaken,
    CitizenCardShown,
    DeviceEvent,
    JackChanged,
    Key,
    KeyHeld,
    KeyPressed,
    KeyReleased,
    NotPrinted,
    NotSaid,
    PageScanned,
    PinAsked,
    PowerChanged,
    PowerSource,
    Printed,
    PrintUnknown,
    Said,
    ScanEnded,
    ScanFailed,
    Scanned,
    ScanProgress,
)
from drivers.sound.programme import Kind, Utterance
from drivers.sound.tones import Beep
from drivers.supervisor import Supervisor
from kiosk import configured
from kiosk.journeys import events, news

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.model import DeviceConfig
    from drivers.driver import Driver
    from drivers.lamp.pattern import Signal
    from drivers.printer.elements import Receipt
    from drivers.scanner.model import Tone
    from drivers.sound.jack import HeadphoneSocket
    from drivers.sound.speaker import Speaker

_log = structlog.get_logger(__name__)


class Devices:
    """What the configuration names, each in a thread of its own; their news goes to `post`."""

    def __init__(self, config: DeviceConfig, post: Callable[[events.Input], None]) -> None:
        self._post = post
        self._run_dir = config.device.run_dir
        self._writing = threading.Lock()
        self._utterances = itertools.count(1)
        # Guards which utterance is the reading, and the order of what is told of it.
        self._voicing = threading.Lock()
        self._reading = 0
        self._report_is_written = True
        journal = config.device.state_dir / "printer.json"
        self._printer = configured.printer(config.printer, journal) if config.printer else None
        self._speaker: Speaker | None = None
        socket: HeadphoneSocket | None = None
        if config.sound:
            self._speaker, socket = configured.sound(config.sound)
        self._scanner = configured.scanner(config.scanner) if config.scanner else None
        self._lamp = configured.lamp(config.lamp) if config.lamp else None
        mine: tuple[Driver | None, ...] = (self._printer, self._scanner, self._speaker, socket, self._lamp)
        drivers = [*(driver for driver in mine if driver is not None), *configured.reporting(config)]
        self._supervisor = Supervisor(drivers, self._tell)
        self._hotplug = Hotplug(self._supervisor.look_again)

    @property
    def serving(self) -> frozenset[str]:
        """The names of those that serve now."""
        return frozenset(each.device for each in self._supervisor.standings if each.serves)

    def start(self) -> None:
        """Begin to open the devices."""
        self._supervisor.start()
        self._hotplug.start()

    def stop(self) -> None:
        """Close the devices."""
        self._hotplug.stop()
        self._supervisor.stop()

    def submit(self, job: int, receipt: Receipt) -> None:
        """Print a receipt; `Printed`, `NotPrinted` or `PrintUnknown` answers, at once where there is no printer."""
        if self._printer is None:
            self._post(news.NotPrinted(job, None))
            return
        from drivers.printer.receipt_printer import PrintJob  # noqa: PLC0415  (python-escpos is slow to import)

        self._printer.submit(PrintJob(job, receipt))

    def say(self, text: str, *, personal: bool) -> None:
        """Read a text aloud in place of what is being read; nothing where there is no sound."""
        if self._speaker is not None:
            utterance = Utterance(next(self._utterances), Kind.READING, text, personal=personal)
            with self._voicing:
                self._reading = utterance.id
                self._post(news.VoiceChanged(speaks=True))
            self._speaker.say(utterance)

    def beep(self, beep: Beep) -> None:
        """Beep; nothing where there is no sound."""
        if self._speaker is not None:
            self._speaker.say(Utterance(next(self._utterances), Kind.BEEP, beep=beep))

    def hush(self) -> None:
        """Read no more of a session: it ended, or nobody listens to it."""
        if self._speaker is not None:
            self._speaker.end_session()

    def light(self, signal: Signal) -> None:
        """Show a signal on the lamp; nothing where there is none."""
        if self._lamp is not None:
            self._lamp.show(signal)

    def answer_scan(self, tone: Tone) -> None:
        """Have the code scanner say what became of a code, where it can be told. Never waits."""
        from drivers.scanner.serial_port import SerialScanner  # noqa: PLC0415  (pyserial is slow to import)

        if isinstance(self._scanner, SerialScanner):
            self._scanner.beep(tone)

    def report(self) -> None:
        """Write how the devices stand, for `guichet devices`."""
        with self._writing:
            try:
                report.write(self._run_dir, self._supervisor.standings)
            except OSError as error:
                if self._report_is_written:  # once, not every two seconds for as long as a disk is full
                    _log.warning("report of the devices cannot be written", reason=error.strerror)
                self._report_is_written = False
            else:
                self._report_is_written = True

    def _tell(self, event: DeviceEvent) -> None:  # noqa: C901, PLR0912  (one table of all news)
        match event:
            case Printed(_, job):
                self._post(news.Printed(job))
            case NotPrinted(_, job, fault):
                self._post(news.NotPrinted(job, fault))
            case PrintUnknown(_, job, fault):
                self._post(news.PrintUnknown(job, fault))
            case Scanned(_, code):
                self._post(news.Scanned(code))
            case DeviceUp(device, caution):
                self._post(news.DeviceChanged(str(device), None))
                _log.info("device up", device=device, caution=caution.name if caution else None)
                self.report()
            case DeviceDown(device, fault):
                self._post(news.DeviceChanged(str(device), fault))
                if fault is Fault.STARTING:
                    _log.info("device starts", device=device)
                else:
                    _log.warning("device down", device=device, fault=fault.name)
                self.report()
            case CitizenCardShown():
                self._post(news.CitizenCardShown())
            case ScanProgress() | PageScanned() | ScanEnded() | ScanFailed():
                _log.info("document scanner", what=type(event).__name__, job=event.job_id)
            case BadgeShown(device) | PinAsked(device) | CardRefused(device) | CardTaken(device):
                _log.info("card", device=device, what=type(event).__name__)
            case PowerChanged(device, source):
                self._post(news.PowerChanged(str(device), source))
                log = _log.info if source is PowerSource.EXTERNAL else _log.warning
                log("power", device=device, source=source.name)
            case JackChanged(_, jack):
                self._post(news.JackChanged(jack))
            case KeyPressed(_, key):
                self._post(events.KeyPressed(key))
            case KeyHeld(_, key):
                self._turn(key)
            case Said(_, utterance) | NotSaid(_, utterance):
                # Not even counted: what a citizen hears and holds down is nobody's. One that was replaced goes on as
                # the next.
                with self._voicing:
                    if utterance == self._reading:
                        self._post(news.VoiceChanged(speaks=False))
            case KeyReleased():
                pass
            case _:
                assert_never(event)

    def _turn(self, key: Key) -> None:
        """Make the sound louder or softer for this session, by a key that is held, and let it be heard."""
        if self._speaker is None or key not in {Key.NEXT, Key.PREVIOUS}:
            return
        (self._speaker.louder if key is Key.NEXT else self._speaker.softer)()
        self.beep(Beep.TOUCHED)
