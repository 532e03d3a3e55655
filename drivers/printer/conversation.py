"""What is said over an open line to one receipt printer. Adapter (time).

Answers to questions carry no number. So one question is open at a time, and a question that got no answer stays open:
a late byte is taken for the answer it is, never for one to the next question.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, Fault
from drivers.printer import status
from drivers.printer.answers import Answer, AnswerReader, Automatic, Cleared, PaperSensor, ProcessEnded, RealTime
from drivers.printer.job import PASSING
from drivers.printer.status import CLEAR_BUFFERS, ONLY_WHEN_ASKED, PAPER_SENSOR, TELL_BY_YOURSELF, Question

if TYPE_CHECKING:
    import threading

    from drivers.interface import Caution
    from drivers.printer.job import Mark
    from drivers.printer.lines import Line
    from drivers.printer.profile import Profile


_NUMBERS = 10_000  # four digits
# A line on which nothing came for so long has nothing left of before.
_QUIET_S = 0.01
# How soon a stopped driver stops waiting.
_LOOK_S = 0.5
# Who is stopped does not wait long for a printer that takes nothing: two seconds are all a driver has.
_PARTING_S = 0.2


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a printer is waited for, and how often it is looked after."""

    # A lost packet is sent again after a second; nobody looks at the leash meanwhile.
    connect_s: float = 1.2
    answer_s: float = 1.0
    # A receipt of two metres on a slow head of 50 mm/s; before the screen gives the paper up (60 s).
    job_s: float = 45.0
    # With the answers, a missing roll is known within two seconds.
    look_s: float = 0.7
    # Longer than a printer takes to print a line that says "void" and to cut it.
    hush_s: float = 1.5


@dataclass(frozen=True, slots=True)
class Report:
    """What a printer says of itself."""

    fault: Fault | None
    caution: Caution | None = None


