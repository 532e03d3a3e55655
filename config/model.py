"""What a device can be told, as frozen typed values. No I/O.

Units stand in the names. A limit's reason stands beside it.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (msgspec reads the annotations at run time)
from typing import Annotated, Literal

import msgspec

from config.around import (  # noqa: TC001  (as above)
    CameraSettings,
    KeypadSettings,
    LampSettings,
    PowerSettings,
    SoundSettings,
)
from config.setting import Setting, said

# The broker's access list and every topic carry the name: it must hold no MQTT wildcard or level separator,
# and a certificate's common name ends at 64 characters (RFC 5280, ub-common-name).
DeviceName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
# A day is longer than any wait that somebody means.
Positive = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$(?!\n)")]


class DeviceSettings(Setting, frozen=True, kw_only=True):
    """Who the device is and where its files live."""

    name: Annotated[DeviceName, said("Its name in certificates, topics and the hub's registry")]
    group: Annotated[
        DeviceName, said("Whose configuration it takes: a département, or kiosks of one kind; the fleet's groups")
    ] = "all"
    state_dir: Annotated[Path, said("What must survive: outbox, content, configuration")]
    run_dir: Annotated[Path, said("What lives in memory only and ends with the power")]


class StructureSettings(Setting, frozen=True, kw_only=True):
    """The France Services place the device stands in; printed on every receipt."""

    name: Annotated[str, said("As it stands at the head of every paper")] = "France Services"
    opening_hours: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=60)], ...],
        msgspec.Meta(max_length=7),
        said("When somebody is there, a line a day or so; shown with the partners"),
    ] = ()


class PartnerSettings(Setting, frozen=True, kw_only=True):
    """A partner of the place, in the order in which the screen shows them; partners are data, by the year and place."""

    # On a 7 inch panel: a name in one line, what it helps with in two, a number and hours together in two.
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40), said("As people call it: France Travail")]
    about: Annotated[str, msgspec.Meta(max_length=90), said("What it helps with, in a few words")] = ""
    phone: Annotated[str, msgspec.Meta(max_length=20), said("Its number, as one would dictate it")] = ""
    hours: Annotated[str, msgspec.Meta(max_length=60), said("When somebody of it is there, or answers")] = ""


class ThemeSettings(Setting, frozen=True, kw_only=True):
    """The colours and letters of the screen; what cannot be read (WCAG 1.4.3, 1.4.11) is refused."""

    ground: Annotated[Colour, said("Behind everything")] = "#F6F3EC"
    card: Annotated[Colour, said("Of cards and fields, and of words on the accent")] = "#FFFFFF"
    ink: Annotated[Colour, said("Of text")] = "#1B2A29"
    accent: Annotated[Colour, said("Of the header, titles and main buttons")] = "#17574C"
    highlight: Annotated[Colour, said("Of the marks of life events")] = "#7D4A0C"
    help: Annotated[Colour, said("Behind the button that calls a person")] = "#F8DE9F"
    warning: Annotated[Colour, said("Of what ends a session or needs care")] = "#8E3418"
    font: Annotated[Path | None, said("A TrueType or OpenType file; the shipped letters without it")] = None
    font_bold: Annotated[Path | None, said("The same for titles; without it `font` serves for both")] = None


class ContentSettings(Setting, frozen=True, kw_only=True):
    """What citizens can look up."""

    pack: Annotated[Path, said("The content pack with sheets, questionnaires and search")]


class ScreenSettings(Setting, frozen=True, kw_only=True):
    """The panel, and how long it waits for a citizen."""

    width_px: Annotated[int, msgspec.Meta(ge=480, le=4096), said("Of the panel")] = 1280
    height_px: Annotated[int, msgspec.Meta(ge=480, le=4096), said("Of the panel")] = 800
    dpi: Annotated[
        float,
        msgspec.Meta(ge=60, le=600),
        said("Of the panel: letters and buttons are sized in millimetres"),
    ] = 149.0  # 10.1 inches at 1280x800
    fullscreen: Annotated[bool, said("Without a window's frame")] = True
    idle_warning_s: Annotated[Positive, said("Untouched for so long, the screen asks whether somebody is there")] = 60.0
    # WCAG 2.2.1: the warning leaves at least 20 s to answer it.
    idle_grace_s: Annotated[float, msgspec.Meta(ge=20), said("And so much later it forgets the session")] = 20.0


class PrinterSettings(Setting, frozen=True, kw_only=True):
    """A receipt printer: on the network (`host`), behind a device file (`device`), or behind a CUPS `queue`."""

    host: Annotated[str, said("Name or address of a printer on the network")] = ""
    port: Annotated[Port, said("Raw printing")] = 9100
    device: Annotated[
        Path | None,
        said(
            "Device file of a printer on USB (/dev/usb/lp0, or a stable link) or on a serial port (/dev/serial/by-id/…)"
        ),
    ] = None
    queue: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Za-z0-9_.][A-Za-z0-9_.-]{0,126})?$(?!\n)"
        ),  # `cancel -a -hSERVER` would be an order
        said("A raw CUPS queue, where nothing else reaches it: it cannot say whether a paper came out"),
    ] = ""
    baud: Annotated[
        Annotated[int, msgspec.Meta(ge=1200, le=921600)] | None,
        said("Bits a second: it makes `device` a serial port"),
    ] = None
    paper_mm: Annotated[Literal[58, 80], said("Width of the roll")] = 80
    profile: Annotated[
        Literal[
            "generic",
            "epson-tm-t20",
            "epson-tm-t88",
            "epson-tm-m30",
            "star-mcp",
            "custom-vkp80",
            "bixolon-srp350",
            "generic-58-tear",
            "pictures-only",
        ],
        said("Its model, or `generic`, which asks only what nearly all can"),
    ] = "generic"
    on_fault: Annotated[
        Literal["restart", "continue", "give-up"],
        said("Without paper in the middle: begin again, go on where it stopped, or do without"),
    ] = "restart"


# In a code itself nearly anything may stand; around it scanners are set to send a few signs of ASCII.
Around = Annotated[str, msgspec.Meta(pattern=r"^[\x01-\x7f]{0,16}$(?!\n)")]


class ScannerSettings(Setting, frozen=True, kw_only=True):
    """A code scanner: on a serial line, or typing like a keyboard."""

    port: Annotated[Path | None, said("Its device file: a serial port, or /dev/input/by-id/… with `keyboard`")] = None
    usb: Annotated[
        str,
        msgspec.Meta(pattern=r"^([0-9a-f]{4}:[0-9a-f]{4}(:[^:]{1,64})?)?$(?!\n)"),
        said("Instead: vendor and product on USB (0c2e:0b6a), with its serial number where there are two alike"),
    ] = ""
    keyboard: Annotated[
        Literal["", "fr", "us"], said("It types, as a keyboard of that country; its keys never reach the screen")
    ] = ""
    baud: Annotated[int, msgspec.Meta(ge=1200, le=921600), said("Bits a second on a serial line")] = 9600
    ending: Annotated[
        Literal["line", "stx", "idle"],
        said("What ends a code: the end of a line; STX and ETX around it; nothing but a pause"),
    ] = "line"
    aim: Annotated[bool, said("It is set to send AIM identifiers before each code")] = False
    prefix: Annotated[Around, said("What it is set to send before each code; what comes without it is no code")] = ""
    suffix: Annotated[Around, said("What it is set to send behind each code, before the ending")] = ""
    make: Annotated[
        Literal["other", "honeywell", "zebra", "newland", "datalogic"],
        said("Whose commands it obeys, on a serial line: it is then asked whether it is there, and beeps as codes are"),
    ] = "other"
    triggered: Annotated[
        bool, said("It reads only when it is told (no presentation scanner): it is told as long as the kiosk runs")
    ] = False
    # Longer than most scanners' own pause between two readings (0.5 s), shorter than it takes to scan again.
    same_code_s: Annotated[
        float, msgspec.Meta(ge=0, le=10), said("A code that was read so shortly before is the same paper, still there")
    ] = 0.8


class DocumentScannerSettings(Setting, frozen=True, kw_only=True):
    """A document scanner over SANE."""

    device: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=200),
        said("Its make and model (EPSON DS-310), or its name in SANE, as `scanimage -L` lists it"),
    ]


class PapersSettings(Setting, frozen=True, kw_only=True):
    """What the check of citizens' papers (2D-Doc) believes."""

    certificates: Annotated[
        Path | None,
        said(
            "Issuers' certificates and their authorities': one file, which is pushed, or a folder at the site; "
            "DER, directories and trusted lists, zipped together or one by one; the shipped list without it"
        ),
    ] = None


