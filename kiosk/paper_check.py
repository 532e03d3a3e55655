"""The one thread that verifies the seals of citizens' papers. Adapter (certificates, clock).

A list of certificates that configuration names is read at once, and another that comes is taken once it was read: until
then, and where it cannot be read, the one before goes on. The shipped list is read when the first paper comes: some
hundreds of certificates, which takes a moment. Nothing of a paper is kept here, or said in a log.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

import structlog

from kiosk.journeys.news import PaperChecked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drivers.two_d_doc.authorities import Authorities
    from drivers.two_d_doc.verdict import Paper
    from kiosk.journeys.effects import CheckPaper
    from kiosk.journeys.events import Event

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _List:
    """A list of certificates to believe; the shipped one without a path."""

    path: Path | None


class PaperCheck:
    """Answers each `CheckPaper` by `PaperChecked`; without a list of `certificates`, by the shipped one."""

    def __init__(self, certificates: Path | None, post: Callable[[Event], None]) -> None:
        self._certificates = certificates
        self._post = post
        self._orders: SimpleQueue[bytes | _List | None] = SimpleQueue()
        self._authorities: Authorities | None = None
        self.usable = True
        """Whether the list that was named last can be used, as far as is known; any thread may look."""
        self._thread = threading.Thread(target=self._run, name="paper-check", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        if self._certificates is not None:
            self.switch(self._certificates)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._orders.put(None)
        self._thread.join()

    def ask(self, order: CheckPaper) -> None:
        """Verify a code. Never waits."""
        self._orders.put(order.code)

    def switch(self, certificates: Path | None) -> None:
        """Believe another list from here on, if it can be read. Never waits."""
        self._orders.put(_List(certificates))

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            if isinstance(order, _List):
                self._believe(order.path)
            else:
                self._post(PaperChecked(self._answer(order)))

    def _believe(self, path: Path | None) -> None:
        from drivers.two_d_doc import certificate_list  # noqa: PLC0415  (late: only where a list or a paper comes)

        self._certificates = path
        if path is None:
            self._authorities, self.usable = None, True
            return
        try:
            self._authorities = certificate_list.read(path)
        except certificate_list.CertificateListError as error:
            self.usable = False
            _log.error("list of certificates cannot be used", reason=str(error))
        except BaseException:  # noqa: BLE001  (as in `_answer`)
            self.usable = False
            _log.exception("list of certificates cannot be used")
        else:
            self.usable = True
            _log.info("list of certificates", issuers=len(self._authorities))

    def _answer(self, code: bytes) -> Paper:
        """Check a paper; a bug in that is answered, too: were this thread to die, the screen would wait for ever."""
        try:
            return self._check(code)
        except BaseException as bug:  # noqa: BLE001  (a supervisor; cryptography's panics are no Exception)
            from drivers.two_d_doc.verdict import Paper, Verdict  # noqa: PLC0415  (late: as below)

            _log.error("paper could not be checked", bug=type(bug).__name__)  # its words may hold the paper's
            return Paper(Verdict.CANNOT_TELL)

    def _check(self, code: bytes) -> Paper:
        from drivers.two_d_doc import certificate_list  # noqa: PLC0415  (late: only where a paper is shown)
        from drivers.two_d_doc.check import check  # noqa: PLC0415  (as above)
        from drivers.two_d_doc.verdict import Paper, Verdict  # noqa: PLC0415  (as above)

        try:
            if not self.usable:
                self._believe(self._certificates)  # somebody may have mended it
            if self._authorities is None and self._certificates is None:
                self._authorities = certificate_list.read_library()
        except certificate_list.CertificateListError as error:
            _log.error("papers cannot be checked", reason=str(error))
            return Paper(Verdict.CANNOT_TELL)
        if self._authorities is None:
            return Paper(Verdict.CANNOT_TELL)
        return check(code, self._authorities, dt.datetime.now(tz=dt.UTC).date())
