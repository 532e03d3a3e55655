"""What the lamp says from afar, as a function of the state. No I/O.

The first that is true: somebody asks for a person; something must be looked after; paper is out to be taken; somebody
is at it; it is ready. Whoever asks goes before what is broken, for a person waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import Fault
from drivers.lamp.pattern import Signal
from kiosk.journeys.job import Phase
from kiosk.journeys.places import Helping
from kiosk.journeys.state import busy

if TYPE_CHECKING:
    from kiosk.journeys.state import State


def signal(state: State) -> Signal:
    """Return what the lamp shows."""
    if isinstance(state.place, Helping):
        return Signal.HELP
    if state.pack_fault is not None or any(fault is not Fault.STARTING for _, fault in state.faults):
        return Signal.FAULT
    if state.job is not None and state.job.phase is Phase.PRINTED:
        return Signal.WAITING
    if busy(state):
        return Signal.BUSY
    return Signal.OFF if state.front_page is None else Signal.READY
