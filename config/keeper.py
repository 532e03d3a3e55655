"""The keeper of a device's configuration: tries what is wanted, sees how the device does, puts back what breaks it.

It reads nothing that is pushed but to judge it, and talks to nobody: no configuration can stop it. Adapter: files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from config import vital_signs
from config.fault import ConfigError
from config.in_force import folder, read_version
from config.trial import Failed, Lack, Refused, Seen, Started, Wanted, advance, begins, watch
from config.versions import INSTALLED, VersionError, VersionStore, note_of
from config.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.model import DeviceConfig
    from config.offer import Offer, Source
    from config.trial import Event, Standing
    from config.versions import Unpack

log = structlog.get_logger()
_LOOK_EVERY_S = 1.0


class Keeper:
    """Watches over the versions of the device with this `site.toml`; one process, one thread."""

    def __init__(self, site: Path, config: DeviceConfig, source: Source, unpack: Unpack | None = None) -> None:
        """Begin; `unpack` makes what travels into what is read (`config.versions`)."""
        self._site = site
        self._run_dir = config.device.run_dir
        self._source = source
        self._store = VersionStore(folder(config), unpack)
        self._heal()
        self._watch = watch(self._store.standing, vital_signs.now_s())
        self._problems: tuple[str, ...] = ()
        self._wanted = self._running
        self._reported: dict[str, Any] = {}
        self._spoiled: Offer | None = None

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Keep watch until `stopped`, which waits so many seconds for the word to stop, says so."""
        log.info("keeping watch", version=self._store.standing.in_force)
        while not stopped(_LOOK_EVERY_S):
            self.step()

    def step(self) -> None:
        """Look once at all there is, and do what follows; what the disk refuses is done at the next look."""
        try:
            for process in vital_signs.take_starts(self._run_dir):
                self._take(Started(process))
            offer = self._source.look()
            if offer is not None:
                self._want(offer)
            self._take(Seen(vital_signs.health(self._run_dir, vital_signs.now_s())))
            self._report()
        except OSError as error:
            log.warning("the configuration must wait", reason=error.strerror, file=str(error.filename))

    def _want(self, offer: Offer) -> None:
        health = vital_signs.health(self._run_dir, vital_signs.now_s())
        self._wanted = offer.digest
        if offer is self._spoiled:
            return
        if not begins(self._watch, offer.digest, health, vital_signs.now_s()):
            self._take(Wanted(INSTALLED, offer.digest, health))
            return
        number, digest = self._store.make(offer.sources)
        if digest != offer.digest:
            log.error("a file changed while it was taken", wanted=offer.digest)
            self._spoiled = offer
            return
        self._problems = ()
        self._take(Wanted(number, digest, health))
        try:
            read_version(self._site, self._store.path(number))
        except ConfigError as error:
            self._problems = tuple(str(problem) for problem in error.problems)
            self._take(Failed(Lack.CONTENT if note_of(self._store.path(number)).unmade else Lack.UNUSABLE))

    def _take(self, event: Event) -> None:
        before = self._watch.standing
        after = advance(self._watch, event, vital_signs.now_s())
        if after.standing != before:
            self._store.note(after.standing)
            _tell(before, after.standing)
            if after.standing.trial is None:
                self._store.forget_others()
        self._watch = after

    def _heal(self) -> None:
        """Take back a version that the disk no longer holds as it was made."""
        standing = self._store.standing
        for number in {standing.in_force, standing.good} - {INSTALLED}:
            try:
                self._store.check(number)
            except VersionError as error:
                log.error("a version is damaged", reason=str(error))  # noqa: TRY400  (the sentence says all there is)
                self._store.note(self._store.shown())
                return

    @property
    def _running(self) -> str:
        standing = self._store.standing
        return standing.trial.digest if standing.trial else standing.digest

    def _report(self) -> None:
        standing = self._store.standing
        refused = standing.refused
        known = {
            "version": standing.in_force,
            "wanted": self._wanted,
            "running": self._running,
            "on_trial": standing.trial is not None,
            "reasons": _reasons(refused) if refused and refused.digest == self._wanted else [],
            "problems": list(self._problems) if self._wanted != self._running else [],
        }
        if known != self._reported:
            write_whole(self._run_dir / "config.json", msgspec.json.encode(known))
            self._reported = known


def _reasons(refused: Refused) -> list[str]:
    return [lack.value for lack in refused.lacks]


def _tell(before: Standing, after: Standing) -> None:
    if after.trial and (before.trial is None or before.trial.version != after.trial.version):
        log.info("version on trial", version=after.trial.version, digest=after.trial.digest)
    elif after.good != before.good:
        log.info("version is good", version=after.good, digest=after.digest)
    elif after.refused and after.refused != before.refused:
        log.error("version put back", digest=after.refused.digest, reasons=_reasons(after.refused))
