"""A kiosk's process without its window: citizens search, scan, answer and print, one after the other.

`citizens.py SITE COUNT` drives the journeys, the pack's thread and the record writer as `kiosk.wiring` does, renders
every screen and composes every receipt; only Kivy and the printer are left out. It prints `sessions n` at the end.
"""

from __future__ import annotations

import queue
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, assert_never

import words

from catalogue import stemming
from config.store import load
from kiosk.journeys import advance, news, touches
from kiosk.journeys.effects import BeepScanner, LoadSheet, PrintReceipt, Record, Search, WipeSession
from kiosk.journeys.places import Asking
from kiosk.journeys.settings import Patience
from kiosk.journeys.state import State
from kiosk.pack_reader import PackReader
from kiosk.receipt import receipt
from kiosk.view import render
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from kiosk.journeys.effects import Effect
    from kiosk.journeys.events import Event

_ANSWER_S = 30
_News = TypeVar("_News")


class Kiosk:
    """One state, its workers, and the news that they post."""

    def __init__(self, site: Path) -> None:
        config = load(site)
        self._structure = config.structure.name
        self.state = State(patience=Patience(60, 20), structure=self._structure, now_s=0, quiet_since_s=0)
        self._news: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._writer = RecordWriter.open(config)
        self._reader = PackReader(config.content.pack, self._news.put)
        self._reader.start()
        self.await_news(news.FrontPageLoaded)

    def live(self, event: Event) -> None:
        """Let `event` happen, and all that follows from it without waiting."""
        self.state, effects = advance(self.state, event)
        render(self.state)
        for effect in effects:
            self._perform(effect)

    def await_news(self, kind: type[_News]) -> _News:
        """Live through news until one of `kind` has come, and return it."""
        while True:
            event = self._news.get(timeout=_ANSWER_S)
            self.live(event)
            if isinstance(event, kind):
                return event

    def close(self) -> None:
        """Finish what was recorded."""
        self._reader.stop()
        self._writer.close()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case LoadSheet() | Search():
                self._reader.ask(effect)
            case Record(job, record):
                self._writer.put(record).result(_ANSWER_S)
                self._news.put(news.Recorded(job))
            case PrintReceipt(job, paper):
                receipt(paper, self._structure, "2026-11-23")
                self._news.put(news.Printed(job))
            case WipeSession():
                stemming.forget()
            case BeepScanner():
                pass  # the scanner is told nothing but a tone
            case _:
                assert_never(effect)


def live_a_session(kiosk: Kiosk, number: int) -> None:
    """Search, scan a private paper, answer every question, print the checklist, end."""
    typed, scanned = words.session(number)
    kiosk.live(touches.SearchTouched())
    for character in typed:
        kiosk.live(touches.KeyTouched(character))
    while kiosk.await_news(news.Found).query != typed:
        pass
    kiosk.live(touches.ResultsTouched())
    kiosk.live(news.Scanned(scanned.encode()))
    kiosk.live(touches.HomeTouched())
    kiosk.live(touches.LifeEventChosen("F14128"))
    kiosk.await_news(news.SheetLoaded)
    while isinstance(kiosk.state.place, Asking):
        kiosk.live(touches.Answered(number % 2))
    kiosk.live(touches.PrintTouched())
    kiosk.await_news(news.Printed)
    kiosk.live(touches.EndTouched())


def main(site: Path, count: int) -> None:
    """Live `count` sessions."""
    kiosk = Kiosk(site)
    for number in range(count):
        live_a_session(kiosk, number)
    kiosk.close()
    sys.stdout.write(f"sessions {count}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
