"""A paper, from the touch to the cutter. No I/O.

    PrintTouched ─► RECORDING ─► Recorded, NotRecorded or too long ─► SENT ─► PRINTED, FAILED or UNKNOWN
                                                                       ▲                    │
                                                                       └─── PrintTouched ───┘

One paper is recorded once, however often it is tried; tried again after UNKNOWN it is a copy, and says so. A record
that was refused does not stop the paper: a checklist informs, it promises nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.interface import Fault
from kiosk.journeys.effects import Effect, PrintReceipt, Record
from kiosk.journeys.job import ChecklistPaper, Job, Phase, SheetPaper
from kiosk.journeys.places import Listing, Printing, Reading
from kiosk.journeys.state import Saying, State, go, leave, say
from sync.records import ReceiptContent, ReceiptRequested

if TYPE_CHECKING:
    from kiosk.journeys.job import Paper

# A disk that does not answer must not keep an informational paper back.
RECORD_PATIENCE_S = 10.0
# The longest receipt takes under 20 s on a slow head; beyond this the printer has forgotten us.
PRINT_PATIENCE_S = 60.0


def touch_print(state: State) -> tuple[State, list[Effect]]:
    """Return the state with a paper on its way; while one is, nothing."""
    if state.job is not None and state.job.busy:
        return state, []
    match state.place:
        case Printing() if state.job is not None and state.job.phase in {Phase.FAILED, Phase.UNKNOWN}:
            copy = state.job.copy or state.job.phase is Phase.UNKNOWN
            job = replace(state.job, id=state.jobs + 1, copy=copy)
            return send(replace(state, job=job, jobs=state.jobs + 1))
        case Listing(sheet=sheet, answers=answers):
            return _start(state, ChecklistPaper(sheet, answers), ReceiptContent.CHECKLIST)
        case Reading(sheet=sheet, section=section, chosen=chosen):
            return _start(state, SheetPaper(sheet, section, chosen), ReceiptContent.SHEET)
        case _:
            return state, []


def _start(state: State, paper: Paper, content: ReceiptContent) -> tuple[State, list[Effect]]:
    number = state.jobs + 1
    job = Job(number, paper, Phase.RECORDING, since_s=state.now_s)
    state = replace(go(state, Printing()), job=job, jobs=number)
    return state, [Record(number, ReceiptRequested(paper.sheet.id, content))]


def recorded(state: State, number: int) -> tuple[State, list[Effect]]:
    """Return the state with the paper sent, once its record was written or refused."""
    if state.job is None or state.job.id != number or state.job.phase is not Phase.RECORDING:
        return state, []
    return send(state)


def send(state: State) -> tuple[State, list[Effect]]:
    """Return the state with the paper given to the printer."""
    if state.job is None:
        return state, []
    job = replace(state.job, phase=Phase.SENT, since_s=state.now_s, fault=None)
    return replace(state, job=job), [PrintReceipt(job.id, job.paper, job.copy)]


def printed(state: State, number: int) -> State:
    """Return the state with the paper out; it is told wherever the citizen has gone meanwhile."""
    if state.job is None or state.job.id != number:
        return state
    return _ended(state, replace(state.job, phase=Phase.PRINTED, fault=None), Saying.PAPER_OUT)


def not_printed(state: State, number: int, fault: Fault | None) -> State:
    """Return the state with the paper given up."""
    if state.job is None or state.job.id != number or not state.job.busy:
        return state
    return _ended(state, replace(state.job, phase=Phase.FAILED, fault=fault), Saying.PAPER_FAILED)


def print_unknown(state: State, number: int, fault: Fault) -> State:
    """Return the state with a paper of which nobody knows whether it is out."""
    if state.job is None or state.job.id != number or not state.job.busy:
        return state
    return _ended(state, replace(state.job, phase=Phase.UNKNOWN, fault=fault), Saying.PAPER_UNKNOWN)


def _ended(state: State, job: Job, saying: Saying) -> State:
    state = replace(state, job=job, quiet_since_s=state.now_s)
    if isinstance(state.place, Printing):
        return state
    return say(leave(state), saying) if state.used else leave(state)


def watch(state: State) -> tuple[State, list[Effect]]:
    """Return the state after some time went by: nothing is waited for without end."""
    job = state.job
    if job is None:
        return state, []
    waited_s = state.now_s - job.since_s
    if job.phase is Phase.RECORDING and waited_s >= RECORD_PATIENCE_S:
        return send(state)
    if job.phase is Phase.SENT and waited_s >= PRINT_PATIENCE_S:
        return print_unknown(state, job.id, Fault.HANGING), []  # whoever keeps silent may have printed
    return state, []
