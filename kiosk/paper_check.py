"""The one thread that verifies the seals of citizens' papers. Adapter (certificates, clock).

The certificates are read when the first paper comes: some hundreds, which takes a moment. Nothing of a paper is kept
here, or said in a log.
"""

from __future__ import annotations

import datetime as dt
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import structlog

from kiosk.journeys.events import PaperChecked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drivers.two_d_doc.authorities import Authorities
    from drivers.two_d_doc.verdict import Paper
    from kiosk.journeys.effects import CheckPaper
    from kiosk.journeys.events import Event

_log = structlog.get_logger(__name__)


class PaperCheck:
    """Answers each `CheckPaper` by `PaperChecked`; without a folder of `certificates`, by the shipped list."""

    def __init__(self, certificates: Path | None, post: Callable[[Event], None]) -> None:
        self._certificates = certificates
        self._post = post
        self._codes: SimpleQueue[bytes | None] = SimpleQueue()
        self._authorities: Authorities | None = None
        self._thread = threading.Thread(target=self._run, name="paper-check", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._codes.put(None)
        self._thread.join()

    def ask(self, order: CheckPaper) -> None:
        """Verify a code. Never waits."""
        self._codes.put(order.code)

    def _run(self) -> None:
        while (code := self._codes.get()) is not None:
            self._post(PaperChecked(self._check(code)))

    def _check(self, code: bytes) -> Paper:
        from drivers.two_d_doc import certificate_list  # noqa: PLC0415  (late: only where a paper is shown)
        from drivers.two_d_doc.check import check  # noqa: PLC0415  (as above)
        from drivers.two_d_doc.verdict import Paper, Verdict  # noqa: PLC0415  (as above)

        try:
            if self._authorities is None:
                folder = self._certificates
                self._authorities = certificate_list.read(folder) if folder else certificate_list.read_library()
        except certificate_list.CertificateListError as error:
            _log.error("papers cannot be checked", reason=str(error))
            return Paper(Verdict.CANNOT_TELL)
        return check(code, self._authorities, dt.datetime.now(tz=dt.UTC).date())
