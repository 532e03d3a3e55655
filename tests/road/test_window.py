"""The journey in a real window, by mouse: a real X server, real clicks from another program."""

from __future__ import annotations

import json
import subprocess
import threading
import time

import pytest
from PIL import ImageGrab

from demo.display import virtual_display
from demo.site import TEN_INCH
from demo.world import World

pytestmark = [pytest.mark.broker, pytest.mark.screen, pytest.mark.timeout(180)]
PATIENCE_S = 40
# On the 10.1 inch panel: the first life event; the first choice of each question; the button that prints.
FIRST_LIFE_EVENT, FIRST_CHOICE, PRINT = (130, 240), (400, 320), (1120, 185)


@pytest.fixture
def display():
    """An X server of our own, and the name of its display."""
    with virtual_display(TEN_INCH) as name:
        yield name


def look(display):
    return ImageGrab.grab(xdisplay=display).tobytes()


def wait_until(seen):
    """Look until `seen()` is true: a picture is all that a window tells."""
    end_s = time.monotonic() + PATIENCE_S
    while not (found := seen()):
        assert time.monotonic() < end_s, "the window did not change"
        threading.Event().wait(0.1)
    return found


def still(display):
    """Wait until two looks are the same, and return the picture."""
    last = [look(display)]

    def same():
        before, last[0] = last[0], look(display)
        return before == last[0]

    wait_until(same)
    return last[0]


def click(display, place):
    """Click, and wait until the screen has become another, not only the button under the mouse, and rests."""
    before = still(display)
    subprocess.run(["xdotool", "mousemove", *map(str, place), "mousedown", "1"], check=True)
    wait_until(lambda: look(display) != before)
    pressed = still(display)
    subprocess.run(["xdotool", "mouseup", "1"], check=True)
    wait_until(lambda: look(display) not in {before, pressed})
    still(display)


def all_ready(world):
    """Say whether every device serves: before that a band on top moves what is below it."""
    try:
        devices = json.loads((world.run_dir / "devices.json").read_text())["devices"]
    except FileNotFoundError:
        return False
    return all(device["presence"] == "ready" for device in devices)


def test_the_journey_works_by_mouse_in_a_window(display, tmp_path, pack):
    world = World(tmp_path / "world", pack, TEN_INCH)
    world.make()
    world.start()
    try:
        black = look(display)
        world.show()
        wait_until(lambda: look(display) != black)
        header = (100, 20)
        wait_until(lambda: ImageGrab.grab(xdisplay=display).getpixel(header) == (23, 87, 76))
        wait_until(lambda: all_ready(world))
        for place in (FIRST_LIFE_EVENT, FIRST_CHOICE, FIRST_CHOICE, FIRST_CHOICE, FIRST_CHOICE, PRINT):
            click(display, place)
        wait_until(lambda: list(world.paper_dir.glob("receipt-*.png")))
        [record] = world.wait_for_records(1)
        assert (record["sheet"], record["content"]) == ("F14128", "checklist")
    finally:
        world.end()
