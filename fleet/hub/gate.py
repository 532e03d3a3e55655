"""Who is listened to: each message is taken in, refused (and parked), or passed over in silence.

Silence loses nothing: what is not answered the device keeps and sends again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from fleet.hub.allowance import Allowance, Bucket
from sync.frame import Birth, Frame, decode_birth, decode_frame
from sync.rejected import Reason, Rejected
from sync.topics import StateTopic, UpTopic, parse

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from fleet.hub.registry import Enrolled, Registry
    from fleet.settings import Limits
    from sync.link import Heard

log = structlog.get_logger()
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that cannot be used, and why."""

    reason: str


def device_of(topic: str) -> str:
    """Return the device under whose name a message came; empty where the topic is none of ours."""
    parsed = parse(topic)
    return parsed.device if parsed else ""


_Verdict = Frame | Birth | Refused | None


class Gate:
    """Checks messages against the registry and the limits (None: without limits); for one thread."""

    def __init__(self, registry: Registry, limits: Limits | None) -> None:
        self._registry = registry
        self._limits = limits
        self._allowances: dict[str, Allowance] = {}
        # Devices which were refused too often since the caller last looked.
        self.unruly: set[str] = set()

    def admit(self, connection: Connection, message: Heard, now_s: float) -> _Verdict:
        """Return what `message` says if it may go in; None where it is passed over."""
        match parse(message.topic):
            case UpTopic(device) | StateTopic(device) as topic if message.payload:
                entry = self._registry.find(connection, device)
                if entry is None:
                    return Refused(str(Rejected(Reason.UNKNOWN_DEVICE, repr(device))))
                if entry.quarantined_s is not None:
                    return None
                if entry.revoked_s is not None:
                    return Refused("from a device whose certificate was called in")
                return self._admit(entry, topic, message.payload, now_s)
            case _:
                log.warning("message on a topic nobody reads", topic=message.topic)
                return None

    def refuse(self, device: str, now_s: float) -> None:
        """Note that a message of `device` was refused; too many, and it is `unruly`."""
        if (allowance := self._allowance(device)) is None:
            return
        if allowance.refusals.holds(1, now_s):
            allowance.refusals.take(1)
        else:
            self.unruly.add(device)

    def _admit(self, entry: Enrolled, topic: UpTopic | StateTopic, payload: bytes, now_s: float) -> _Verdict:
        allowance = self._allowance(entry.name)
        if allowance and not allowance.payload_bytes.holds(len(payload), now_s):
            _pass_over(entry.name, allowance)
            return None
        decode = decode_frame if isinstance(topic, UpTopic) else decode_birth
        said = decode(payload, entry.name, entry.public_key)
        if isinstance(said, Rejected):
            self.refuse(entry.name, now_s)
            return Refused(str(said))
        if allowance:
            count = len(said.sealed) if isinstance(said, Frame) else 0
            if not allowance.rows.holds(count, now_s):
                _pass_over(entry.name, allowance)
                return None
            allowance.rows.take(count)
            allowance.payload_bytes.take(len(payload))
            if allowance.exceeded:
                log.info("within the limit again", device=entry.name, passed_over=allowance.exceeded)
                allowance.exceeded = 0
        return said

    def _allowance(self, device: str) -> Allowance | None:
        if self._limits is None:
            return None
        if device not in self._allowances:
            limits = self._limits
            self._allowances[device] = Allowance(
                rows=Bucket(limits.rows_per_s, limits.rows_burst),
                payload_bytes=Bucket(limits.bytes_per_s, limits.bytes_burst),
                refusals=Bucket(limits.refused_per_hour / _HOUR_S, limits.refused_per_hour),
            )
        return self._allowances[device]


def _pass_over(device: str, allowance: Allowance) -> None:
    if not allowance.exceeded:
        log.warning("over the limit: neither stored nor answered, the device sends again", device=device)
    allowance.exceeded += 1
