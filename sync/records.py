"""What a device reports, as typed values. No I/O.

Every kind of record is declared here and nowhere else. A record never holds what a citizen typed, answered
or scanned: it counts what was done, not who asked. Fields are only ever added, at the end and with a default:
their order is the order of the bytes (`sync.entry`).
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import msgspec

# No database keeps a NUL in a text: a record that has one cannot be ours.
NO_NUL = r"^[^\x00]*$"
Word = Annotated[str, msgspec.Meta(max_length=200, pattern=NO_NUL)]


class Urgency(Enum):
    """Which of a process's two streams a record travels in: what somebody waits for goes before what is counted."""

    URGENT = "urgent"
    ORDINARY = "ordinary"


class ReceiptContent(Enum):
    """What a receipt carried."""

    CHECKLIST = "checklist"
    SHEET = "sheet"


class ReceiptRequested(msgspec.Struct, frozen=True, array_like=True, tag="receipt_requested"):
    """A citizen asked for a sheet, or for the checklist of their case, on paper."""

    sheet: Word
    content: ReceiptContent


class Channel(Enum):
    """Where an assistance took place."""

    ON_SITE = "on_site"
    TELEPHONE = "telephone"
    VIDEO_CALL = "video_call"
    HOME = "home"
    BUS = "bus"


class Nature(Enum):
    """What kind of help an assistance was."""

    INFORMATION = "information"
    DIGITAL_HELP = "digital_help"
    REFERRAL = "referral"
    PAPERS = "papers"
    REDIRECTION = "redirection"


class Outcome(Enum):
    """How an assistance ended."""

    SOLVED = "solved"
    TO_FOLLOW = "to_follow"
    REDIRECTED = "redirected"


class AgeBand(Enum):
    """Age, never nearer than this (bands of the conseillers numériques' activity reports)."""

    UNKNOWN = "unknown"
    UNDER_12 = "under_12"
    FROM_12 = "12_17"
    FROM_18 = "18_34"
    FROM_35 = "35_59"
    FROM_60 = "60_and_over"


class Status(Enum):
    """Occupation, never nearer than this."""

    UNKNOWN = "unknown"
    STUDENT = "student"
    UNEMPLOYED = "unemployed"
    EMPLOYED = "employed"
    RETIRED = "retired"


class AssistanceRecorded(msgspec.Struct, frozen=True, array_like=True, tag="assistance_recorded"):
    """An agent helped a citizen: what about and how, without a name."""

    place: Word
    partners: tuple[Word, ...]
    theme: Word
    channel: Channel
    nature: Nature
    outcome: Outcome
    # The band's upper end in minutes: 30, 60, 120; 0 is longer.
    duration_band_min: int
    age: AgeBand
    status: Status
    first_time: bool


class AgentCalled(msgspec.Struct, frozen=True, array_like=True, tag="agent_called"):
    """A citizen asked for a person, from the sheet they were reading or from none."""

    sheet: Word | None = None


Record = ReceiptRequested | AssistanceRecorded | AgentCalled


def urgency(record: Record) -> Urgency:
    """Return how soon the hub should have `record`."""
    match record:
        case AgentCalled():
            return Urgency.URGENT
        case ReceiptRequested() | AssistanceRecorded():
            return Urgency.ORDINARY


def kind(record: Record) -> str:
    """Return the name of the record's kind, as tables and reports have it."""
    return str(record.__struct_config__.tag)


def fields(record: Record) -> dict[str, Any]:
    """Return the record's fields as plain values, by name."""
    return {name: msgspec.to_builtins(getattr(record, name)) for name in record.__struct_fields__}
