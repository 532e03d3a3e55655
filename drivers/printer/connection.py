"""The TCP connection to one receipt printer, and what is asked over it. Adapter (socket).

Answers carry no number. So one question is open at a time, and a question that got no answer stays open: a late
byte is taken for the answer it is, never for one to the next question.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from drivers.interface import DeviceError, Fault
from drivers.printer import status
from drivers.printer.status import CLEAR_BUFFERS, END_OF_JOB, ONLY_WHEN_ASKED, Question

if TYPE_CHECKING:
    import threading


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a printer is waited for, and how often it is looked after."""

    connect_s: float = 2.0
    answer_s: float = 1.5
    # A receipt of two metres on a slow head of 50 mm/s; before the screen gives the paper up (60 s).
    job_s: float = 45.0
    # A missing roll is known before the next citizen wants paper; 1 s keeps `stop` short, too.
    look_s: float = 1.0


class PrinterConnection:
    """A printer's open port; every method raises OSError when it is lost, DeviceError when it makes no sense."""

    def __init__(self, connection: socket.socket, deadlines: Deadlines) -> None:
        self._socket = connection
        self._deadlines = deadlines
        self._open_question: Question | None = None
        self._answers: dict[Question, int] = {}
        self._ended = False

    @classmethod
    def open(cls, host: str, port: int, deadlines: Deadlines) -> Self:
        """Connect."""
        connection = cls(socket.create_connection((host, port), timeout=deadlines.connect_s), deadlines)
        connection._send(ONLY_WHEN_ASKED, time.monotonic() + deadlines.answer_s)
        return connection

    def close(self) -> None:
        """Let the printer go."""
        self._socket.close()

    def ask(self) -> Fault | None:
        """Return what is wrong with the printer, or None where it says itself that nothing is."""
        deadline_s = time.monotonic() + self._deadlines.answer_s
        self._answers.clear()
        if self._open_question is not None and not self._wait_for_answer(deadline_s):
            return Fault.NOT_ANSWERING
        for question in Question:
            self._open_question = question
            self._send(question.order, deadline_s)
            if not self._wait_for_answer(deadline_s):
                return Fault.NOT_ANSWERING
        return status.fault(self._answers)

    def print(self, data: bytes, stop: threading.Event) -> None:
        """Send a job and wait until all of it is on paper.

        Raises:
            DeviceError: it is not, or not surely. The printer was told to drop what it still had: nothing comes later.
        """
        self._ended = False
        deadline_s = time.monotonic() + self._deadlines.job_s
        self._send(data + END_OF_JOB, deadline_s)
        fault = self._wait_for_end(deadline_s, stop)
        if fault is not None:
            self._send(CLEAR_BUFFERS, time.monotonic() + self._deadlines.answer_s)
            self.ask()  # its answers come after the clearing: from here on nothing of the job can come out
            raise DeviceError(fault, f"the job was not printed to its end: {fault.name}")

    def _wait_for_end(self, deadline_s: float, stop: threading.Event) -> Fault | None:
        while not self._ended:
            if time.monotonic() >= deadline_s or stop.is_set():
                return Fault.NOT_ANSWERING
            # A busy printer may answer late: only what it says for sure ends the job before its deadline.
            fault = self.ask()
            if self._ended:
                return None
            if fault not in {None, Fault.NOT_ANSWERING}:
                return fault
            self._receive(min(deadline_s, time.monotonic() + self._deadlines.answer_s / 5))
        return None

    def _wait_for_answer(self, deadline_s: float) -> bool:
        while self._open_question is not None:
            if not self._receive(deadline_s):
                return False
        return True

    def _receive(self, deadline_s: float) -> bool:
        """Take what the printer says; say whether it said something before the deadline."""
        self._socket.settimeout(max(deadline_s - time.monotonic(), 0.001))
        try:
            data = self._socket.recv(64)
        except TimeoutError:
            return False
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        for byte in data:
            self._take(byte)
        return True

    def _take(self, byte: int) -> None:
        if status.is_end_of_job(byte):
            self._ended = True
        elif self._open_question is not None:
            self._answers[self._open_question] = byte
            self._open_question = None
        else:
            raise DeviceError(Fault.NOT_ANSWERING, f"the printer says {byte:#04x}, which nobody asked")

    def _send(self, data: bytes, deadline_s: float) -> None:
        self._socket.settimeout(max(deadline_s - time.monotonic(), 0.001))
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise DeviceError(Fault.NOT_ANSWERING, "the printer takes nothing more") from error
