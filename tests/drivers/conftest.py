"""What the tests of devices share: the news as it comes, and drivers run in a thread."""

from __future__ import annotations

import threading

import pytest

from drivers.interface import DeviceError


def pytest_addoption(parser):
    parser.addoption(
        "--hardware",
        action="append",
        default=[],
        metavar="DEVICE=WHERE",
        help="keep the promises on real devices: scanner=/dev/ttyACM0, printer=host:9100, reader=site.toml (with -s: "
        "it asks to plug)",
    )
    parser.addoption("--plug", default="", metavar="COMMAND", help="plugs the device in, instead of a person")
    parser.addoption("--unplug", default="", metavar="COMMAND", help="unplugs it: a hub that switches its sockets")


class News:
    """Collects what drivers tell; tests wait on it."""

    def __init__(self):
        self.events = []
        self._changed = threading.Condition()

    def __call__(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, *events, patience_s=20):
        """Wait until `events` were told in this order, others between them or not."""
        with self._changed:
            told = self._changed.wait_for(lambda: self._has(events), patience_s)
        assert told, f"waited for {events}, heard {self.events}"

    def wait_until(self, happened, patience_s=20):
        """Wait until `happened` says so of all that was told."""
        with self._changed:
            told = self._changed.wait_for(lambda: happened(self.events), patience_s)
        assert told, f"waited in vain, heard {self.events[-10:]}"

    def _has(self, events):
        heard = iter(self.events)
        return all(event in heard for event in events)


class Running:
    """A driver which runs in a thread, as under the supervisor, once."""

    def __init__(self, driver, news):
        self.stop_event = threading.Event()
        self.error = None
        self._thread = threading.Thread(target=self._run, args=(driver, news))
        self._thread.start()

    def _run(self, driver, news):
        try:
            driver.run(news, self.stop_event)
        except DeviceError as error:
            self.error = error

    @property
    def ended(self):
        return not self._thread.is_alive()

    def wait(self, patience_s=20):
        """Wait until the driver has let go of its device by itself; return its fault."""
        self._thread.join(patience_s)
        assert not self._thread.is_alive()
        return self.error and self.error.fault

    def stop(self):
        self.stop_event.set()
        return self.wait(3)


@pytest.fixture
def news():
    return News()


@pytest.fixture
def run(news):
    """Run drivers; whatever still runs at the end is stopped."""
    running = []

    def start(driver):
        running[:] = [each for each in running if not each.ended]  # long proofs count what is kept
        running.append(Running(driver, news))
        return running[-1]

    yield start
    for each in running:
        each.stop()
