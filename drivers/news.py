"""What devices tell, beside whether they serve. No I/O.

News is a value in the past tense. It carries what happened, in the citizen's words nowhere: the front end owns those.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from drivers.interface import DeviceDown, DeviceUp

if TYPE_CHECKING:
    from drivers.interface import DeviceName, Fault


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer says that the whole paper of this job is out, and cut."""

    device: DeviceName
    job_id: int


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """The whole paper of this job is surely not out, and will not come by itself later."""

    device: DeviceName
    job_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """Nobody can say whether the paper of this job is out: the printer was lost at its very end. It comes no more."""

    device: DeviceName
    job_id: int
    fault: Fault


class Symbology(Enum):
    """The kinds of code that matter to us; a scanner names them by AIM identifiers (ISO/IEC 15424)."""

    UNKNOWN = auto()
    """The scanner does not say."""
    QR = auto()
    DATA_MATRIX = auto()
    GS1_DATA_MATRIX = auto()
    GS1_QR = auto()
    AZTEC = auto()
    PDF417 = auto()
    CODE_128 = auto()
    GS1_128 = auto()
    GS1_DATABAR = auto()
    CODE_39 = auto()
    EAN = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was held before the scanner. A code may be binary: these are its bytes."""

    device: DeviceName
    code: bytes
    symbology: Symbology = Symbology.UNKNOWN


class CardFault(Enum):
    """Why a card says nothing that can be used."""

    MUTE = auto()
    """It was put in and never answered: upside down, worn, or no card."""
    TORN_OUT = auto()
    """It was taken away in the middle."""
    TALKS_NONSENSE = auto()
    NOT_A_BADGE = auto()
    NOT_ENROLLED = auto()
    WRONG_SIGNATURE = auto()
    PIN_WRONG = auto()
    PIN_BLOCKED = auto()


@dataclass(frozen=True, slots=True)
class BadgeShown:
    """An agent's badge, proven."""

    device: DeviceName
    agent: str


@dataclass(frozen=True, slots=True)
class PinAsked:
    """An agent's badge that wants its PIN first; `tries_left` is None where it does not say.

    The PIN that is entered says which question it answers: no other badge is shown it.
    """

    device: DeviceName
    tries_left: int | None
    question_id: int


@dataclass(frozen=True, slots=True)
class CardRefused:
    """A card that may be a badge, and is not believed."""

    device: DeviceName
    fault: CardFault


@dataclass(frozen=True, slots=True)
class CitizenCardShown:
    """A citizen's card: nothing was read from it but what the reader reads by itself."""

    device: DeviceName


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card was taken away."""

    device: DeviceName


class Key(Enum):
    """The four keys of the pad; whoever cannot touch the screen does everything with them."""

    PREVIOUS = auto()
    NEXT = auto()
    CHOOSE = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key went down."""

    device: DeviceName
    key: Key


@dataclass(frozen=True, slots=True)
class KeyHeld:
    """A key has been down for longer than a press takes; told once, between its press and its release."""

    device: DeviceName
    key: Key


@dataclass(frozen=True, slots=True)
class KeyReleased:
    """A key came up, or its pad was lost while it was down."""

    device: DeviceName
    key: Key


class PowerSource(Enum):
    """What the device lives on; what is not known is not told."""

    EXTERNAL = auto()
    """The mains, or a bus whose ignition is on."""
    BATTERY = auto()
    """A battery: the mains failed, or the bus is parked."""
    BATTERY_LOW = auto()
    """A battery which is nearly empty: minutes are left."""


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """The device lives on another source now; the first one known is told, too."""

    device: DeviceName
    source: PowerSource


class Jack(Enum):
    """What is in the headphone socket."""

    UNKNOWN = auto()
    EMPTY = auto()
    HEADPHONES = auto()


@dataclass(frozen=True, slots=True)
class JackChanged:
    """Headphones were plugged in or out; the first state known is told, too."""

    device: DeviceName
    jack: Jack


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance was heard to its end."""

    device: DeviceName
    utterance_id: int


class Unsaid(Enum):
    """Why an utterance was not heard to its end."""

    REPLACED = auto()
    """A newer one of its kind came."""
    INTERRUPTED = auto()
    """A call went before it."""
    ENDED = auto()
    """Its session ended."""
    NO_HEADPHONES = auto()
    """It holds personal data, and others would have heard it."""
    NO_SPEECH = auto()
    """Speech synthesis is not installed, or failed on it."""
    NO_SOUND = auto()
    """The output does not serve."""


@dataclass(frozen=True, slots=True)
class NotSaid:
    """An utterance was not heard, or not to its end; it does not come by itself later."""

    device: DeviceName
    utterance_id: int
    why: Unsaid


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far the page under the scanner's lamp is, in per cent."""

    device: DeviceName
    job_id: int
    percent: int


@dataclass(frozen=True, slots=True)
class PageScanned:
    """A page is in the session's folder."""

    device: DeviceName
    job_id: int
    page: int


@dataclass(frozen=True, slots=True)
class ScanEnded:
    """A job is over, as it should be or because it was cancelled; `pages` were kept."""

    device: DeviceName
    job_id: int
    pages: int


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """A job ended before its time; the pages that were told of are kept."""

    device: DeviceName
    job_id: int
    fault: Fault


DeviceEvent: TypeAlias = (
    DeviceUp
    | DeviceDown
    | Printed
    | NotPrinted
    | PrintUnknown
    | Scanned
    | BadgeShown
    | PinAsked
    | CardRefused
    | CitizenCardShown
    | CardTaken
    | KeyPressed
    | KeyHeld
    | KeyReleased
    | PowerChanged
    | JackChanged
    | Said
    | NotSaid
    | ScanProgress
    | PageScanned
    | ScanEnded
    | ScanFailed
)
