"""The loop between the window and the journeys, in a process of its own: one process has one window, and one clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.screen

CHILD = Path(__file__).parent / "stage_child.py"


def test_a_scan_is_taken_between_two_frames_and_a_touch_is_seen_in_the_frame_it_comes_before(tmp_path):
    done = subprocess.run(
        [sys.executable, CHILD, tmp_path / "kivy"], capture_output=True, text=True, timeout=60, check=True
    )
    taken, shown, touched = done.stdout.splitlines()
    took_s, quiet = taken.split()
    assert float(took_s) < 0.5  # the next frame is a second away
    assert quiet == "False"
    assert shown == "True"
    seen_s, screen = touched.split()
    assert float(seen_s) < 0.5
    assert screen == "help"


def test_the_window_lives_while_two_thousand_keys_come_at_once(tmp_path):
    child = CHILD.with_name("flood_child.py")
    done = subprocess.run(
        [sys.executable, child, tmp_path / "kivy"], capture_output=True, text=True, timeout=60, check=True
    )
    frames, said = map(int, done.stdout.split())
    assert frames >= 8  # some twenty here; two where all are taken at once
    assert said <= frames + 2  # what is read aloud is of the screen that is shown, never of one long gone
