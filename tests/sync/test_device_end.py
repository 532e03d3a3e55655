"""The device's end: when it speaks, when it waits, and when it looks for another door."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.budget import Budget
from sync.chain import Row, Tip, start
from sync.configuration import Configuration
from sync.delivery import DeviceEnd, Reported, Ticked, Woken
from sync.frame import MAX_RANGES, Reach, Stored, decode_birth, decode_frame, encode_stored
from sync.framing import Identity
from sync.link import Heard, LinkDown, LinkUp
from sync.outbox import Batch, Outbox, OutboxError, OutboxFault
from sync.outbox.tables import delete_rows, note_lost, save_stream, stream_named
from sync.pace import Pace
from tests.sync.hub_word import told

DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
IDENTITY = Identity("kiosk-1", DEVICE_KEY, HUB_KEY.public_key())
ORDINARY, URGENT = bytes(16), bytes([1]) * 16
HOUR_S = 3_600


@dataclass
class Wire:
    """A link that is up, and keeps what is sent."""

    said: list = field(default_factory=list)
    frames: list = field(default_factory=list)
    renewed: int = 0

    def publish(self, topic, payload, *, retain=False):
        del retain
        if topic.endswith("/state"):
            self.said.append(decode_birth(payload, "kiosk-1", DEVICE_KEY.public_key()))
        else:
            self.frames.append(decode_frame(payload, "kiosk-1", DEVICE_KEY.public_key()))
        return True

    @property
    def births(self):
        return len(self.said)

    def renew(self):
        self.renewed += 1


@pytest.fixture
def outbox(tmp_path):
    box = Outbox.open(tmp_path / "outbox.db", "kiosk-1")
    yield box
    box.close()


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def device(outbox, wire):
    return DeviceEnd(IDENTITY, outbox, wire, 10_000_000, Pace(), Budget())


def queue(outbox, stream, count, lane):
    rows = [Row(seq, seq, b"sealed") for seq in range(1, count + 1)]
    outbox.append([Batch(stream, lane, rows)], 10_000_000)


def answer(*, retained=False, session=b"session1", epoch=1, through=None):
    through = {stream: (tip.seq, tip.chain) for stream, tip in (through or {}).items()}
    stored = Stored(1, epoch, session, "kiosk-1", through)
    return Heard("guichet/v1/kiosk-1/stored", encode_stored(stored, HUB_KEY), retained)


def test_no_frame_goes_to_a_hub_that_has_not_answered(outbox, device, wire):
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    device.handle(LinkUp(), 0)
    assert (wire.births, wire.frames) == (1, [])
    device.handle(answer(), 0.1)
    assert [len(frame.sealed) for frame in wire.frames] == [3]


def test_an_old_answer_that_the_broker_kept_is_no_sign_of_a_hub(outbox, device, wire):
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    device.handle(LinkUp(), 0)
    device.handle(answer(retained=True), 0.1)
    assert wire.frames == []


def test_a_hub_that_is_silent_is_asked_ever_more_rarely_and_then_by_another_door(outbox, device, wire):
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    device.handle(LinkUp(), 0)
    asked_s = []
    while wire.renewed == 0:
        asked_s.append(device.next_deadline_s(0))
        device.handle(Ticked(), asked_s[-1])
    assert (asked_s, wire.births) == ([5, 15, 35], 3)


def test_while_births_stay_unanswered_one_frame_at_a_time_asks_another_ingest_process(outbox, device, wire):
    queue(outbox, ORDINARY, 300, "kiosk.ordinary")
    device.handle(LinkUp(), 0)
    device.handle(Ticked(), 5)
    assert [frame.first_seq for frame in wire.frames] == [1]
    last = wire.frames[0].rows[-1].seq
    tip = start("kiosk-1", ORDINARY)
    for row in outbox.rows(ORDINARY, 1, last):
        tip = tip.after(row)
    device.handle(answer(through={ORDINARY: tip}), 5.1)
    assert wire.frames[1].first_seq == last + 1


def test_what_somebody_waits_for_overtakes_what_was_queued_before(outbox, device, wire):
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    queue(outbox, URGENT, 1, "kiosk.urgent")
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    assert [frame.stream for frame in wire.frames] == [URGENT, ORDINARY]


def test_a_spent_budget_holds_back_all_but_what_somebody_waits_for(outbox, wire):
    budget = Budget(10_000)
    budget.sent(10_000, now_s=0)
    device = DeviceEnd(IDENTITY, outbox, wire, 10_000_000, Pace(), budget)
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    queue(outbox, URGENT, 1, "kiosk.urgent")
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    assert [frame.stream for frame in wire.frames] == [URGENT]
    device.handle(answer(through={URGENT: outbox.stream(URGENT).last}), 0.2)
    due_s = device.next_deadline_s(0.2)
    device.handle(Ticked(), due_s + 0.001)
    assert [frame.stream for frame in wire.frames] == [URGENT, ORDINARY]


def test_another_ingest_process_that_came_back_is_sent_what_was_in_flight(outbox, device, wire):
    queue(outbox, ORDINARY, 3, "kiosk.ordinary")
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    device.handle(answer(session=b"session2"), 0.2)
    assert [frame.first_seq for frame in wire.frames] == [1, 1]
    assert wire.births == 2


def test_frames_grow_while_answers_are_prompt(outbox, device, wire):
    rows = [Row(seq, seq, bytes(100)) for seq in range(1, 3_001)]
    outbox.append([Batch(ORDINARY, "kiosk.ordinary", rows)], 10_000_000)
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0)
    tips = [start("kiosk-1", ORDINARY)]
    for row in rows:
        tips.append(tips[-1].after(row))
    while tips[-1] != outbox.stream(ORDINARY).stored:
        last = max(frame.rows[-1].seq for frame in wire.frames)
        device.handle(answer(through={ORDINARY: tips[last]}), 0.1)
    sizes = [len(frame.sealed) for frame in wire.frames]
    assert sizes[0] < 40
    assert max(sizes) > 300


def test_what_is_queued_while_the_hub_listens_goes_at_once(outbox, device, wire):
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0)
    queue(outbox, ORDINARY, 1, "kiosk.ordinary")
    device.handle(Woken(), 60)
    assert len(wire.frames) == 1


def confirmed(outbox, *streams):
    """Queue three rows in each of `streams`, and let the hub have proved them."""
    for stream in streams:
        queue(outbox, stream, 3, "kiosk.ordinary")
        outbox.settle(1, {stream: outbox.stream(stream).last})


def test_after_a_later_epoch_the_hub_is_asked_about_every_stream_until_it_has_spoken_of_it(outbox, device, wire):
    one, two = bytes([3]) * 16, bytes([4]) * 16
    confirmed(outbox, one, two)
    device.handle(LinkUp(), 0)
    device.handle(answer(epoch=2, through={one: outbox.stream(one).last}), 0.1)
    device.handle(Ticked(), device.next_deadline_s(0.1))
    assert (wire.births, wire.said[-1].epoch, wire.said[-1].reaches[two]) == (2, 2, Reach(3, 0))
    device.handle(answer(epoch=2, through={two: start("kiosk-1", two)}), 5.2)
    assert [(frame.stream, frame.first_seq, len(frame.sealed)) for frame in wire.frames] == [(two, 1, 3)]
    device.handle(answer(epoch=2, through={two: outbox.stream(two).last}), 5.3)
    device.handle(Ticked(), 500)
    assert wire.births == 3
    assert device.next_deadline_s(500) >= 8 * HOUR_S


def test_who_is_not_told_about_a_stream_asks_ever_more_rarely(outbox, device):
    confirmed(outbox, ORDINARY)
    device.handle(LinkUp(), 0)
    now_s, asked_s = 0.1, []
    device.handle(answer(epoch=2), now_s)
    while len(asked_s) < 6:
        now_s = device.next_deadline_s(now_s)
        device.handle(Ticked(), now_s)
        device.handle(answer(epoch=2), now_s)
        asked_s.append(round(now_s))
    assert asked_s == [5, 10, 20, 40, 80, 140]


def test_who_is_told_about_some_streams_asks_about_the_others_soon(outbox, device, wire):
    for number in range(1_200):
        confirmed(outbox, number.to_bytes(16, "big"))
    reached = {stream.stream: stream.last for stream in outbox.streams()}
    device.handle(LinkUp(), 0)
    device.handle(answer(epoch=2), 0.1)
    now_s = 0.1
    while outbox.has_unasked():
        now_s = device.next_deadline_s(now_s)
        device.handle(Ticked(), now_s)
        device.handle(answer(epoch=2, through={each: reached[each] for each in wire.said[-1].reaches}), now_s)
    assert (wire.births, round(now_s)) == (4, 15)


@pytest.mark.parametrize("call", ["unsent_streams", "lost"])
def test_an_outbox_that_is_held_when_the_link_comes_lets_no_link_pass_unused(outbox, device, wire, monkeypatch, call):
    def held(*_):
        raise OutboxError(OutboxFault.BUSY, "another process holds the outbox")

    queue(outbox, ORDINARY, 2, "kiosk.ordinary")
    monkeypatch.setattr(outbox, call, held)
    with pytest.raises(OutboxError):
        device.handle(LinkUp(), 0)
    monkeypatch.undo()
    due_s = device.next_deadline_s(0)
    assert due_s >= 1
    device.handle(Ticked(), due_s)
    device.handle(answer(), due_s)
    assert (wire.births, len(wire.frames)) == (1, 1)


def test_a_hub_that_speaks_of_an_epoch_long_over_is_told_so(outbox, device, wire):
    outbox.settle(4, {})
    device.handle(LinkUp(), 0)
    device.handle(answer(epoch=2), 0.1)
    device.handle(Ticked(), 5)
    assert [birth.epoch for birth in wire.said] == [4, 4]


def test_losses_beyond_what_a_birth_may_hold_are_told_once_the_hub_has_passed_the_first(outbox, device, wire):
    outbox.append([Batch(ORDINARY, "kiosk.ordinary", [Row(seq, seq, b"x") for seq in range(1, 2_502)])], 10_000_000)
    lose(outbox, ORDINARY, range(2, 2_502, 2))
    device.handle(LinkUp(), 0)
    [first] = wire.said
    assert len(first.lost[ORDINARY]) == MAX_RANGES
    outbox.settle(1, {ORDINARY: Tip(2_000, bytes(32))})
    device.handle(LinkUp(), 1)
    assert wire.said[-1].lost == {ORDINARY: tuple((seq, seq) for seq in range(2_002, 2_501, 2))}


def test_a_stream_with_countless_losses_leaves_room_for_those_of_others(outbox, device, wire):
    first, second, forked = bytes([3]) * 16, bytes([4]) * 16, bytes([2]) * 16
    for stream in (forked, first, second):
        outbox.append([Batch(stream, "kiosk.ordinary", [Row(seq, seq, b"x") for seq in range(1, 2_502)])], 10_000_000)
    told(outbox, forked, Tip(1, bytes(32)))
    lose(outbox, forked, range(2, 2_502, 2))
    lose(outbox, first, range(2, 2_502, 2))
    lose(outbox, second, [7, 9])
    device.handle(LinkUp(), 0)
    shares = {stream: len(lost) for stream, lost in wire.said[-1].lost.items()}
    assert shares == {first: 333, second: 2, forked: 665}


def lose(outbox, stream, seqs):
    """Leave the outbox as after damage to single rows."""
    with outbox._file.transaction() as db:
        found = stream_named(db, stream)
        for seq in seqs:
            delete_rows(db, found, seq, seq)
            note_lost(db, found.number, seq, seq)
        save_stream(db, replace(found, damaged=True))


def test_a_birth_is_paid_from_the_budget(outbox, wire):
    budget = Budget(10_000)
    device = DeviceEnd(IDENTITY, outbox, wire, 10_000_000, Pace(), budget)
    device.handle(LinkUp(), 0)
    assert budget.next_s(10_000, 0) > 0


def running(version):
    return Configuration(version, f"{version:064}", f"{version:064}", False, (), (), "rural")


def test_a_configuration_that_has_changed_is_said_in_one_birth(device, wire):
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    device.handle(Reported(running(1)), 60)
    device.handle(answer(), 60.1)
    device.handle(Ticked(), 100)
    assert [birth.configuration for birth in wire.said] == [None, running(1)]


def test_a_configuration_that_goes_on_changing_is_said_every_five_seconds(device, wire):
    device.handle(LinkUp(), 0)
    said_s = []
    for tenth in range(1, 200):
        device.handle(Reported(running(tenth)), tenth / 10)
        device.handle(answer(), tenth / 10)
        if wire.births > len(said_s) + 1:
            said_s.append(tenth / 10)
    assert said_s == [5, 10, 15]


def test_what_changed_too_soon_is_said_when_its_time_has_come(device, wire):
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    device.handle(Reported(running(1)), 1)
    assert (wire.births, device.next_deadline_s(1)) == (1, 5)
    device.handle(Ticked(), 5)
    assert wire.said[-1].configuration == running(1)


def test_a_configuration_that_changed_without_a_link_is_in_the_birth_that_opens_the_next(device, wire):
    device.handle(Reported(running(1)), 0)
    assert (wire.births, device.next_deadline_s(0)) == (0, None)
    device.handle(LinkUp(), 1)
    device.handle(answer(), 1.1)
    device.handle(Ticked(), 100)
    assert [birth.configuration for birth in wire.said] == [running(1)]


def test_a_change_that_met_a_broken_link_is_said_on_the_next_one(device, wire, monkeypatch):
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    with monkeypatch.context() as broken:
        broken.setattr(Wire, "publish", lambda *_, **__: False)
        device.handle(Reported(running(1)), 60)
    device.handle(LinkDown("gone"), 61)
    device.handle(LinkUp(), 62)
    assert [birth.configuration for birth in wire.said] == [None, running(1)]


def test_a_report_that_is_gone_sends_nothing(device, wire):
    device.handle(Reported(running(1)), 0)
    device.handle(LinkUp(), 1)
    device.handle(answer(), 1.1)
    device.handle(Reported(None), 100)
    assert wire.births == 1


def test_a_device_that_has_nothing_to_send_says_three_times_a_day_that_it_is_there(device, wire):
    device.handle(LinkUp(), 0)
    device.handle(answer(), 0.1)
    now_s = 0.1
    while (due_s := device.next_deadline_s(now_s)) <= 24 * HOUR_S:
        now_s = due_s
        device.handle(Ticked(), now_s)
        device.handle(answer(), now_s + 0.1)
    assert wire.births == 1 + 3


def test_a_report_is_paid_from_the_budget(outbox, wire):
    budget = Budget(10_000)
    device = DeviceEnd(IDENTITY, outbox, wire, 10_000_000, Pace(), budget)
    device.handle(LinkUp(), 0)
    due_s = budget.next_s(10_000, 6)
    device.handle(Reported(running(1)), 6)
    assert budget.next_s(10_000, 6) > due_s
