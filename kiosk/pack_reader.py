"""The one thread that reads the content pack. Adapter (SQLite).

Orders are answered in the order they came, by events; a pack that turns out damaged is told like a missing one.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import structlog

from catalogue.pack import Pack, PackError
from catalogue.search import search
from catalogue.sheet import SheetLink
from kiosk.journeys.effects import LoadSheet, Search
from kiosk.journeys.events import (
    Event,
    Found,
    FrontPageLoaded,
    PackRefused,
    SheetLoaded,
    SheetMissing,
)
from kiosk.outline import linked_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogue.sheet import Sheet

_log = structlog.get_logger(__name__)

# Hits on a screen: C1 of the citizen's needs, at most five.
HITS = 5


class PackReader:
    """Reads sheets and looks words up, and answers by `post`."""

    def __init__(self, path: Path, post: Callable[[Event], None]) -> None:
        self._path = path
        self._post = post
        self._orders: queue.SimpleQueue[LoadSheet | Search | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="pack", daemon=True)

    def start(self) -> None:
        """Open the pack; `FrontPageLoaded` or `PackRefused` answers."""
        self._thread.start()

    def ask(self, order: LoadSheet | Search) -> None:
        """Queue an order."""
        self._orders.put(order)

    def stop(self) -> None:
        """Finish what was asked, and close the pack."""
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            with Pack.open(self._path) as pack:
                self._post(FrontPageLoaded(pack.front_page()))
                # The first search reads the vocabulary: do it before a citizen waits for it.
                search(pack, "bonjour", limit=1)
                self._serve(pack)
        except PackError as error:
            _log.error("content pack refused", fault=error.fault.name, reason=str(error))
            self._post(PackRefused(error.fault))

    def _serve(self, pack: Pack) -> None:
        while (order := self._orders.get()) is not None:
            match order:
                case LoadSheet(sheet_id):
                    sheet = pack.sheet(sheet_id)
                    if sheet is None:
                        self._post(SheetMissing(sheet_id))
                    else:
                        self._post(SheetLoaded(sheet, _neighbours(pack, sheet)))
                case Search(query):
                    self._post(Found(query, search(pack, query, limit=HITS)))


def _neighbours(pack: Pack, sheet: Sheet) -> tuple[SheetLink, ...]:
    """Return the sheets named by this one that the pack holds, by the title they have there."""
    named = {link.id: link for link in (*sheet.sheets, *sheet.see_also)}
    ids = dict.fromkeys((*named, *linked_sheets((*sheet.introduction, *sheet.blocks))))
    found = ((i, pack.sheet(i)) for i in ids if i != sheet.id)
    return tuple(
        SheetLink(i, named[i].title if i in named else there.title, named[i].group if i in named else "")
        for i, there in found
        if there is not None
    )