class BadgeSettings(Setting, frozen=True, kw_only=True):
    """An agent's badge."""

    agent: Annotated[str, msgspec.Meta(min_length=1, max_length=64), said("Whose it is, as the badge itself says")]
    key: Annotated[
        str, said("Its public key: Ed25519 for our applet, P-256 for a PIV card; DER in base64, as in a PEM file")
    ]


class ReaderSettings(Setting, frozen=True, kw_only=True):
    """A card reader over PC/SC, for agents' badges alone: citizens' cards are not read."""

    name: Annotated[str, said("A part of its name, where there are several; all of them without it")] = ""


class BrokerSettings(Setting, frozen=True, kw_only=True):
    """The MQTT broker, and the certificates for mutual TLS (PEM files)."""

    host: Annotated[str, said("Name or address of the MQTT broker")]
    port: Annotated[Port, said("MQTT over TLS")] = 8883
    ca_file: Annotated[Path, said("The authority that signs the broker's certificate")]
    certificate_file: Annotated[Path, said("The device's own certificate")]
    key_file: Annotated[Path, said("The device's own key, which signs its frames too")]
    others: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.:-]+:[0-9]{1,5}$(?!\n)")], ...],
        said("Other doors to the same hub (host:port), tried by turns when one does not open: a cluster's nodes"),
    ] = ()
    mqtt: Annotated[
        Literal["auto", "5", "3.1.1"], said("`auto` begins with 5 and takes 3.1.1 where the broker knows no better")
    ] = "auto"
    reconnect_max_s: Annotated[
        Positive,
        said("The slowest a device looks for a broker that is away: a bus's window of coverage may last a minute"),
    ] = 2.0


