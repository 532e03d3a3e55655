"""What a printer says is taken for the answer it is, however late, and after a clearing too."""

from __future__ import annotations

import threading

import pytest

from drivers.interface import DeviceError, Fault
from drivers.printer.conversation import Conversation, Deadlines, Report
from drivers.printer.job import Mark
from drivers.printer.profile import PROFILES
from drivers.printer.status import CLEAR_BUFFERS

GENERIC, EPSON = PROFILES["generic"], PROFILES["epson-tm-t20"]
GOOD = b"\x12"
CLEARED = b"\x37\x25\0"


def process(number):
    return b"\x37\x22" + number + b"\0"


class Said:
    """A line whose printer answers questions well, and says beside that what a test has it say."""

    def __init__(self):
        self.waiting = b""
        self.sent = b""
        self.mute = False

    def write(self, data, _wait_s):
        self.sent += data
        if data.startswith(b"\x10\x04") and not self.mute:
            self.waiting += GOOD
        if data == CLEAR_BUFFERS and not self.mute:
            self.waiting += CLEARED
        return len(data)

    def read(self, _wait_s):
        data, self.waiting = self.waiting, b""
        return data

    def close(self):
        pass

    @property
    def number(self):
        """Return the number that was asked for last."""
        return self.sent.rpartition(b"\x1d(H\x06\x0000")[2][:4]


@pytest.fixture
def line():
    return Said()


def talk(line, profile):
    return Conversation(line, profile, Deadlines(answer_s=0.05, hush_s=0.02), threading.Event())


def test_a_mark_that_comes_with_the_clearing_is_nobodys_and_stops_nothing(line):
    said = talk(line, EPSON)
    said.send_marked(b"body", Mark.BODY, 1)
    line.waiting = process(line.number)  # the printer had come to the mark when it was told to clear
    said.clear()
    assert (said.next_mark(), said.ask()) == (None, Report(None))


@pytest.mark.parametrize("profile", [GENERIC, EPSON], ids=lambda profile: profile.name)
def test_a_mark_that_was_cleared_away_does_not_swallow_the_next(line, profile):
    said = talk(line, profile)
    said.send_marked(b"body", Mark.BODY, 1)
    said.clear()
    said.send_marked(b"cut", Mark.CUT, 1)
    line.waiting = process(line.number) if profile.tells_process else b"\0"
    said.listen(0)
    assert said.next_mark() is Mark.CUT


def test_the_number_of_another_mark_is_nonsense(line):
    said = talk(line, EPSON)
    said.send_marked(b"cut", Mark.CUT, 1)
    line.waiting = process(b"%04d" % ((int(line.number) + 6) % 10_000))
    with pytest.raises(DeviceError, match="nobody asked"):
        said.listen(0)


def test_a_late_answer_is_taken_for_its_own_question_and_not_for_the_next(line):
    said = talk(line, GENERIC)
    line.mute = True
    assert said.ask() == Report(Fault.NOT_ANSWERING)
    line.mute, line.waiting = False, b"\x12"  # of the first question, late
    assert said.ask() == Report(None)
    assert line.sent.count(b"\x10\x04\x01") == 2


def test_what_was_said_before_we_came_is_nobodys(line):
    line.waiting = b"\xff" * 500
    assert talk(line, GENERIC).ask() == Report(None)


def test_clearing_is_the_order_of_the_manual(line):
    said = talk(line, GENERIC)
    said.clear()
    assert CLEAR_BUFFERS in line.sent


def test_an_answer_that_comes_unasked_is_not_taken_for_the_next_questions(line):
    said = talk(line, GENERIC)
    line.waiting = GOOD  # of a conversation before this one, late: all others would be shifted by one for ever
    with pytest.raises(DeviceError, match="nobody asked"):
        said.ask()


def test_nothing_is_sent_behind_a_clearing_before_the_printer_says_that_it_has_cleared(line):
    said = talk(line, EPSON)
    line.mute = True
    sent_before = len(line.sent)
    line.read = lambda _wait_s: (order := line.sent[sent_before:]) and line.heard(order)
    line.heard = lambda order: CLEARED if order == CLEAR_BUFFERS else GOOD
    said.clear()
    assert line.sent[sent_before:].startswith(CLEAR_BUFFERS + b"\x10\x04\x01")


def test_a_printer_that_is_stopped_in_the_middle_is_still_told_to_clear(line):
    stop = threading.Event()
    said = Conversation(line, GENERIC, Deadlines(answer_s=0.05, hush_s=0.02), stop)
    said.send_marked(b"body", Mark.BODY, 1)
    stop.set()
    said.clear()
    assert line.sent.endswith(CLEAR_BUFFERS)


def test_two_conversations_do_not_number_their_marks_alike(line):
    def first_number():
        talk(line, EPSON).send_marked(b"body", Mark.BODY, 1)
        return line.number

    assert len({first_number() for _ in range(20)}) > 1


def test_marks_of_before_without_numbers_are_told_from_ours_by_silence(line):
    said = talk(line, GENERIC)
    said.clear()
    said.send_marked(b"void", Mark.CUT, 1)
    line.waiting = b"\0\0\0"  # two that a printer which does not know the clearing still owed, and ours
    said.listen(0)
    assert said.next_mark() is Mark.CUT
    line.waiting = b"\0"
    said.hush()
    assert said.ask() == Report(None)
