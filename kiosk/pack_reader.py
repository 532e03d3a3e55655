"""The one thread that reads the content pack. Adapter (SQLite).

Orders are answered by events; a pack that turns out damaged is told like a missing one, and opened again later.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

import structlog

from catalogue.pack import Pack
from catalogue.pack_fault import PackError, PackFault
from catalogue.search import search
from catalogue.sheet import SheetLink
from kiosk.journeys.effects import LoadSheet, Search
from kiosk.journeys.news import Found, FrontPageLoaded, PackRefused, SheetLoaded, SheetMissing
from kiosk.outline import linked_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogue.sheet import Sheet
    from kiosk.journeys.events import Event

_log = structlog.get_logger(__name__)

# Hits on a screen: C1 of the citizen's needs, at most five.
HITS = 5
# A pack that was refused may be mended meanwhile, and one damaged sheet must not keep the others away for good.
REOPEN_S = 30.0
Order: TypeAlias = LoadSheet | Search


class PackReader:
    """Reads sheets and looks words up, and answers by `post`.

    Of each kind only the newest order waits: the journeys look at no older answer, and a scanner held on a code
    must not pile them up.
    """

    def __init__(self, path: Path, post: Callable[[Event], None]) -> None:
        self._path = path
        self._post = post
        self._orders: dict[type[Order], Order] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._switched = False
        self._thread = threading.Thread(target=self._run, name="pack", daemon=True)

    def start(self) -> None:
        """Open the pack; `FrontPageLoaded` or `PackRefused` answers."""
        self._thread.start()

    def ask(self, order: Order) -> None:
        """Take an order, in the place of an older one of its kind."""
        with self._changed:
            self._orders.pop(type(order), None)
            self._orders[type(order)] = order
            self._changed.notify()

    def switch(self, path: Path) -> None:
        """Read another pack from here on; answers as `start`."""
        with self._changed:
            self._path, self._switched = path, True
            self._changed.notify()

    def stop(self) -> None:
        """Drop what was asked, and close the pack."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            try:
                with Pack.open(self._path) as pack:
                    # The first search reads the vocabulary: do it before a citizen waits for it.
                    search(pack, "bonjour", limit=1)
                    self._post(FrontPageLoaded(pack.front_page()))
                    self._serve(pack)
            except PackError as error:
                _log.error("content pack refused", fault=error.fault.name, reason=str(error))
                self._post(PackRefused(error.fault))
            # This loop supervises the thread that reads: were it to die, the screen would wait without end.
            except Exception:  # noqa: BLE001  (a supervisor: see above)
                _log.exception("content pack could not be read")
                self._post(PackRefused(PackFault.DAMAGED))
            self._pause()

    def _pause(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._switched, REOPEN_S)
            self._switched = False
            self._orders.clear()

    def _serve(self, pack: Pack) -> None:
        while (order := self._next()) is not None:
            match order:
                case LoadSheet(sheet_id):
                    sheet = pack.sheet(sheet_id)
                    if sheet is None:
                        self._post(SheetMissing(sheet_id))
                    else:
                        self._post(SheetLoaded(sheet, _neighbours(pack, sheet)))
                case Search(query):
                    self._post(Found(query, search(pack, query, limit=HITS)))

    def _next(self) -> Order | None:
        """Wait for the oldest order; None once the reader is stopped, or has another pack to read."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._switched or self._orders)
            return None if self._stopped or self._switched else self._orders.pop(next(iter(self._orders)))


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
