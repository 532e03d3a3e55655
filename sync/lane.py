"""Lanes: one writing role and one urgency each, in which streams follow each other strictly. No I/O."""

from __future__ import annotations

from sync.records import Urgency


def name(role: str, urgency: Urgency) -> str:
    """Return the lane's name, as openings and the outbox have it: "kiosk.urgent"."""
    return f"{role}.{urgency.value}"


def is_urgent(lane: str) -> bool:
    """Return whether the streams of `lane` go before others."""
    return lane.endswith(f".{Urgency.URGENT.value}")
