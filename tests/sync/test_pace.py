"""How large a frame is and how long its answer is waited for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.pace import LARGEST_FRAME_BYTES, SMALLEST_FRAME_BYTES, Pace


def run(answer_s, frames):
    """Send and answer `frames` frames, each answered after `answer_s`."""
    pace = Pace()
    for number in range(frames):
        pace.sent(float(number))
        pace.answered(number + answer_s)
    return pace


def test_prompt_answers_lead_to_the_largest_frames():
    assert run(answer_s=0.05, frames=5).frame_bytes == LARGEST_FRAME_BYTES


def test_slow_answers_lead_to_small_frames_and_more_patience():
    pace = run(answer_s=4, frames=20)
    assert pace.frame_bytes == SMALLEST_FRAME_BYTES
    assert pace.patience_s == 16


def test_a_lost_answer_halves_the_frame():
    pace = run(answer_s=0.05, frames=5)
    pace.lost()
    assert pace.frame_bytes == LARGEST_FRAME_BYTES // 2


def test_who_is_not_answered_probes_with_one_frame_ever_more_rarely():
    pace = Pace()
    waits_s = []
    for _ in range(5):
        pace.lost()
        waits_s.append(pace.patience_s)
    assert (waits_s, pace.window) == ([10, 20, 40, 60, 60], 1)
    pace.sent(now_s=100)
    pace.answered(now_s=100.1)
    assert (pace.window, pace.patience_s) == (4, 5)


def test_another_connection_begins_small():
    pace = run(answer_s=0.05, frames=5)
    pace.link_up()
    assert pace.frame_bytes == 4_000


@given(st.lists(st.tuples(st.sampled_from(["sent", "answered", "lost", "link_up"]), st.floats(0, 100))))
def test_whatever_happens_frame_and_patience_stay_within_bounds(events):
    pace, now_s = Pace(), 0.0
    for event, passed_s in events:
        now_s += passed_s
        match event:
            case "sent":
                pace.sent(now_s)
            case "answered":
                pace.answered(now_s)
            case _:
                getattr(pace, event)()
        assert SMALLEST_FRAME_BYTES <= pace.frame_bytes <= LARGEST_FRAME_BYTES
        assert 5 <= pace.patience_s <= 60
