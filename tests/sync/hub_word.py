"""The hub's word to an outbox, as a test gives it."""

from __future__ import annotations


def told(outbox, stream, tip, epoch=1):
    """Tell `outbox` that the hub has `stream` up to `tip`; return what that came to."""
    [verdict] = outbox.settle(epoch, {stream: tip})
    return verdict.outcome