class LinkSettings(Setting, frozen=True, kw_only=True):
    """What the way to the broker costs."""

    metered: Annotated[
        Literal["auto", "yes", "no"], said("`auto` asks NetworkManager; where nobody knows, a link is taken as free")
    ] = "auto"
    metered_bytes_per_hour: Annotated[
        int,
        msgspec.Meta(ge=10_000),
        said("2 MB are 20,000 records, the busiest bus's day; what somebody waits for is never held back"),
    ] = 2_000_000
    content_bytes_per_s: Annotated[
        int,
        msgspec.Meta(ge=1_000),
        said("The most that configuration and content take of the link, so that records and others have the rest"),
    ] = 125_000


class HubSettings(Setting, frozen=True, kw_only=True):
    """What the device knows of the hub: two public keys (PEM files)."""

    opening_key_file: Annotated[Path, said("Records are sealed to it")]
    signing_key_file: Annotated[Path, said("The hub's answers are signed by it")]
    root_file: Annotated[
        Path | None, said("Whom to believe about configuration and content (TUF root); without it nothing is pushed")
    ] = None


class OutboxSettings(Setting, frozen=True, kw_only=True):
    """How much may wait on the device."""

    limit_bytes: Annotated[
        int,
        msgspec.Meta(ge=1_000_000),
        said("Beyond it a new promise is refused with a sentence; 64 MB holds some 250,000 records"),
    ] = 64_000_000


class DeviceConfig(Setting, frozen=True, kw_only=True):
    """Everything a device is told."""

    device: DeviceSettings
    content: ContentSettings
    broker: BrokerSettings
    hub: HubSettings
    structure: StructureSettings = StructureSettings()
    # A screen has room for twelve, the most that the national network has had.
    partners: Annotated[tuple[PartnerSettings, ...], msgspec.Meta(max_length=12)] = ()
    # The agents of a place, and those who stand in for them.
    badges: Annotated[tuple[BadgeSettings, ...], msgspec.Meta(max_length=200)] = ()
    theme: ThemeSettings = ThemeSettings()
    screen: ScreenSettings = ScreenSettings()
    outbox: OutboxSettings = OutboxSettings()
    link: LinkSettings = LinkSettings()
    printer: PrinterSettings | None = None
    scanner: ScannerSettings | None = None
    reader: ReaderSettings | None = None
    document_scanner: DocumentScannerSettings | None = None
    papers: PapersSettings = PapersSettings()
    camera: CameraSettings | None = None
    sound: SoundSettings | None = None
    keypad: KeypadSettings | None = None
    lamp: LampSettings | None = None
    power: PowerSettings | None = None