class Conversation:
    """Questions, data and marks; every method raises OSError when the line is lost, DeviceError for nonsense."""

    def __init__(self, line: Line, profile: Profile, deadlines: Deadlines, stop: threading.Event) -> None:
        self._line = line
        self._profile = profile
        self._deadlines = deadlines
        self._stop = stop
        self._reader = AnswerReader()
        self._open_question: Question | None = None
        self._answers: dict[Question, int] = {}
        self._said_fault: Fault | None = None
        self._marks: deque[tuple[Mark, bytes]] = deque()
        # A printer that kept what it holds over a lost line answers to the numbers of before: ours begin anywhere.
        self._number = secrets.randbelow(_NUMBERS)
        self._abandoned: deque[bytes] = deque(maxlen=8)
        self._clearing = False
        self._owes = False  # answers to marks of before, which have no numbers
        self._heard: deque[Mark] = deque()
        self._drain()
        self.send(TELL_BY_YOURSELF if profile.tells_by_itself else ONLY_WHEN_ASKED, deadlines.answer_s)

    def _drain(self) -> None:
        """Drop what was said before we came: answers to others, or noise, which may go on for a while."""
        deadline_s = time.monotonic() + self._deadlines.answer_s
        while self._line.read(_QUIET_S) and time.monotonic() < deadline_s:
            pass

    def ask(self) -> Report:
        """Return how the printer is; `NOT_ANSWERING` where it does not say all of it in time."""
        deadline_s = time.monotonic() + self._deadlines.answer_s
        self._answers.clear()
        if self._open_question is None:
            self.listen(0)  # an answer that comes unasked would be taken for this question's, and so on for ever
        elif not self._wait_for_answer(deadline_s):
            return Report(Fault.NOT_ANSWERING)
        for question in Question:
            self._open_question = question
            self.send(question.order, deadline_s - time.monotonic())
            if not self._wait_for_answer(deadline_s):
                return Report(Fault.NOT_ANSWERING)
        return Report(status.fault(self._answers), status.caution(self._answers))

    def send(self, data: bytes, wait_s: float) -> None:
        """Send all of `data`.

        Raises:
            DeviceError: the printer takes nothing more, or we were stopped; it may have taken a part.
        """
        deadline_s = time.monotonic() + wait_s
        while data:
            if self._stop.is_set() or time.monotonic() >= deadline_s:
                raise DeviceError(self._said_fault or Fault.NOT_ANSWERING, "the printer takes nothing more")
            data = data[self._line.write(data, min(deadline_s - time.monotonic(), _LOOK_S)) :]
            if data:
                self.listen(0)
            if data and self._said_fault is not None and self._said_fault not in PASSING:
                raise DeviceError(self._said_fault, f"the printer stops in the middle: {self._said_fault.name}")

    def send_marked(self, data: bytes, mark: Mark, wait_s: float) -> None:
        """Send `data` and a mark behind it, which `next_mark` returns once all of it is on paper."""
        self._number = (self._number + 1) % _NUMBERS
        number = b"%04d" % self._number
        order = status.process_mark(number) if self._profile.tells_process else PAPER_SENSOR
        self._marks.append((mark, number))
        self.send(data + order, wait_s)

    def next_mark(self) -> Mark | None:
        """Return the next mark the printer has come to, if it has."""
        return self._heard.popleft() if self._heard else None

    def clear(self) -> None:
        """Have the printer drop what it holds, even while we are stopped.

        Where its model says that it has, it surely has on return, or does not answer; nothing else is sent before, as
        Epson asks for (DLE DC4, fn = 8). Others may not know the order.
        """
        data = CLEAR_BUFFERS
        wait_s = _PARTING_S if self._stop.is_set() else self._deadlines.answer_s
        while data and (taken := self._line.write(data, wait_s)):
            data = data[taken:]
        # The printer may have come to a mark before it was cleared: it says so before it answers what follows.
        self._abandoned.extend(number for _, number in self._marks)
        self._owes = not self._profile.tells_process
        self._marks.clear()
        self._heard.clear()
        if data:
            raise DeviceError(self._said_fault or Fault.NOT_ANSWERING, "the printer takes nothing more")
        if self._profile.clears:
            self._clearing = True
            self._wait_until_cleared()
            if self.ask().fault is not Fault.NOT_ANSWERING:
                self._abandoned.clear()

    def _wait_until_cleared(self) -> None:
        deadline_s = time.monotonic() + self._deadlines.answer_s
        while self._clearing and not self._stop.is_set() and (left_s := deadline_s - time.monotonic()) > 0:
            self.listen(left_s)

    def hush(self) -> None:
        """Wait until the printer has said all that it may still owe to marks of before, and then nothing for a while.

        Marks without numbers come in their order. A printer that was not cleared comes to those of before first, the
        line may have been another then, and nobody knows how many there were: whatever comes now is dropped.
        """
        if self._profile.tells_process:
            return
        deadline_s = time.monotonic() + self._deadlines.job_s
        while not self._stop.is_set() and self.listen(self._deadlines.hush_s) and time.monotonic() < deadline_s:
            pass
        self._owes = False

    def listen(self, wait_s: float) -> bool:
        """Take what the printer says; say whether it said something within `wait_s`."""
        data = self._line.read(wait_s)
        for answer in self._reader.receive(data):
            self._take(answer)
        return bool(data)

    def _wait_for_answer(self, deadline_s: float) -> bool:
        while self._open_question is not None:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or self._stop.is_set():
                return False
            self.listen(min(left_s, _LOOK_S))
        return True

    def _take(self, answer: Answer) -> None:
        match answer:
            case RealTime(byte) if self._open_question is not None:
                self._answers[self._open_question] = byte
                self._open_question = None
            case Automatic(data):
                self._said_fault = status.automatic_fault(data)
            case ProcessEnded(number) if self._marks and self._marks[0][1] == number:
                self._heard.append(self._marks.popleft()[0])
            case ProcessEnded(number) if number in self._abandoned:
                self._abandoned.remove(number)
            case Cleared():
                self._clearing = False
            case PaperSensor() if self._marks and not self._profile.tells_process:
                self._heard.append(self._marks.popleft()[0])
            case PaperSensor() if self._owes:
                pass
            case _:
                raise DeviceError(Fault.NOT_ANSWERING, f"the printer says {answer!r}, which nobody asked")
